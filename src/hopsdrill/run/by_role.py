"""A Velero of its own that reaches the bucket by a role of its service account, and what it must not have: a credential.

It stands beside the lab's Velero in a namespace that nobody else uses, so that "no credential in its namespace" can be shown
whatever the platform keeps in the other one.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from hopsdrill.adapters.bucket_admin import make_bucket
from hopsdrill.adapters.credentials import read_credentials
from hopsdrill.adapters.kubectl import Kubectl
from hopsdrill.core.errors import OperationError, VerificationError
from hopsdrill.core.wait import wait_for
from hopsdrill.lab import identity, program
from hopsdrill.lab.cluster import UNBOUNDED
from hopsdrill.run import corner as corners
from hopsdrill.run import locations, velero_install
from hopsdrill.run.corner import Corner
from hopsdrill.run.locations import UNUSABLE_S, USABLE_S, Tried
from hopsdrill.run.velero_installed import given_access, secrets_of, server
from hopsdrill.site import Site


INSTALL = "install a velero of its own"
SPACE = identity.NAMESPACES[-1]
ROLLED_S = 60.0
TOKEN, MOUNTED = "store-token", "/var/run/secrets/store"
TOKEN_S = 86400  # beyond the longest upload: Velero's uploader takes its session once and never renews it
SEARCHED = "/tmp /scratch /plugins /credentials /root /home /etc /run /var/run/secrets/store"  # noqa: S108 - inside Velero's pod
PATTERNS, VARIABLES = "/dev/shm/patterns", "/dev/shm/environment"  # noqa: S108 - memory of that pod
# prints which files hold a pattern read from standard input; the server's environment is one of them, once it was read, and
# so are the patterns themselves: a search that does not find them has not searched
SEARCH = (
    f"cat >{PATTERNS}; tr '\\0' '\\n' </proc/1/environ >{VARIABLES}; "
    f"grep -q ^VELERO_NAMESPACE= {VARIABLES} && grep -rslFf {PATTERNS} {SEARCHED} {PATTERNS} {VARIABLES}; rm {PATTERNS} {VARIABLES}"
)


@dataclass(frozen=True)
class Identity:
    """As whom Velero asks the store; ``role`` is an ARN, empty for none."""

    role: str
    audience: str = identity.AUDIENCE
    account: str = "velero"


@dataclass(frozen=True)
class Own:
    """A Velero of its own, and a corner in its namespace; ``site`` is the lab's with that namespace as Velero's."""

    site: Site
    corner: Corner


def identities() -> dict[str, Identity]:
    """Whose Velero it is, by what a scenario calls it."""
    right = Identity(identity.role())
    return {
        "whose service account has the role of the object store": right,
        "whose service account is not the one that has the role": replace(right, account="another"),
        "whose token is for another audience": replace(right, audience="another"),
        "whose service account has a role that does not exist": replace(right, role=f"{right.role[:-4]}none"),
        "without a role": Identity(""),
    }


def install(site: Site, whose: str) -> Own:
    """Install it by Velero's command line, and give its server the identity; the command line has no flag for that.

    Raises:
        VerificationError: the scenario names an identity nobody knows.
        OperationError, DeadlineExceeded: the server does not start.
    """
    known = identities()
    if whose not in known:
        msg = f"There is no Velero {whose!r}."
        raise VerificationError(msg, hint=f"known: {', '.join(known)}")
    own = replace(site, profile=_elsewhere(site))
    for api, name in (("v1/Namespace", SPACE), ("rbac.authorization.k8s.io/v1/ClusterRoleBinding", f"velero-{SPACE}")):
        site.ledger("namespace" if api == "v1/Namespace" else "object", name, api=api)
    with site.recorder.operation(INSTALL, f"velero install --namespace {SPACE}", target=SPACE) as done:
        ended = velero_install.cli(site).install(
            [f"--namespace={SPACE}", *velero_install.documented(), *UNBOUNDED],
            timeout=velero_install.INSTALL_S,
        )
        if ended.returncode != 0:
            raise OperationError(f"{ended.stdout}{ended.stderr}".strip())
        _identify(own, known[whose])
        seen = wait_for(
            lambda: _rolled(own),
            what=f"Velero in {SPACE} to run with its identity",
            until=lambda state: state == "",
            deadline=ROLLED_S,
        )
        done.text = f"runs after {seen.elapsed:.1f} s, {whose}"
    return Own(own, corners.new_corner(own))


def _elsewhere(site: Site) -> Any:
    names = site.profile.kubernetes.model_copy(update={"velero_namespace": SPACE})
    return site.profile.model_copy(update={"kubernetes": names})


def _identify(own: Site, given: Identity) -> None:
    """Give the server's pod a token of its service account, and say by which role it is to be used."""
    spec = server(own)["spec"]["template"]["spec"]
    container = spec["containers"][0]
    if given.account != spec["serviceAccountName"]:
        _account(own, given.account)
    patched = {
        **container,
        "env": [*container["env"], *_environment(own, given)],
        "volumeMounts": [*container["volumeMounts"], {"name": TOKEN, "mountPath": MOUNTED, "readOnly": True}],
    }
    source = {"serviceAccountToken": {"audience": given.audience, "expirationSeconds": TOKEN_S, "path": "token"}}
    volume = {"name": TOKEN, "projected": {"sources": [source]}}
    change = {
        "serviceAccountName": given.account,
        "containers": [patched, *spec["containers"][1:]],
        "volumes": [*spec["volumes"], volume],
    }
    own.kube.patch(
        "apps/v1/Deployment",
        own.profile.kubernetes.velero_deployment,
        SPACE,
        {"spec": {"strategy": {"type": "Recreate", "rollingUpdate": None}, "template": {"spec": change}}},
    )


def _environment(own: Site, given: Identity) -> Iterator[dict[str, str]]:
    ref = own.store.ref
    yield {"name": "AWS_EC2_METADATA_DISABLED", "value": "true"}  # else the client asks an address outside the lab
    yield {"name": "AWS_REGION", "value": ref.region}
    if given.role:
        yield {"name": "AWS_ROLE_ARN", "value": given.role}
        yield {"name": "AWS_ROLE_SESSION_NAME", "value": "velero"}
        yield {"name": "AWS_WEB_IDENTITY_TOKEN_FILE", "value": f"{MOUNTED}/token"}
        yield {"name": "AWS_ENDPOINT_URL_STS", "value": ref.internal_endpoint}


def _account(own: Site, name: str) -> None:
    """A second service account with the rights of the first in the cluster, and none in the store."""
    binding = f"velero-{SPACE}-{name}"
    own.create({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": name, "namespace": SPACE}})
    own.create(
        {
            "apiVersion": "rbac.authorization.k8s.io/v1",
            "kind": "ClusterRoleBinding",
            "metadata": {"name": binding},
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "cluster-admin"},
            "subjects": [{"kind": "ServiceAccount", "name": name, "namespace": SPACE}],
        }
    )


def _rolled(own: Site) -> str:
    """Why the server does not yet run as patched; empty when it does."""
    found = server(own)
    status, wanted = found.get("status", {}), found.get("metadata", {}).get("generation")
    if status.get("observedGeneration") != wanted:
        return "its change was not seen yet"
    counts = [status.get(name, 0) for name in ("replicas", "updatedReplicas", "availableReplicas")]
    return "" if counts == [1, 1, 1] else f"of its pods, new pods, available pods there are {counts}"


# --- the location ----------------------------------------------------------------------------------------------------


def try_role(own: Own) -> Tried:
    """Make a location without credentials in the lab's bucket, and wait until it is Available."""
    return locations.try_location(own.site, own.corner, replace(own.corner.location, secret=""), USABLE_S)


def try_in_vain(own: Own, where: str) -> Tried:
    """Make a location without credentials, and wait for it in vain.

    Raises:
        VerificationError: the scenario names a bucket nobody knows.
    """
    site, bare = own.site, replace(own.corner.location, secret="")
    match where:
        case "in the lab's bucket":
            return locations.try_location(site, own.corner, bare, UNUSABLE_S)
        case "in a bucket that the role does not cover":
            bucket = own.corner.stem  # the role covers the lab's, by their names
            site.ledger("bucket", bucket)
            make_bucket(site.store.other(bucket).ref)
            return locations.try_location(site, own.corner, replace(bare, bucket=bucket), UNUSABLE_S)
    msg = f"There is no place {where!r} for a location."
    raise VerificationError(msg)


def prove_unavailable(own: Own, tried: Tried, said: str) -> None:
    """Record that the wait ended at its deadline and said phase and reason, and that nothing was written."""
    locations.prove_unavailable(own.site, own.corner, tried, said)


def prove_written(own: Own) -> None:
    """Take a backup through the location and record that it lies under its prefix."""
    locations.prove_written(own.site, own.corner)


def prove_no_credential(own: Own, tried: Tried) -> None:
    """Record that the location names none, and that neither Velero's namespace nor the running pod holds one."""
    site = own.site
    wrong = ["the location names a credential"] if "credential" in tried.state.found["spec"] else []
    wrong += [*secrets_of(site), *given_access(server(site)), *_found_inside(site)]
    site.recorder.proof(
        "no-static-credential-anywhere",
        store="kubernetes",
        passed=not wrong,
        expected=f"no credential in the location, no Secret of access in {SPACE}, no key in the pod's variables and files",
        observed="none" if not wrong else f"{len(wrong)} found",
        differences=wrong,
        data=False,
    )


def _found_inside(site: Site) -> list[str]:
    """What of the server's pod holds a key of the store, and whether it was searched; the keys go in by standard input."""
    kube, keys = site.kube, read_credentials(site.store.ref.credentials_file)
    where = f"deployment/{site.profile.kubernetes.velero_deployment}"
    words = ["exec", "-i", "-n", SPACE, where, "-c", "velero", "--", "/bin/busybox", "sh", "-c", SEARCH]
    kubectl = Kubectl(program("kubectl"), kube.kubeconfig, kube.context)
    return found_in(kubectl.call(*words, input_text="\n".join(keys) + "\n").stdout.splitlines())


def found_in(lines: Iterable[str]) -> list[str]:
    """What a search of the pod says against it."""
    held = set(lines)
    if PATTERNS not in held:
        return ["the pod could not be searched: not even the keys that were searched for were found"]
    return [
        f"a key of the store in {'its environment' if each == VARIABLES else each}"
        for each in sorted(held - {PATTERNS})
    ]
