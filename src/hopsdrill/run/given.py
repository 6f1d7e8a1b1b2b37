"""A backup set that the drill did not take: found by its ID, checked, restored over the platform that stands, proved by its seal."""

from dataclasses import dataclass
from typing import Any

from hopsdrill.clients import database
from hopsdrill.core.clock import parse_utc
from hopsdrill.core.errors import OperationError, PlanError, PreconditionError, VerificationError
from hopsdrill.model import events as ev
from hopsdrill.model.plan import GivenPoint, Objectives, Plan
from hopsdrill.proof.seal import Item, Seal
from hopsdrill.recovery import markers
from hopsdrill.recovery.backup import BackupSet, RondbBackup, StoreBackup, entries
from hopsdrill.recovery.request import jobs_of, request_for
from hopsdrill.recovery.restore import Restored
from hopsdrill.recovery.velero import API
from hopsdrill.recovery.version import running
from hopsdrill.run import disaster
from hopsdrill.run.declared import declare
from hopsdrill.run.sealing.gate import GATE, checked, ids_of, seal_of
from hopsdrill.run.sealing.parts import KUBERNETES
from hopsdrill.run.stages import Disaster
from hopsdrill.site import Site


UNSEALED = "the plan names no seal, so nobody knows what the set held when it was taken"


@dataclass(frozen=True)
class Given:
    """The set, and its seal if there is one."""

    backup: BackupSet
    seal: Seal | None


@dataclass(frozen=True)
class GivenRestored:
    """A platform restored from it."""

    given: Given
    disaster: Disaster
    restored: Restored


def stand(site: Site) -> None:
    """See that the platform stands, in the profile's version; the drill has not installed it and does not remove it.

    Raises:
        PreconditionError: it does not.
    """
    runs = running(site)
    if runs != site.profile.version:
        msg = f"On this cluster {f'version {runs} of the platform' if runs else 'no platform'} stands; the profile is of {site.profile.version}."
        raise PreconditionError(msg, hint="this scenario restores over a platform that is there already")
    site.secret(site.profile.rondb.credentials_secret, site.profile.rondb.admin_key)  # registers it before it is logged


def the_set(site: Site, plan: Plan) -> Given:
    """Find the set, declare its recovery point, and record whether it is what was sealed.

    Raises:
        PlanError: the plan names none.
        OperationError: a backup of it is not there.
        VerificationError: it is not as it was sealed; a restore from it is not to be begun.
    """
    point = plan.recovery_point
    if point is None:
        msg = "The plan names no recovery_point, and this scenario restores a set that the drill did not take."
        raise PlanError(msg, hint="recovery_point: {set: ID, seal: FILE}")
    seal = seal_of(point) if point.seal is not None else None
    backup = _backup(site, ids_of(point, seal, site))
    declare(site, backup, [each.size for each in seal.each(Item)] if seal else [])
    _prove_sealed(site, point, seal)
    return Given(backup, seal)


def _backup(site: Site, ids: dict[str, str]) -> BackupSet:
    taken = {store: _recorded(site, store, ids[store]) for store in site.profile.recorded}
    own = taken.pop("rondb")
    start, end = parse_utc(own.entry["start_time"]), parse_utc(own.entry["end_time"])
    rule = "between the backup's start and end, as its metadata entry says"
    main, users = (_velero(site, ids[name]) for name in KUBERNETES)
    return BackupSet(RondbBackup(own.id, own.entry, start, end, rule), main, users, taken, own.seconds)


def _recorded(site: Site, store: str, id_: str) -> StoreBackup:
    entry = entries(site, site.profile.recorded[store]).get(id_)
    if entry is None:
        msg = f"The platform's record of {store} has no entry {id_}."
        raise OperationError(msg, hint=f"hopsdrill backups list --store {store}")
    return StoreBackup(id_, entry)


def _velero(site: Site, name: str) -> dict[str, Any]:
    found = site.kube.get(f"{API}/Backup", name, site.profile.kubernetes.velero_namespace)
    if found is None:
        msg = f"Velero has no Backup {name}."
        raise OperationError(
            msg, hint="it is synced from the bucket a minute after its location is there; else it is gone"
        )
    return found


def _prove_sealed(site: Site, point: GivenPoint, seal: Seal | None) -> None:
    expected = f"every object and record of set {point.set} as it was sealed"
    if seal is None:
        site.recorder.undecided(GATE, store="platform", expected=expected, observed=UNSEALED, data=False)
        return
    found = checked(seal, site.profile, site.kube, site.store)
    passed = site.recorder.proof(
        GATE,
        store="platform",
        passed=not found.faults and not found.unread,
        expected=f"{expected} at {seal.head.sealed} by {seal.signer}",
        observed=found.looked,
        differences=[*found.faults, *found.unread],
        evidence=[site.recorder.keep("seal-head.json", seal.head.model_dump(mode="json"))],
        data=False,
    )
    if not passed:
        msg = f"The set {point.set} is not as it was sealed: {'; '.join([*found.faults, *found.unread][:5])}"
        raise VerificationError(msg, hint="do not restore from it")


def restore(site: Site, given: Given) -> GivenRestored:
    """Restore in place from the set, every backup of it named, and see that the old data was gone before the new was loaded.

    Raises:
        PreconditionError, OperationError, DeadlineExceeded, VerificationError: as `disaster.restore_watched`.
    """
    backup = given.backup
    markers.delete(site, jobs_of(site, backup, in_place=True))
    asked = request_for(site, backup, backup.rondb.id, velero=True)
    return GivenRestored(given, *disaster.restore_watched(site, backup, None, {}, asked=asked))


def measure(site: Site, restored: GivenRestored, wanted: Objectives) -> None:
    """Recovery time, and the age of the recovery point: nothing was written by the drill that could be counted."""
    declared, last = restored.disaster.declared, site.recorder.last_data_proof
    window = restored.given.backup.rondb
    width = (window.before - window.after).total_seconds() / 2
    age = (declared.utc - window.after).total_seconds() - width
    total = last.mono - declared.mono if last else None
    measured = {
        "rto": (total, 0.25, wanted.rto, "from the declared disaster to the last proof of the data"),
        "rpo": (
            age,
            width,
            wanted.rpo,
            "age of the recovery point at the declared disaster: all that was written since is lost",
        ),
    }
    for objective, (value, error, bound, basis) in measured.items():
        site.recorder.write(
            ev.ObjectiveMeasured(
                scenario=site.recorder.scenario,
                objective=objective,
                measured_s=None if value is None else round(value, 3),
                error_s=round(error, 3),
                target_s=bound.within.total_seconds(),
                source=bound.source,
                basis=basis,
                lower_bound=objective == "rto",
            )
        )


def opens(site: Site) -> str:
    """Why the restored Secret does not open the restored database; empty when it does."""
    try:
        with database(site) as sql:
            sql.query("SELECT 1")
    except OperationError as error:
        return error.message
    return ""
