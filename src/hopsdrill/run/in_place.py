"""Restores in place to recovery points: every store changed before, each compared afterwards with the point it was to come from."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from hopsdrill.clients import need
from hopsdrill.core.errors import OperationError
from hopsdrill.model.plan import Data
from hopsdrill.proof import kubernetes
from hopsdrill.proof.key import Key
from hopsdrill.recovery import markers
from hopsdrill.recovery.backup import BackupSet
from hopsdrill.recovery.listing import listing
from hopsdrill.recovery.request import Request, Way, jobs_of, request_for
from hopsdrill.recovery.restore import BY_FILE
from hopsdrill.recovery.sets.facts import MAIN
from hopsdrill.recovery.velero import API
from hopsdrill.run import disaster
from hopsdrill.run.contents import present
from hopsdrill.run.points import Point, Points, mixed
from hopsdrill.run.stages import Recovered, Snapshot, backed_up_objects
from hopsdrill.site import Site
from hopsdrill.workload.dataset import feature_groups
from hopsdrill.workload.drift import drift


CHANGE_ALL = "change every store"


@dataclass(frozen=True)
class Wanted:
    """A restore that is to be asked for.

    Attributes:
        base: whose database ID is the global one.
        snapshot: what must come back.
        backup: of which backups.
        asked: the request.
    """

    base: Point
    snapshot: Snapshot
    backup: BackupSet
    asked: Request

    def jobs(self, site: Site) -> list[str]:
        """Those that the restore runs."""
        return jobs_of(site, self.backup, in_place=True, global_id=self.base.backup.rondb.id)


def wanted(
    site: Site, base: Point, others: Mapping[str, Point] | None = None, more: Mapping[str, str] | None = None
) -> Wanted:
    """A restore of a point, some stores of which come from another.

    Velero's backups are named where ``others`` says so; else they are the latest completed ones, whatever the point has.
    ``more`` are further values of the request, by their names in the profile's ``restore_values``.
    """
    snapshot, backup = mixed(base, others or {})
    named = "kubernetes" in (others or {})
    if not named:
        main, users = (_latest(site, schedule) for schedule in _schedules(site))
        backup = replace(backup, main=main, users=users)
    asked = request_for(site, backup, base.backup.rondb.id, velero=named)
    return Wanted(base, snapshot, backup, replace(asked, overrides={**asked.overrides, **(more or {})}))


def _schedules(site: Site) -> tuple[str, str]:
    return site.profile.kubernetes.main_schedule, site.profile.kubernetes.users_schedule


def _latest(site: Site, schedule: str) -> dict[str, object]:
    """A Schedule's latest completed Backup, by our own reading."""
    listed = listing(site.profile, MAIN, site.kube, None)
    name = next((each.id for each in listed.backups if each.schedule == schedule), "")
    found = site.kube.get(f"{API}/Backup", name, site.profile.kubernetes.velero_namespace) if name else None
    if found is None:
        msg = f"Schedule {schedule} has no completed backup that a restore could take. {listed.unread}"
        raise OperationError(msg, hint="hopsdrill backups list --store kubernetes")
    return found


def clear(site: Site, points: Points) -> None:
    """Delete what earlier restores of either point have left to mark them."""
    markers.delete(site, sorted({job for each in points for job in jobs_of(site, each.backup, in_place=True)}))


def marked(site: Site, aim: Wanted) -> bool:
    """Whether every marker of this restore says that it was completed."""
    jobs = aim.jobs(site)
    return list(markers.standing(site, jobs).values()) == ["complete"] * len(jobs)


def change_all(site: Site, data: Data, aim: Wanted, key: Key) -> None:
    """Change every store, so that it holds something else than the restore is to bring back; seen to have taken effect."""
    with site.recorder.operation(CHANGE_ALL, "whatever they hold", target=site.namespace, destructive=True) as done:
        made = drift(site, feature_groups(data))
        done.text = "; ".join(made.values())
    states = {store: (aim.snapshot.contents[store], each.read(site, key)) for store, each in present(site).items()}
    states["kubernetes"] = (aim.snapshot.objects, backed_up_objects(site, key))
    same = [store for store, (then, now) in states.items() if not kubernetes.compare(then, now).differences]
    site.recorder.action(
        "every-store-differs-before-the-restore",
        effective=not same,
        expected="every store holds something else than is to come back",
        observed=f"no difference: {', '.join(same)}" if same else "; ".join(made.values()),
    )
    disaster.require({"every-store-differs-before-the-restore": not same})


def restore(site: Site, data: Data, aim: Wanted, key: Key, way: Way = BY_FILE) -> Recovered:
    """Change every store, then restore.

    Raises:
        PreconditionError, OperationError, DeadlineExceeded: as `restore_in_place`.
    """
    change_all(site, data, aim, key)
    return disaster.restore(site, aim.snapshot, aim.backup, None, key, asked=aim.asked, way=way)


def prove_velero(site: Site, recovered: Recovered, *, named: bool) -> None:
    """Record which Velero Backups were restored: those that were named, or the latest completed ones."""
    want = {
        schedule: each["metadata"]["name"]
        for schedule, each in zip(_schedules(site), (recovered.backup.main, recovered.backup.users), strict=True)
    }
    specs = [each.get("spec", {}) for each in recovered.restored.velero.values()]
    taken = {str(each.get("backupName")) for each in specs}
    site.recorder.proof(
        "velero-took-the-named-backups" if named else "velero-took-the-latest-completed-backups",
        store="kubernetes",
        passed=taken == set(want.values()),
        expected=", ".join(want.values()),
        observed=", ".join(sorted(taken)) or "no Restore",
        differences=sorted(taken ^ set(want.values())),
        data=False,
    )


def prove_global_id(site: Site, global_id: str, other: str) -> None:
    """Record that the file system's Job ran under the global ID, and none under that of the database's backup."""
    names = [name for hopsfs in [need(site.profile.hopsfs, "hopsfs")] for name in hopsfs.restore_jobs]
    wanted, none = ([name.format(id=id_) for name in names] for id_ in (global_id, other))
    seen = markers.standing(site, [*wanted, *none])
    site.recorder.proof(
        "file-system-followed-the-global-id",
        store="hopsfs",
        passed=seen == dict.fromkeys(wanted, "complete"),
        expected=f"{', '.join(wanted)} is complete, and there is no {', '.join(none)}",
        observed=f"{seen}",
        data=False,
    )


def prove_gave_up(site: Site, recovered: Recovered) -> None:
    """Record that helm ended badly by its timeout while Jobs of the restore were at work, and that they ended well later."""
    seen = recovered.restored
    site.recorder.proof(
        "helm-gave-up-while-the-restore-went-on",
        store="platform",
        passed=bool(seen.gave_up) and bool(seen.under_way) and seen.serving is not None,
        expected="helm's exit code is not 0, Jobs of the restore are at work then, and are complete later",
        observed=f"{seen.gave_up or 'helm saw the end'}; at work then: {', '.join(seen.under_way) or 'nothing'}",
        data=False,
    )
