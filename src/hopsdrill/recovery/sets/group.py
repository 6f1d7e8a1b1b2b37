"""Backups become sets: those of one run, found by their start times."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from hopsdrill.core.clock import utc_text
from hopsdrill.model.profile import Profile
from hopsdrill.recovery.sets.facts import MAIN, USERS, Facts
from hopsdrill.recovery.sets.match import Backup, Mark, recorded, velero
from hopsdrill.recovery.sets.restorable import Restorable, restorable


WINDOW = timedelta(minutes=10)  # backups of one run start this soon after its first one: schedules tick together

EARLY = (
    "Velero's backup began before the last entry of this set was written: after the loss of the cluster the restored "
    "ConfigMaps do not know that ID; give it by hand"
)


@dataclass(frozen=True)
class BackupSet:
    """The backups of one run.

    Attributes:
        start: the earliest start among them; None when none of them has one.
        backups: by store, at most one each.
        reasons: why the set is not complete, a line each, the store first.
        notes: what is worth knowing though nothing is wrong.
    """

    start: datetime | None
    backups: dict[str, Backup]
    mark: Mark = Mark.COMPLETE
    reasons: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    restore: Restorable | None = None


def sets(facts: Facts, profile: Profile) -> list[BackupSet]:
    """All sets, the newest first."""
    found = [*velero(facts.velero, facts.archived)]
    for store in profile.recorded:
        sure = f"{store}.bucket_prefix" not in profile.unconfirmed
        found += recorded(store, facts.entries[store], facts.storage[store], confirmed=sure)
    stores = [*profile.recorded, MAIN, USERS]
    blind = _blind(facts)
    judged = [_judged(each, stores, found, profile.backup_id_form, blind) for each in grouped(found)]
    return [
        replace(
            each,
            restore=restorable(each.backups, judged_complete=each.mark is Mark.COMPLETE, every=found, profile=profile),
        )
        for each in judged
    ]


def grouped(found: Iterable[Backup]) -> list[BackupSet]:
    """Put together what started within one window, at most one backup a store; what has no start stands alone, last."""
    timed = sorted((each for each in found if each.start), key=lambda each: (each.start, each.store, each.id))
    made: list[BackupSet] = []
    for each in timed:
        last = made[-1] if made else None
        if last and last.start and each.start and each.start <= last.start + WINDOW and each.store not in last.backups:
            last.backups[each.store] = each
        else:
            made.append(BackupSet(each.start, {each.store: each}))
    alone = [BackupSet(None, {each.store: each}) for each in found if each.start is None]
    return [*reversed(made), *alone]


def _blind(facts: Facts) -> dict[str, str]:
    """Stores of which neither records nor files could be read, and why: a backup that is not seen there may well be there."""
    seen = {store: (facts.entries[store].unread, facts.storage[store].unread) for store in facts.entries}
    seen |= dict.fromkeys((MAIN, USERS), (facts.velero.unread, facts.archived.unread))
    return {store: "; ".join(dict.fromkeys(why)) for store, why in seen.items() if all(why)}


def _judged(given: BackupSet, stores: list[str], every: list[Backup], form: str, blind: dict[str, str]) -> BackupSet:
    own = given.backups
    missing = [store for store in stores if store not in own]
    reasons = [f"{store}: {reason}" for store in stores if store in own for reason in own[store].reasons]
    reasons += [
        f"{store}: whether it has a backup is not known: {blind[store]}"
        if store in blind
        else f"{store}: {_why_missing(store, given, every, form)}"
        for store in missing
    ]
    marks = {each.mark for each in own.values()}
    if marks == {Mark.ORPHANED}:
        mark = Mark.ORPHANED
    elif marks & {Mark.INCOMPLETE, Mark.ORPHANED} or any(store not in blind for store in missing):
        mark = Mark.INCOMPLETE
    else:
        mark = Mark.UNVERIFIED if missing or Mark.UNVERIFIED in marks else Mark.COMPLETE
    ordered = {store: own[store] for store in stores if store in own}
    return replace(given, backups=ordered, mark=mark, reasons=tuple(reasons), notes=_notes(own))


def _why_missing(store: str, given: BackupSet, every: list[Backup], form: str) -> str:
    """A store without a backup in this set; an ID that was taken already is the likeliest reason where there is one."""
    plain = f"no backup started within {WINDOW.total_seconds() / 60:.0f} minutes of this set's first"
    starts = {each.start.astimezone(UTC) for each in given.backups.values() if each.start}
    ids = {start.strftime(form) for start in starts}
    taken = next((each for each in every if each.store == store and each.id in ids), None)
    if taken is None or store in {MAIN, USERS}:
        return plain
    when = utc_text(taken.start) if taken.start else "a time nothing tells"
    return f"{plain}; its ID {taken.id} was taken: the backup of {when} has it, for IDs come back within a year, and a run whose ID is taken fails"


def _notes(own: dict[str, Backup]) -> tuple[str, ...]:
    ends = [each.end for store, each in own.items() if store not in {MAIN, USERS} and each.end]
    main = own.get(MAIN)
    if main is None or main.start is None or not ends or main.start >= max(ends):
        return ()
    return (EARLY,)
