"""Whether a key is, after a rollback, what was planned: judged from a fresh listing and the ledger."""

from collections.abc import Callable, Iterable

from hopsdrill.recovery.rollback.ledger import Known, Record
from hopsdrill.recovery.rollback.plan import CHANGES, Deed, Planned
from hopsdrill.recovery.rollback.tally import Tally


REFUSED, CHANGED = "refused", "changed"
Settle = Callable[[Planned, Record | None], Planned]


def prove(planned: Iterable[Planned], settle: Settle, known: Known, current: int, tally: Tally) -> None:
    """Judge every key of a part and count it.

    Args:
        planned: each key's plan, made anew, in order.
        settle: the plan, unless a copy that it asks for is there already.
        known: the part's records.
        current: number of this round.
        tally: receives counts and names.
    """
    for each in planned:
        for gone in known.passed(each.key):
            _vanished(gone, current, tally)
        record = known.of(each.key)
        now = settle(each, record)
        tally.add(now)
        if fault := judged(now, record, current):
            tally.name(fault[0], each.key, fault[1])
    for gone in known.rest():
        _vanished(gone, current, tally)


def _vanished(record: Record, current: int, tally: Tally) -> None:
    """Name a key that this round changed and of which no version is listed any more."""
    if record.round == current:
        tally.name(CHANGED, record.key, "somebody removed all its versions")


def judged(each: Planned, record: Record | None, current: int) -> tuple[str, str] | None:
    """What is wrong with a key, as a kind and a reason; None when it is as it was at the time.

    Args:
        each: its plan, made anew; a copy made by an earlier round is kept.
        record: what was done to it last.
        current: number of this round; what an earlier one did may have been changed since by right.
    """
    ours = record if record is not None and record.round == current else None
    if ours is not None and ours.why:
        return REFUSED, ours.why
    if ours is not None and ours.deed in {Deed.COPY, Deed.HIDE}:
        seen = [version.id for version in (each.current, each.below) if version is not None]
        if seen != [ours.now, ours.was]:
            return CHANGED, f"expected {ours.now} above {ours.was}; listed: {' above '.join(seen)}"
        if ours.deed is Deed.COPY and each.wanted is not None and each.current.size != each.wanted.size:
            return REFUSED, f"its copy {ours.now} has {each.current.size} bytes, the version {each.wanted.size}"
        return None
    if each.deed in CHANGES or (each.deed is Deed.LOST and ours is not None):
        kind = "delete marker" if each.current.marker else "version"
        return CHANGED, f"somebody made {kind} {each.current.id} current, at {each.current.modified}"
    return None
