"""That no credential is anywhere is only said where a planted one is found: in a file of the pod, in its environment, in its namespace."""

from dataclasses import dataclass
from types import SimpleNamespace

import judged
import pytest

from hopsdrill.adapters.credentials import read_credentials
from hopsdrill.adapters.kube import Kube
from hopsdrill.adapters.kubectl import Kubectl
from hopsdrill.adapters.s3 import ObjectStore
from hopsdrill.core.wait import wait_for
from hopsdrill.lab import program
from hopsdrill.model.profile import Profile
from hopsdrill.run import by_role
from hopsdrill.run.by_role import SPACE


PLANTED = "/scratch/planted"
WITHOUT = SimpleNamespace(state=SimpleNamespace(found={"spec": {}}))  # a location that names no credential


@dataclass
class Site:
    """As much of a site as is needed: it records into memory, and what it enters into its ledger is removed below."""

    kube: Kube
    store: ObjectStore
    profile: Profile
    recorder: SimpleNamespace
    cluster_uid: str = ""

    def ledger(self, *_, **__):
        """Nothing: see ``own``."""

    def create(self, body):
        """Make it."""
        return self.kube.create(body)


@pytest.fixture
def own(kube, bucket):
    """A Velero of its own with the role, and removed at the end."""
    kept = judged.site()
    made = by_role.install(
        Site(kube, bucket, judged.PROFILE, kept.recorder), "whose service account has the role of the object store"
    )
    yield made, kept.proofs
    binding = f"velero-{SPACE}"
    kube.delete("rbac.authorization.k8s.io/v1/ClusterRoleBinding", binding)
    kube.delete("v1/Namespace", SPACE)
    wait_for(
        lambda: kube.exists("v1/Namespace", SPACE),
        what=f"namespace {SPACE} to be gone",
        until=lambda there: not there,
        deadline=120,
    )


def test_a_planted_key_is_found_wherever_it_lies(own, kube, bucket):
    """Green without one; then a file, a Secret and a variable of a name that says nothing."""
    made, proofs = own
    secret = read_credentials(bucket.ref.credentials_file)[1]

    def found():
        by_role.prove_no_credential(made, WITHOUT)
        return proofs["no-static-credential-anywhere"]

    assert found() == (True, [])
    shell = ["exec", "-i", "-n", SPACE, "deployment/velero", "-c", "velero", "--", "/bin/busybox", "sh", "-c"]
    Kubectl(program("kubectl"), kube.kubeconfig, kube.context).call(*shell, f"cat >{PLANTED}", input_text=secret)
    assert found() == (False, [f"a key of the store in {PLANTED}"])
    meta = {"name": "planted", "namespace": SPACE}
    kube.create({"apiVersion": "v1", "kind": "Secret", "metadata": meta, "stringData": {"cloud": secret}})
    assert found() == (False, ["Secret planted", f"a key of the store in {PLANTED}"])
    plant_variable(made, secret)
    assert found() == (False, ["Secret planted", "a key of the store in its environment"])


def plant_variable(own, secret):
    """Give the server a variable that holds the key; its new pod has no planted file."""
    container = by_role.server(own.site)["spec"]["template"]["spec"]["containers"][0]
    changed = {**container, "env": [*container["env"], {"name": "HARMLESS", "value": secret}]}
    own.site.kube.patch(
        "apps/v1/Deployment", "velero", SPACE, {"spec": {"template": {"spec": {"containers": [changed]}}}}
    )
    wait_for(
        lambda: by_role._rolled(own.site),
        what="the planted variable",
        until=lambda text: not text,
        deadline=60,
    )
