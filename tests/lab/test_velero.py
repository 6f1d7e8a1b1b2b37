"""What scenarios about Velero's installation rest on: a planted credential is found, and a Velero that was taken away comes back."""

from dataclasses import dataclass
from types import SimpleNamespace

import judged
import pytest
from on_lab import hopsdrill, tailored, under_way, wait_until_journalled

from hopsdrill.adapters.credentials import read_credentials
from hopsdrill.adapters.kube import Kube
from hopsdrill.adapters.kubectl import Kubectl
from hopsdrill.adapters.s3 import ObjectStore
from hopsdrill.core.wait import wait_for
from hopsdrill.lab import program
from hopsdrill.model.profile import Profile
from hopsdrill.run import by_role, velero_install
from hopsdrill.run.by_role import SPACE


pytestmark = pytest.mark.nightly


FEATURE = "configuration/velero_install.feature"
BINDING = """
from pytest_bdd import scenarios

from hopsdrill.core.paths import data_dir


scenarios(str(data_dir("features") / "configuration" / "velero_install.feature"))
"""
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


def test_velero_comes_back_after_a_run_that_was_killed_while_it_was_away(lab, kube, tmp_path):
    """`gc` finds it in the ledger of the dead run, and the lab has its own again, node agent and kinds included."""
    before = velero_install.standing(judged.site(kube=kube))
    (tmp_path / "test_killed.py").write_text(BINDING)
    plan = tailored(tmp_path, "test_killed.py", FEATURE)
    with under_way(tmp_path / "reports", plan) as child:
        wait_until_journalled(tmp_path / "reports", '"action.probed"')
        child.kill()
        child.wait()
    assert "Deployment velero" not in velero_install.standing(judged.site(kube=kube))
    swept = hopsdrill("gc", "--reports", tmp_path / "reports")
    assert swept.code == 0, swept.err
    assert velero_install.standing(judged.site(kube=kube)) == before
