"""A backup location: made with its credentials, awaited until Velero can use it and knows the backups that lie there."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from hopsdrill.adapters.credentials import read_credentials
from hopsdrill.adapters.s3 import ObjectStore
from hopsdrill.core.wait import Waited, wait_for
from hopsdrill.recovery import velero
from hopsdrill.site import Site


AVAILABLE = "Available"  # Velero's word
AVAILABLE_S = 120.0  # Velero looks at a new location at once, and again every minute
SYNC_S = 180.0  # Velero's own period is a minute
HEAD, TAIL = 120, 180  # letters of a location's message that are told
KIND = f"{velero.API}/BackupStorageLocation"


@dataclass(frozen=True)
class Location:
    """What a backup location is made of.

    Attributes:
        secret: with the credentials; empty for a location that has none, where Velero itself has its access.
        endpoint: URL of the store as Velero's pod reaches it; empty for the lab's own.
        sync: ``backupSyncPeriod``; ``0s`` switches Velero's synchronising off.
        look: ``validationFrequency``: how often Velero tries the location; every minute when it is empty.
    """

    name: str
    prefix: str
    secret: str
    endpoint: str = ""
    bucket: str = ""
    path_style: bool = True
    sync: str = "15s"
    look: str = ""

    def body(self, site: Site) -> dict[str, Any]:
        """The BackupStorageLocation."""
        names, ref = site.profile.kubernetes, site.store.ref
        config = {"region": ref.region, "s3Url": self.endpoint or ref.internal_endpoint}
        return {
            "apiVersion": velero.API,
            "kind": "BackupStorageLocation",
            "metadata": {"name": self.name, "namespace": names.velero_namespace},
            "spec": {
                "provider": "aws",
                "config": {**config, **({"s3ForcePathStyle": "true"} if self.path_style else {})},
                **({"credential": {"name": self.secret, "key": names.location_secret_key}} if self.secret else {}),
                "objectStorage": {"bucket": self.bucket or ref.bucket, "prefix": self.prefix},
                "backupSyncPeriod": self.sync,
                **({"validationFrequency": self.look} if self.look else {}),
            },
        }


def of_platform(site: Site) -> Location:
    """The location the platform's backups are in."""
    names = site.profile.kubernetes
    return Location(names.storage_location, names.bucket_prefix, names.location_secret)


def enter_backups(site: Site, name: str) -> None:
    """Enter what a location will hold into the ledger: Backups, and Restores made of them."""
    for kind in ("velero-restores", "velero-backups"):
        site.ledger(kind, name, namespace=site.profile.kubernetes.velero_namespace)


def credentials_file(site: Site) -> str:
    """The lab's keys in the form that Velero's plugin reads."""
    access, secret = read_credentials(site.store.ref.credentials_file)
    return f"[default]\naws_access_key_id={access}\naws_secret_access_key={secret}\n"


def state(site: Site, name: str) -> velero.State:
    """Phase of a location, and Velero's message."""
    found = site.kube.get(KIND, name, site.profile.kubernetes.velero_namespace)
    if found is None:
        return velero.State("", f"there is no backup location {name}")
    status = found.get("status", {})
    return velero.State(str(status.get("phase", "")), _short(str(status.get("message") or "no message")), found)


def _short(text: str) -> str:
    """Begin and end of a message: the client's own words between them are long, and the reason stands last."""
    return text if len(text) <= HEAD + TAIL else f"{text[:HEAD]} ... {text[-TAIL:]}"


def await_available(site: Site, name: str, deadline: float = AVAILABLE_S) -> Waited[velero.State]:
    """Wait until Velero can use a location; gives what was seen meanwhile.

    Velero looks again every minute, so `Unavailable` is no end: it is waited for until the time is up.

    Raises:
        DeadlineExceeded: it cannot; the phase and Velero's own message are in the message.
    """
    return wait_for(
        lambda: state(site, name),
        what=f"backup location {name} to be Available",
        until=lambda seen: seen.phase == AVAILABLE,
        deadline=deadline,
        watch=velero.watching(site, "BackupStorageLocation"),
    )


def course(waited: Waited[velero.State]) -> str:
    """How a location became Available, for a report."""
    before = [str(each.value) for each in waited.observations[:-1]]
    return f"Available after {waited.elapsed:.1f} s{f', before that {before}' if before else ''}"


def completed(found: Sequence[dict[str, Any]], schedule: str) -> list[str]:
    """A Schedule's Completed Backups among some, the newest first by start: Velero's own rule for the latest."""
    own = [each for each in found if (each["metadata"].get("labels") or {}).get(velero.SCHEDULE) == schedule]
    good = [each for each in own if each.get("status", {}).get("phase") == velero.GOOD]
    good.sort(key=lambda each: str(each["status"]["startTimestamp"]), reverse=True)
    return [each["metadata"]["name"] for each in good]


def archived(store: ObjectStore, prefix: str) -> list[dict[str, Any]]:
    """The Backups whose description lies in the bucket; one that cannot be read is left out, as Velero does.

    Raises:
        OperationError: the store does not answer.
    """
    folder = f"{prefix}/backups/"
    texts = [store.get(f"{folder}{name}/velero-backup.json") for name in store.folders(folder)]
    found = [_parsed(text) for text in texts if text is not None]
    return [each for each in found if each]


def _parsed(text: bytes) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) and "metadata" in found else {}


@dataclass(frozen=True)
class Synced:
    """How far Velero knows the backups of some Schedules.

    Attributes:
        wanted: by Schedule, the latest Completed one in the bucket; None when the bucket holds none.
        known: by Schedule, the latest Completed one that Velero knows in this location; None when it knows none.
        others: everything else that Velero knows in this location, with its phase.
    """

    wanted: dict[str, str | None]
    known: dict[str, str | None]
    others: tuple[str, ...] = field(default=())

    @property
    def done(self) -> bool:
        """Velero knows just what the bucket holds, of every Schedule."""
        return self.known == self.wanted and all(self.wanted.values())

    def __str__(self) -> str:
        lines = [
            f"{schedule}: the bucket holds {self.wanted[schedule] or 'no completed backup'}, Velero knows {name or 'none'}"
            for schedule, name in self.known.items()
        ]
        return "; ".join([*lines, f"also in the location: {', '.join(self.others) or 'nothing'}"])

    __repr__ = __str__  # the form in which a wait quotes what it saw last


def await_synced(site: Site, location: Location, schedules: Sequence[str], deadline: float = SYNC_S) -> Synced:
    """Wait until Velero knows the latest Completed backup of each Schedule; any backup of the location would not do.

    Raises:
        DeadlineExceeded: it does not; what the bucket holds and what Velero knows is in the message.
        OperationError: the cluster or the store does not answer.
    """
    lying = archived(site.store, location.prefix)  # once: nobody writes backups while they are restored
    wanted = {schedule: next(iter(completed(lying, schedule)), None) for schedule in schedules}
    return wait_for(
        lambda: _synced(site, location, wanted),
        what=f"Velero to know the latest backups of {', '.join(schedules)} in {location.name}",
        until=lambda seen: seen.done,
        deadline=deadline,
        watch=velero.watching(site, "Backup"),
    ).value


def _synced(site: Site, location: Location, wanted: dict[str, str | None]) -> Synced:
    found = site.kube.list(f"{velero.API}/Backup", site.profile.kubernetes.velero_namespace)
    own = [each for each in found if each["spec"].get("storageLocation") == location.name]
    known = {schedule: next(iter(completed(own, schedule)), None) for schedule in wanted}
    rest = [each for each in own if each["metadata"]["name"] not in known.values()]
    told = [f"{each['metadata']['name']} {each.get('status', {}).get('phase') or 'New'}" for each in rest]
    return Synced(wanted, known, tuple(sorted(told)[: velero.SHOWN]))


def restore_latest(
    site: Site, location: Location, schedules: Sequence[str], deadline: float = SYNC_S
) -> list[dict[str, Any]]:
    """Wait until the latest backups of all Schedules are known, then restore each; no Restore is made before all are.

    Raises:
        DeadlineExceeded: they are not known in time, or a Restore did not end.
        OperationError: a Restore did not end Completed.
    """
    what = f"the latest of {', '.join(schedules)} in {location.name}"
    with site.recorder.operation("wait for the backups to be synced", what, target=site.cluster_uid) as done:
        done.text = str(await_synced(site, location, schedules, deadline))
    return [velero.restore_latest(site, schedule) for schedule in schedules]
