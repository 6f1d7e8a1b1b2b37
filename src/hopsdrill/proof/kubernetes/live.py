"""Reading objects from a cluster."""

from collections.abc import Sequence

from hopsdrill.adapters.kube import Kube
from hopsdrill.proof.key import Key
from hopsdrill.proof.kubernetes.normal import Fingerprint, ignored, normal, title


RBAC = "rbac.authorization.k8s.io/v1"
KINDS = ("v1/Secret", "v1/ConfigMap", "v1/ServiceAccount", f"{RBAC}/Role", f"{RBAC}/RoleBinding")


def read(
    kube: Kube, namespaces: Sequence[str], key: Key, *, kinds: Sequence[str] = KINDS, selector: str = ""
) -> Fingerprint:
    """Read all objects of some kinds in some namespaces.

    Raises:
        OperationError: the cluster does not answer, or refuses.
    """
    found = [each for namespace in namespaces for kind in kinds for each in kube.list(kind, namespace, selector)]
    return {title(each): normal(each, key) for each in sorted(found, key=title) if not ignored(each)}
