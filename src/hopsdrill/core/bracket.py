"""How far another clock is off this machine's: it was read somewhen between a question and its answer."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from hopsdrill.core.clock import now
from hopsdrill.core.errors import OperationError
from hopsdrill.core.wait import wait_for


LEAST = 5  # readings
PAUSE = 0.02  # seconds between two
SPAN = 1.2  # of its step a clock is watched, so that it is seen to change
DEADLINE = 30.0


@dataclass(frozen=True)
class Offset:
    """The other clock less this machine's, in seconds; the true value is within ``error`` of it."""

    seconds: float
    error: float


@dataclass(frozen=True)
class Reading:
    """One reading.

    Attributes:
        asked: this machine's time just before the question.
        answered: its time just after the answer.
        told: what the other clock said, cut to its step.
    """

    asked: datetime
    answered: datetime
    told: datetime


def offset_of(readings: Iterable[Reading], step: float) -> Offset | None:
    """What all readings allow together; None when they contradict each other: a clock was set meanwhile.

    A clock that tells whole seconds is at most a second ahead of what it told, so that one reading leaves a second open. Readings
    on both sides of its change leave about a round trip.
    """
    listed = list(readings)
    low = max((each.told - each.answered).total_seconds() for each in listed)
    high = min((each.told + timedelta(seconds=step) - each.asked).total_seconds() for each in listed)
    return Offset((low + high) / 2, (high - low) / 2) if low <= high else None


def measure(read: Callable[[], datetime], step: float) -> Offset:
    """Read another clock until it has changed.

    Args:
        read: asks it.
        step: seconds to which its answers are cut.

    Raises:
        OperationError: it did not answer, or one of the two clocks was set meanwhile.
        DeadlineExceeded: it did not answer in time.
    """
    taken: list[Reading] = []

    def look() -> int:
        asked = now().utc
        told = read()
        taken.append(Reading(asked, now().utc, told))
        return len(taken)

    def enough(count: int) -> bool:
        seen = (taken[-1].answered - taken[0].asked).total_seconds()
        return count >= LEAST and seen >= SPAN * step

    wait_for(look, what="another clock to change", until=enough, deadline=DEADLINE, interval=PAUSE)
    found = offset_of(taken, step)
    if found is None:
        msg = f"Read another clock {len(taken)} times; the answers contradict each other, so that one of the two clocks was set meanwhile."
        raise OperationError(msg, hint="let the clocks settle (NTP), then run the drill again")
    return found
