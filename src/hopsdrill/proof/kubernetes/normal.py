"""What of an object is compared: its content without what a restore changes by its nature, each omission with its reason."""

from collections.abc import Iterator
from typing import Any

from hopsdrill.core.canary import LABEL
from hopsdrill.proof.key import Key
from hopsdrill.proof.prints import Print, Prints, printed


# Dotted paths left out of every comparison, and why; printed in the documentation.
VOLATILE = {
    "apiVersion": "compared by kind: one kind may be served in several versions",
    "kind": "stands in the object's title",
    "metadata.name": "stands in the object's title",
    "metadata.namespace": "stands in the object's title",
    "metadata.uid": "an object made anew has another",
    "metadata.resourceVersion": "the API server's own counter",
    "metadata.creationTimestamp": "an object made anew is younger",
    "metadata.generation": "the API server's own counter",
    "metadata.managedFields": "who wrote which field, not what it says",
    "metadata.selfLink": "no longer served",
    "metadata.ownerReferences": "name owners by UID, which an owner made anew changes",
    "metadata.labels.velero.io/backup-name": "put there by the restore",
    "metadata.labels.velero.io/restore-name": "put there by the restore",
    "metadata.annotations.kubectl.kubernetes.io/last-applied-configuration": "a copy of the object that kubectl keeps",
    "status": "written by controllers",
    "secrets": "tokens a controller gives a service account",
    "imagePullSecrets": "may be given to a service account by a controller",
}

# Objects left out, and why: kind and name, or kind and type.
IGNORED = {
    ("ConfigMap", "kube-root-ca.crt"): "made in every namespace by the controller manager",
    ("ServiceAccount", "default"): "made in every namespace by the controller manager",
    ("Secret", "helm.sh/release.v1"): "Helm's own history, which a restore by Helm writes",
    ("Secret", "kubernetes.io/service-account-token"): "made by the token controller",
}


Fingerprint = Prints  # by "<Kind> <namespace>/<name>"


def title(found: dict[str, Any]) -> str:
    """``Secret fraud-project/api-keys``."""
    meta = found["metadata"]
    return f"{found['kind']} {meta.get('namespace', '')}/{meta['name']}"


def ignored(found: dict[str, Any]) -> bool:
    """Whether an object is left out of every comparison; the drill's own canaries are, for they are accounted for one by one."""
    kind = found["kind"]
    if LABEL in (found["metadata"].get("labels") or {}):
        return True
    return (kind, found["metadata"]["name"]) in IGNORED or (kind, found.get("type", "")) in IGNORED


def normal(found: dict[str, Any], key: Key) -> Print:
    """An object as it is compared."""
    fields = {".".join(path): value for path, value in _fields(found, ()) if not _volatile(path)}
    return printed(fields, key, ("data", "stringData") if found["kind"] == "Secret" else ())


def _volatile(path: tuple[str, ...]) -> bool:
    # a dotted key inside labels or annotations is one step of a path, so paths are joined before they are compared
    return any(".".join(path[:depth]) in VOLATILE for depth in range(1, len(path) + 1))


def _fields(value: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Leaves by path; a list is one value, for its order may matter. Empty mappings say nothing and are left out."""
    if isinstance(value, dict):
        for name in sorted(value):
            yield from _fields(value[name], (*path, name))
    elif value is not None:
        yield path, value
