"""Reading the facts of backup sets from cluster and bucket; nothing is changed."""

import json
from collections.abc import Callable, Iterable
from datetime import UTC
from functools import partial
from typing import Any

from hopsdrill.adapters.kube import Kube
from hopsdrill.adapters.s3 import Entry as File
from hopsdrill.adapters.s3 import ObjectStore
from hopsdrill.core.clock import parse_utc
from hopsdrill.model.profile import KubernetesProfile, OpenSearchProfile, Profile, RecordedStore, RondbProfile
from hopsdrill.recovery.seen import Seen, entries, look
from hopsdrill.recovery.sets.facts import MAIN, USERS, Facts, Storage, Stored, VeleroBackup
from hopsdrill.recovery.sets.repository import repository
from hopsdrill.recovery.status.facts import backups
from hopsdrill.recovery.velero import SCHEDULE, reason


NO_KUBE = "no cluster was read"
Lacking = Callable[[Iterable[str], RondbProfile], list[str]]


def read(
    profile: Profile, kube: Kube | None, store: ObjectStore | None, lacking: Lacking, *, no_store: str = ""
) -> Facts:
    """Read everything; what cannot be read carries the reason.

    Args:
        profile: the names.
        kube: None when only the bucket is to be read.
        store: None when there is no bucket to look at.
        lacking: what is missing from a database backup, by its keys.
        no_store: why there is no bucket to look at.
    """
    own = profile.recorded
    return Facts(
        entries={name: Seen([], NO_KUBE) if kube is None else entries(kube, profile, name) for name in own},
        storage={
            name: Seen(Storage(), no_store)
            if store is None
            else look(partial(_storage, store, each, lacking), Storage())
            for name, each in own.items()
        },
        velero=velero_objects(profile, kube),
        archived=velero_archived(profile, store, no_store=no_store),
    )


def velero_objects(profile: Profile, kube: Kube | None) -> Seen[list[VeleroBackup]]:
    """The Backups of both Schedules that Velero knows in the platform's location."""
    return Seen([], NO_KUBE) if kube is None else look(partial(_objects, kube, profile), [])


def velero_archived(
    profile: Profile, store: ObjectStore | None, *, no_store: str = "no bucket was named"
) -> Seen[list[VeleroBackup]]:
    """The Backups of both Schedules whose files lie in the bucket."""
    return Seen([], no_store) if store is None else look(partial(_archived, store, profile.kubernetes), [])


def _storage(store: ObjectStore, profile: RecordedStore, lacking: Lacking) -> Storage:
    prefix = f"{profile.bucket_prefix}/"
    if isinstance(profile, OpenSearchProfile):
        return repository(store, profile.bucket_prefix)
    held: dict[str, list[File]] = {}
    for each in store.entries(prefix):
        held.setdefault(each.key.removeprefix(prefix).partition("/")[0], []).append(each)
    made = tuple(_stored(name, files, f"{prefix}{name}/", profile, lacking) for name, files in held.items())
    return Storage(made, absent=f"nothing lies under {prefix}{{id}}/ in the bucket")


def _stored(name: str, files: list[File], prefix: str, profile: RecordedStore, lacking: Lacking) -> Stored:
    keys = [each.key.removeprefix(prefix) for each in files]
    if isinstance(profile, RondbProfile):
        missing = lacking(keys, profile)
    else:
        missing = [f"{each} is missing" for each in profile.backup_files if each not in keys]
    return Stored(name, min(each.modified for each in files).astimezone(UTC), tuple(missing))


def _objects(kube: Kube, profile: Profile) -> list[VeleroBackup]:
    found = (_backup(each, profile.kubernetes) for each in backups(kube, profile))
    return [each for each in found if each is not None]


def _backup(found: dict[str, Any], names: KubernetesProfile, lacking: tuple[str, ...] = ()) -> VeleroBackup | None:
    """A Backup of one of the two Schedules; None when it is anybody else's."""
    meta, status = found["metadata"], found.get("status") or {}
    store = {names.main_schedule: MAIN, names.users_schedule: USERS}.get((meta.get("labels") or {}).get(SCHEDULE, ""))
    if store is None:
        return None
    start, end = status.get("startTimestamp") or meta.get("creationTimestamp"), status.get("completionTimestamp")
    times = [parse_utc(each) if each else None for each in (start, end)]
    return VeleroBackup(
        meta["name"], store, times[0], times[1], str(status.get("phase") or "New"), reason(status), lacking
    )


def _archived(store: ObjectStore, names: KubernetesProfile) -> list[VeleroBackup]:
    prefix = f"{names.bucket_prefix}/backups/"
    held: dict[str, set[str]] = {}
    for each in store.entries(prefix):
        folder, _, name = each.key.removeprefix(prefix).partition("/")
        held.setdefault(folder, set()).add(name)
    found = (_folder(store, prefix, name, files, names) for name, files in sorted(held.items()))
    return [each for each in found if each is not None]


def _folder(
    store: ObjectStore, prefix: str, name: str, files: set[str], names: KubernetesProfile
) -> VeleroBackup | None:
    wanted = ("velero-backup.json", f"{name}.tar.gz")
    lacking = tuple(f"{each} is missing" for each in wanted if each not in files)
    try:
        told = json.loads(store.get(f"{prefix}{name}/{wanted[0]}") or b"")
        return _backup(told, names, lacking)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        # without its own description, only the name tells whose it is
        schedules = {names.main_schedule: MAIN, names.users_schedule: USERS}
        whose = next((kind for schedule, kind in schedules.items() if name.startswith(f"{schedule}-")), None)
        told_by = lacking or (f"{wanted[0]} cannot be read ({type(error).__name__}: {error})",)
        return VeleroBackup(name, whose, lacking=told_by) if whose else None
