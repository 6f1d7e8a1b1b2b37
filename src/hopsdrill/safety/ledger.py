"""The ledger: what a run made and has not been seen to be gone, and its removal in an order that works."""

from collections.abc import Sequence
from typing import Any

from hopsdrill.adapters.bucket_admin import remove_bucket
from hopsdrill.adapters.helm import Helm
from hopsdrill.adapters.kube import Kube
from hopsdrill.adapters.s3 import ObjectStore
from hopsdrill.core.errors import DrillError
from hopsdrill.core.wait import wait_for
from hopsdrill.lab.velero import put_back
from hopsdrill.model.events import Entry, Resource, ResourceCreated, ResourceRemoved


# Velero removes what a Restore left in the bucket, for which it needs the location, which is the release's;
# a Backup comes back by Velero's sync as long as both its location and its files are there. The lab's own Velero is put back
# last: whatever else has to go may be of the kinds that the Velero in its place has defined.
ORDER = (
    "velero-restores",
    "helm-release",
    "velero-location",
    "velero-backups",
    "namespace",
    "object",
    "s3-prefix",
    "bucket",
    "lab-velero",
)
IN_THE_STORE = frozenset({"s3-prefix", "bucket"})  # the store is the lab's: what lies in it outlives the cluster
VELERO = "velero.io/v1"
GONE_S = 120.0


def unsettled(entries: Sequence[Entry]) -> list[Resource]:
    """What was made and never seen to be gone, in the order of removal: by kind, then the newest first."""
    left: dict[Resource, None] = {}
    for entry in entries:
        if isinstance(entry.event, ResourceCreated):
            left.pop(entry.event.resource, None)
            left[entry.event.resource] = None
        elif isinstance(entry.event, ResourceRemoved):
            left.pop(entry.event.resource, None)
    newest_first = list(left)[::-1]
    return sorted(newest_first, key=lambda resource: ORDER.index(resource.kind))


class Remover:
    """Removes what the ledger names, from the one cluster and bucket it was made in.

    Args:
        uid: the cluster's recorded UID; entries of another cluster are left alone.
    """

    def __init__(self, kube: Kube, helm: Helm, store: ObjectStore, uid: str) -> None:
        self.kube, self.helm, self.store, self.uid = kube, helm, store, uid

    def remove(self, resource: Resource) -> str:
        """Remove one thing and see that it is gone; gives the reason when it is not, else an empty text."""
        if resource.cluster_uid != self.uid and resource.kind not in IN_THE_STORE:
            return f"it belongs to another cluster ({resource.cluster_uid})"
        try:
            getattr(self, "_" + resource.kind.replace("-", "_"))(resource)
        except DrillError as error:
            return error.message
        return ""

    def _velero_restores(self, resource: Resource) -> None:
        ours = {backup["metadata"]["name"] for backup in self._backups(resource)}
        for restore in self.kube.list(f"{VELERO}/Restore", resource.namespace):
            if restore["spec"].get("backupName") in ours:
                self._gone("Restore", restore["metadata"]["name"], resource.namespace)

    def _helm_release(self, resource: Resource) -> None:
        self.helm.uninstall(resource.name, namespace=resource.namespace, timeout=GONE_S)

    def _velero_backups(self, resource: Resource) -> None:
        for backup in self._backups(resource):
            self._gone("Backup", backup["metadata"]["name"], resource.namespace)

    def _backups(self, resource: Resource) -> list[dict[str, Any]]:
        found = self.kube.list(f"{VELERO}/Backup", resource.namespace)
        return [backup for backup in found if backup["spec"].get("storageLocation") == resource.name]

    def _gone(self, kind: str, name: str, namespace: str) -> None:
        self._delete(Resource(kind="object", name=name, namespace=namespace, api=f"{VELERO}/{kind}"), 20)

    def _velero_location(self, resource: Resource) -> None:
        self._delete(resource, GONE_S)

    def _namespace(self, resource: Resource) -> None:
        self._delete(resource, GONE_S)

    def _object(self, resource: Resource) -> None:
        self._delete(resource, GONE_S)

    def _delete(self, resource: Resource, deadline: float) -> None:
        self.kube.delete(resource.api, resource.name, resource.namespace)
        what = f"{resource.api} {resource.namespace}/{resource.name} to be gone"
        wait_for(lambda: self._there(resource), what=what, until=lambda there: not there, deadline=deadline)

    def _there(self, resource: Resource) -> bool:
        return self.kube.exists(resource.api, resource.name, resource.namespace)

    def _bucket(self, resource: Resource) -> None:
        remove_bucket(self.store.other(resource.name).ref)

    def _lab_velero(self, resource: Resource) -> None:
        put_back(resource.cluster_uid)

    def _s3_prefix(self, resource: Resource) -> None:
        self.store.delete_prefix(resource.name)
