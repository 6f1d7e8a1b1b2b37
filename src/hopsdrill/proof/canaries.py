"""What canaries show: which moment each store's data stands for, and how far those moments are apart. Pure functions.

All times are of one clock, that of the machine which wrote them, so that no other clock enters the result.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import combinations

from hopsdrill.proof.loss import Window, Written


# nothing is known of a store that no backup holds: only holes tell
UNKNOWN = Window(datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))


@dataclass(frozen=True)
class Measured:
    """A value in seconds, true to within ``error``."""

    seconds: float
    error: float


@dataclass(frozen=True)
class Point:
    """The moment that a store's data stands for: not before ``after``, not after ``before``."""

    after: datetime
    before: datetime

    def to(self, moment: datetime) -> Measured:
        """How long before a moment it is."""
        least, most = (moment - self.before).total_seconds(), (moment - self.after).total_seconds()
        return Measured((least + most) / 2, (most - least) / 2)

    def less(self, other: "Point") -> Measured:
        """How much later it is than another."""
        own, others = self.to(other.after), other.to(other.after)
        return Measured(others.seconds - own.seconds, own.error + others.error)


def point_of(writes: Sequence[Written], newest: int | None, disaster: datetime) -> Point | None:
    """Between the newest survivor and the first acknowledged write that is lost after it; None when there is no survivor.

    A survivor was committed after it was sent, so that the point is not before that; one that is lost was committed before it was
    acknowledged, so that the point is not after that.
    """
    sent = {write.number: write.sent for write in writes}
    if newest not in sent:
        return None
    later = [write.acked for write in writes if write.number > newest and write.acked is not None]
    return Point(sent[newest], min([*later, disaster]))


@dataclass(frozen=True)
class Skew:
    """How much newer one store's data is than another's."""

    first: str
    second: str
    value: Measured | None


def matrix(points: Mapping[str, Point | None]) -> list[Skew]:
    """Every pair of stores once, in the order given."""
    found = []
    for first, second in combinations(points, 2):
        one, other = points[first], points[second]
        found.append(Skew(first, second, one.less(other) if one and other else None))
    return found


def widest(skews: Sequence[Skew]) -> Skew | None:
    """The pair that is farthest apart, its error counted; None when a pair could not be measured."""
    if not skews or any(each.value is None for each in skews):
        return None
    return max(skews, key=lambda each: abs(each.value.seconds) + each.value.error if each.value else 0.0)


def newer_messages(writes: Sequence[Written], survivors: set[int], point: Point) -> int:
    """Messages that a broker keeps and a store has not seen: sent after the middle of its recovery point."""
    middle = point.after + (point.before - point.after) / 2
    return sum(write.number in survivors and write.sent > middle for write in writes)
