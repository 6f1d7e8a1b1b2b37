"""What was lost: acknowledged writes against survivors, judged by the backup's consistency point. Pure functions."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol


class Written(Protocol):
    """A numbered write; times are UTC on the drill's clock."""

    @property
    def number(self) -> int:
        """From 1, without holes."""

    @property
    def sent(self) -> datetime:
        """When it was handed to the database."""

    @property
    def acked(self) -> datetime | None:
        """When the database acknowledged it; None when that is unknown."""


@dataclass(frozen=True)
class Window:
    """The consistency point, as narrow as it is known: acknowledged before ``after`` is in, sent after ``before`` is not."""

    after: datetime
    before: datetime

    def widened(self, offset: float, error: float) -> "Window":
        """The same on our clock: the server's clock is ``offset`` seconds ahead of it, known to ``error`` seconds."""
        shift, slack = timedelta(seconds=offset), timedelta(seconds=error)
        return Window(self.after - shift - slack, self.before - shift + slack)


@dataclass(frozen=True)
class Loss:
    """Every write in its place.

    Attributes:
        expected_lost: sent after the point, and gone.
        unexpected_lost: acknowledged before the point, and gone; or gone although a later one of the writer survived.
        unexpected_kept: sent after the point, and there; or there although never sent.
        undecided: about the point, so that either is right.
        newest: newest survivor among the writes, if any.
    """

    acknowledged: int
    survived: int
    expected_lost: list[int]
    unexpected_lost: list[int]
    unexpected_kept: list[int]
    undecided: list[int]
    newest: int | None

    @property
    def as_expected(self) -> bool:
        """Nothing lost that the backup should hold, nothing there that it cannot hold."""
        return not self.unexpected_lost and not self.unexpected_kept


def account(writes: Sequence[Written], survivors: Collection[int], window: Window) -> Loss:
    """Put every write in its place.

    One writer commits one row after the other, so what a consistent backup holds of it is a run from the first write
    without a hole: a write that is gone while a later one survived is a loss, wherever the point was. A write whose
    acknowledgement never came may be there or not, unless it was sent after the point.
    """
    known, left = {write.number for write in writes}, set(survivors)
    newest = max(left & known, default=None)
    lost: dict[str, list[int]] = {"expected": [], "unexpected": [], "undecided": []}
    kept: list[int] = sorted(left - known)
    for write in writes:
        acked = write.acked is not None
        decided_in = write.acked is not None and write.acked < window.after
        decided_out = write.sent > window.before
        if not decided_in and not decided_out:
            lost["undecided"].append(write.number)
        if write.number in left:
            kept += [write.number] if decided_out else []
        elif decided_in or (acked and newest is not None and write.number < newest):
            lost["unexpected"].append(write.number)
        elif decided_out and acked:
            lost["expected"].append(write.number)
    return Loss(
        acknowledged=sum(write.acked is not None for write in writes),
        survived=len(left),
        expected_lost=lost["expected"],
        unexpected_lost=lost["unexpected"],
        unexpected_kept=sorted(kept),
        undecided=lost["undecided"],
        newest=newest,
    )


@dataclass
class Changes:
    """What became of everything that was changed, deleted or added between the recovery point and the disaster; titles of things.

    Attributes:
        expected_lost: back to what it was at the recovery point, as a restore must bring it.
        left: added after the recovery point and still there, for this store's restore removes nothing.
        unexpected_lost: gone or saying something else, though the recovery point holds it.
        unexpected_kept: there as it was made after the recovery point, or there though nobody made it.
    """

    made: int = 0
    expected_lost: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    unexpected_lost: list[str] = field(default_factory=list)
    unexpected_kept: list[str] = field(default_factory=list)


def account_changes(
    point: Mapping[str, object],
    disaster: Mapping[str, object],
    live: Mapping[str, object],
    *,
    additions_stay: bool = False,
) -> Changes:
    """Put every thing that a store held at the recovery point, at the disaster, or holds now in its place.

    Args:
        point: what each thing said at the recovery point, by title.
        disaster: what it said when the disaster came.
        live: what it says after the restore.
        additions_stay: the store's restore removes nothing that the backup does not hold.
    """
    found = Changes()
    for title in sorted(point.keys() | disaster.keys() | live.keys()):
        then, last, now = point.get(title), disaster.get(title), live.get(title)
        found.made += then != last
        if now == then:
            if then != last:
                found.expected_lost.append(title)
        elif then is None and now == last and additions_stay:
            found.left.append(title)
        elif then is None or now == last:
            found.unexpected_kept.append(title)
        else:
            found.unexpected_lost.append(title)
    return found
