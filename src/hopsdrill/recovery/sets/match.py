"""Entries and files of one store are brought together: what has both is a backup, what has one only is orphaned."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from hopsdrill.core.clock import utc_text
from hopsdrill.recovery.seen import GOOD, Entry, Seen
from hopsdrill.recovery.sets.facts import Storage, Stored, VeleroBackup


NEAR = timedelta(minutes=10)  # the first file of a backup is written this soon after its start
COMPLETED = "Completed"
NEVER = datetime.min.replace(tzinfo=UTC)


class Mark(StrEnum):
    """What a backup, or a set of them, is worth."""

    COMPLETE = "complete"
    INCOMPLETE = "incomplete"
    ORPHANED = "orphaned"
    UNVERIFIED = "unverified"  # nothing is known to be wrong, but something could not be read


@dataclass(frozen=True)
class Backup:
    """One backup of one store.

    Attributes:
        start: UTC; None when nothing says when.
        approximate: the start is that of its oldest file, for no entry says it.
        reasons: why it is not complete.
    """

    store: str
    id: str
    mark: Mark = Mark.COMPLETE
    start: datetime | None = None
    end: datetime | None = None
    approximate: bool = False
    reasons: tuple[str, ...] = ()


def recorded(store: str, entries: Seen[list[Entry]], storage: Seen[Storage], *, confirmed: bool = True) -> list[Backup]:
    """All backups of a store, one for each entry and for each ID that only the bucket knows.

    ``confirmed`` is false when the place in the bucket is not certain: finding nothing at all there then means nothing.
    """
    files = {each.id: each for each in storage.value.backups}
    ids = sorted({each.id for each in entries.value} | files.keys())
    vague = storage.unread
    if not vague and not confirmed and not files:
        vague = "nothing lies where the profile says, and it says that this place is not confirmed"
    made: list[Backup] = []
    for each in ids:
        own = sorted((entry for entry in entries.value if entry.id == each), key=lambda entry: entry.start or NEVER)
        made += (
            _of_id(store, own, files.get(each), storage.value.absent, vague)
            if own
            else [_unrecorded(store, files[each], entries.unread)]
        )
    return made


def _unrecorded(store: str, stored: Stored, unread: str) -> Backup:
    """Files that no entry knows; where entries could not be read, that says nothing."""
    if unread:
        mark = Mark.INCOMPLETE if stored.lacking else Mark.UNVERIFIED
        why = f"whether it is recorded is not known: {unread}"
        return Backup(store, stored.id, mark, stored.first, approximate=True, reasons=(*stored.lacking, why))
    why = "files without an entry: its run failed before it was recorded, is still under way, or the entry was removed"
    return Backup(store, stored.id, Mark.ORPHANED, stored.first, approximate=True, reasons=(why, *stored.lacking))


@dataclass(frozen=True)
class _Files:
    """What is known of the files under one ID.

    Attributes:
        owner: the entry whose run they are from; None when there are none, or when no time tells.
        vague: why nothing is known of them; empty when something is.
    """

    stored: Stored | None
    owner: Entry | None
    absent: str
    vague: str


def _of_id(store: str, entries: list[Entry], stored: Stored | None, absent: str, vague: str) -> list[Backup]:
    files = _Files(stored, _owner(entries, stored), absent.format(id=entries[0].id), vague)
    made = []
    for entry in entries:
        start, approximate = entry.start, False
        if start is None and stored is not None and len(entries) == 1:
            start, approximate = stored.first, True
        mark, reasons = _judged(entry, files)
        made.append(Backup(store, entry.id, mark, start, entry.end, approximate, reasons))
    return made


def _owner(entries: list[Entry], stored: Stored | None) -> Entry | None:
    if stored is None:
        return None
    if len(entries) == 1:
        return entries[0]  # a bucket that was copied has other times: they decide only where an ID came back
    near = [each for each in entries if _spans(each, stored.first)]
    return near[0] if len(near) == 1 else None


def _spans(entry: Entry, moment: datetime | None) -> bool:
    if moment is None or entry.start is None:
        return False
    return entry.start - NEAR <= moment <= (entry.end or entry.start) + NEAR


def _judged(entry: Entry, files: _Files) -> tuple[Mark, tuple[str, ...]]:
    wrong = [entry.problem] if entry.problem else [] if entry.state == GOOD else [f"its entry says {entry.state}"]
    if files.vague:
        mark = Mark.INCOMPLETE if wrong else Mark.UNVERIFIED
        return mark, (*wrong, f"whether its files are there is not known: {files.vague}")
    if files.stored is None:
        return Mark.ORPHANED, (*wrong, f"entry without files: {files.absent}")
    if files.owner is None:
        why = "several entries have this ID, and the files' times do not tell whose they are"
        return Mark.UNVERIFIED, (*wrong, why)
    if files.owner is not entry:
        whose = utc_text(files.owner.start) if files.owner.start else "another time"
        why = f"what lies under this ID is of the run of {whose}; IDs come back within a year"
        return Mark.ORPHANED, (*wrong, f"entry without files: {why}")
    wrong += files.stored.lacking
    return (Mark.INCOMPLETE if wrong else Mark.COMPLETE), tuple(wrong)


def velero(objects: Seen[list[VeleroBackup]], archived: Seen[list[VeleroBackup]]) -> list[Backup]:
    """All of Velero's backups: objects with their files, and what has one only."""
    live, files = _by_name(objects.value), _by_name(archived.value)
    return [
        _velero(live.get(name), files.get(name), objects.unread, archived.unread)
        for name in sorted(live.keys() | files.keys())
    ]


def _by_name(backups: Iterable[VeleroBackup]) -> dict[str, VeleroBackup]:
    return {each.name: each for each in backups}


def _velero(live: VeleroBackup | None, kept: VeleroBackup | None, no_objects: str, no_files: str) -> Backup:
    told = live or kept
    assert told is not None  # noqa: S101 - the name is from one of them
    wrong = (
        [] if told.phase == COMPLETED else [f"it is {told.phase or 'New'}{f': {told.reason}' if told.reason else ''}"]
    )
    wrong += kept.lacking if kept else []
    mark = Mark.INCOMPLETE if wrong else Mark.COMPLETE
    if live is None and not no_objects:
        mark = Mark.ORPHANED
        wrong.insert(0, "files without a Backup object: Velero has not synchronised it, or never finished it")
    elif kept is None and not no_files:
        # an unfinished backup has no files yet: that is its phase's doing, and no loss
        if mark is Mark.COMPLETE:
            mark = Mark.ORPHANED
            wrong.append("Backup object without files: Velero's folder of that name is not in the bucket")
    elif no_objects or no_files:
        mark = mark if wrong else Mark.UNVERIFIED
        wrong.append(f"whether its {'files' if no_files else 'object'} is there is not known: {no_files or no_objects}")
    return Backup(told.store, told.name, mark, told.start, told.end, reasons=tuple(wrong))
