"""Two recovery points that differ in every store: which of them a store came back from shows in its data."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from hopsdrill.clients import database
from hopsdrill.core.errors import VerificationError
from hopsdrill.model.plan import Data
from hopsdrill.proof import kubernetes
from hopsdrill.proof.key import Key
from hopsdrill.recovery.backup import BackupSet, entries
from hopsdrill.run import disaster, stages, whole
from hopsdrill.run.stages import Recovered, Snapshot
from hopsdrill.site import Site


FOLLOWS = "hopsfs"  # its metadata are rows of the database, so its files are those of the database's point


@dataclass(frozen=True)
class Point:
    """One recovery point: what every store held, and the backups that hold it."""

    name: str
    snapshot: Snapshot
    backup: BackupSet

    def __str__(self) -> str:
        return f"{self.name} ({self.backup.rondb.id})"


Points = tuple[Point, Point]  # the older one first


def make_points(site: Site, data: Data, key: Key, recovered: Recovered | None = None) -> Points:
    """Load and back up every store, change everything, and back up again at least a minute later: no ID is given twice.

    Args:
        site: where; its stores are empty, or hold what ``recovered`` says.
        data: sizes.
        key: the run's.
        recovered: a restore of this run, whose recovery point then is the older one: nothing is loaded.

    Raises:
        VerificationError: a backup is not whole, or the two do not differ in a store.
    """
    older = _older(site, data, key) if recovered is None else Point("older", recovered.snapshot, recovered.backup)
    # rows that a restore has lost do not arrive any more: only freshly loaded ones are awaited
    before = older.snapshot if recovered is None else replace(older.snapshot, sent=())
    disaster.change(site, data, before, key)
    disaster.change_contents(site, before, key)
    with database(site) as sql:
        challenge = stages.draw(sql)
    snapshot = stages.snapshot_of(site, key, challenge)
    newer = Point("newer", snapshot, stages.back_up(site, snapshot, key))
    _require_different(site, older, newer)
    return older, newer


def _older(site: Site, data: Data, key: Key) -> Point:
    snapshot = stages.load_everything(site, data, key)
    return Point("older", snapshot, stages.back_up(site, snapshot, key))


def alike(older: Point, newer: Point) -> list[str]:
    """Stores in which two points cannot be told apart, and stores whose backups have one ID; a store is told apart both ways."""
    one, two = older.snapshot, newer.snapshot
    same = ["rondb"] if one.database.same_as(two.database) or one.challenge == two.challenge else []
    states = {"kubernetes": (one.objects, two.objects)}
    states |= {store: (one.contents[store], two.contents.get(store, {})) for store in one.contents}
    for store, (before, after) in states.items():
        ways = [kubernetes.compare(before, after).differences, kubernetes.compare(after, before).differences]
        same += [] if all(ways) else [store]
    ids = older.backup.ids
    return same + [f"ID of {store}" for store, id_ in newer.backup.ids.items() if ids.get(store) == id_]


def _require_different(site: Site, older: Point, newer: Point) -> None:
    same = alike(older, newer)
    site.recorder.action(
        "points-differ-in-every-store",
        effective=not same,
        expected="every store holds something else at each point, and every backup has an ID of its own",
        observed=f"alike: {', '.join(same)}" if same else f"{older.backup.ids} and {newer.backup.ids}",
    )
    if same:
        msg = f"The two recovery points are alike: {', '.join(same)}. A restore from one could not be told from the other."
        raise VerificationError(msg, hint="give the plan's data more rows, files, documents and objects")


def still_there(site: Site, points: Points) -> bool:
    """Whether both can still be restored from: the platform knows their IDs, and database and objects lie whole in the bucket."""
    for point in points:
        for store, taken in point.backup.recorded.items():
            if taken.id not in entries(site, site.profile.recorded[store]):
                return False
        names = site.profile.kubernetes
        for each in (point.backup.main, point.backup.users):
            name = each["metadata"]["name"]
            if not site.store.entries(f"{names.bucket_prefix}/backups/{name}/{name}.tar.gz"):
                return False
        if whole.database(site, point.backup).missing:
            return False
    return True


def mixed(base: Point, others: Mapping[str, Point]) -> tuple[Snapshot, BackupSet]:
    """What a restore must bring back that takes some stores from other points than the ``base``; files follow the database."""
    of = {**dict.fromkeys([*base.backup.recorded, *base.snapshot.contents, "kubernetes"], base), **others}
    of[FOLLOWS] = of["rondb"]
    snapshot = Snapshot(
        of["rondb"].snapshot.database,
        of["kubernetes"].snapshot.objects,
        of["rondb"].snapshot.challenge,
        {store: of[store].snapshot.contents[store] for store in base.snapshot.contents},
        of["rondb"].snapshot.sent,
        of["rondb"].snapshot.objects_of_blocks,
    )
    backup = BackupSet(
        of["rondb"].backup.rondb,
        of["kubernetes"].backup.main,
        of["kubernetes"].backup.users,
        {store: of[store].backup.others[store] for store in base.backup.others},
    )
    return snapshot, backup
