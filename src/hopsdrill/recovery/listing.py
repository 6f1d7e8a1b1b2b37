"""The successful backups of one store, the newest first by the time their record says; the number of an ID says nothing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from hopsdrill.adapters.kube import Kube
from hopsdrill.adapters.s3 import ObjectStore
from hopsdrill.model.profile import KubernetesProfile, Profile
from hopsdrill.recovery.seen import GOOD, Entry, Seen, entries
from hopsdrill.recovery.sets import VeleroBackup
from hopsdrill.recovery.sets.facts import MAIN
from hopsdrill.recovery.sets.match import COMPLETED, NEVER
from hopsdrill.recovery.sets.read import velero_archived, velero_objects


@dataclass(frozen=True)
class Listed:
    """A successful backup.

    Attributes:
        start, end: UTC; None when its record does not say.
        schedule: Velero's Schedule; empty for other stores.
    """

    id: str
    start: datetime | None = None
    end: datetime | None = None
    schedule: str = ""


@dataclass(frozen=True)
class Listing:
    """The backups of one store.

    Attributes:
        backups: the successful ones, the newest first; those whose record has no time come last.
        passed_over: what is recorded and not listed, each with the reason.
        unread: why nothing, or not everything, is known; empty when all was read.
    """

    store: str
    backups: tuple[Listed, ...] = ()
    passed_over: tuple[str, ...] = ()
    unread: str = ""


def stores(profile: Profile) -> list[str]:
    """Whose backups can be listed."""
    return [*profile.recorded, MAIN]


def listing(profile: Profile, store: str, kube: Kube | None, bucket: ObjectStore | None) -> Listing:
    """List a store's successful backups as its records have them.

    Args:
        profile: the names.
        store: one of ``stores``; ``kubernetes`` has both of Velero's Schedules.
        kube: None when only the bucket is to be read.
        bucket: read for Velero's backups where there is no cluster; records of other stores are in the cluster alone.
    """
    if store == MAIN:
        found = velero_objects(profile, kube) if kube is not None else velero_archived(profile, bucket)
        return _of_velero(found, profile.kubernetes)
    if kube is None:
        return Listing(store, unread="its records are in the cluster, and no cluster was read")
    return _recorded(store, entries(kube, profile, store))


def _recorded(store: str, found: Seen[list[Entry]]) -> Listing:
    good = [Listed(each.id, each.start, each.end) for each in found.value if not each.problem and each.state == GOOD]
    bad = [
        f"{each.id}: {each.problem or f'its record in {each.config_map} says {each.state}'}"
        for each in found.value
        if each.problem or each.state != GOOD
    ]
    return Listing(store, _newest_first(good), tuple(sorted(bad)), found.unread)


def _of_velero(found: Seen[list[VeleroBackup]], names: KubernetesProfile) -> Listing:
    schedules = {True: names.main_schedule, False: names.users_schedule}
    good = [
        Listed(each.name, each.start, each.end, schedules[each.store == MAIN])
        for each in found.value
        if each.phase == COMPLETED and not each.lacking
    ]
    bad = [
        f"{each.name}: it is {'; '.join([each.phase, *filter(None, [each.reason]), *each.lacking])}"
        for each in found.value
        if each.phase != COMPLETED or each.lacking
    ]
    return Listing(MAIN, _newest_first(good), tuple(sorted(bad)), found.unread)


def _newest_first(found: Iterable[Listed]) -> tuple[Listed, ...]:
    return tuple(sorted(found, key=lambda each: (each.start or each.end or NEVER, each.id), reverse=True))
