"""Everything a status is judged by, read from cluster and bucket; nothing is changed."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from hopsdrill.adapters.kube import Kube, Object
from hopsdrill.adapters.s3 import ObjectStore
from hopsdrill.core.clock import now
from hopsdrill.model.profile import Profile
from hopsdrill.recovery.seen import Entry, Seen, defined, entries, look


CRD = {"BackupStorageLocation": "backupstoragelocations", "Schedule": "schedules", "Backup": "backups"}


@dataclass(frozen=True)
class Facts:
    """What was read, each as the API gives it; None where the object is not there.

    Attributes:
        at: when it was read, UTC.
        cronjobs, entries: by store.
        versioning: of the bucket: ``Enabled``, ``Suspended``, or empty when it was never switched on.
        velero: its Deployment.
        schedules: by name.
        backups: all Backups of the platform's storage location.
    """

    at: datetime
    cronjobs: dict[str, Seen[Object | None]]
    entries: dict[str, Seen[list[Entry]]]
    versioning: Seen[str]
    velero: Seen[Object | None]
    location: Seen[Object | None]
    schedules: dict[str, Seen[Object | None]]
    backups: Seen[list[Object]]


def read(kube: Kube, profile: Profile, store: ObjectStore | None, no_store: str = "") -> Facts:
    """Read all facts; one that cannot be read carries the reason. ``no_store`` says why there is no bucket to look at."""
    names, space = profile.kubernetes, profile.namespace
    own = profile.recorded
    return Facts(
        at=now().utc,
        cronjobs={store: _get(kube, "batch/v1/CronJob", each.cronjob, space) for store, each in own.items()},
        entries={name: entries(kube, profile, name) for name in own},
        versioning=Seen("", no_store) if store is None else look(store.versioning, ""),
        velero=_get(kube, "apps/v1/Deployment", "velero", names.velero_namespace),
        location=_velero(kube, "BackupStorageLocation", names.storage_location, names.velero_namespace),
        schedules={
            name: _velero(kube, "Schedule", name, names.velero_namespace)
            for name in (names.main_schedule, names.users_schedule)
        },
        backups=look(lambda: backups(kube, profile), []),
    )


def backups(kube: Kube, profile: Profile) -> list[Object]:
    """Velero's Backups in the platform's storage location; none where Velero is not installed.

    Raises:
        OperationError: the cluster does not answer, or refuses.
    """
    names = profile.kubernetes
    if not defined(kube, "backups.velero.io"):
        return []
    found = kube.list("velero.io/v1/Backup", names.velero_namespace)
    return [each for each in found if each["spec"].get("storageLocation") == names.storage_location]


def _get(kube: Kube, api: str, name: str, namespace: str) -> Seen[Object | None]:
    return look(partial(kube.get, api, name, namespace), None)


def _velero(kube: Kube, kind: str, name: str, namespace: str) -> Seen[Object | None]:
    if not defined(kube, f"{CRD[kind]}.velero.io"):
        return Seen(None)
    return _get(kube, f"velero.io/v1/{kind}", name, namespace)
