"""The one way to wait: observe until a state is reached, broken, or the time is up.

A watch makes a wait look at once when something has changed; the poll is its safety net, so that a watch that is lost costs an
interval and nothing else.
"""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from hopsdrill.core.clock import Instant, now
from hopsdrill.core.errors import DeadlineExceeded, OperationError
from hopsdrill.core.redact import REDACTOR


T = TypeVar("T")
SHOWN = 400  # characters of a last observation quoted in an error
INTERVAL = (
    0.2  # seconds: with a look of up to 50 ms a state is seen within 250 ms of its coming about, watch or no watch
)
LULL = 0.02  # seconds between two looks however often the bell rings: a burst of changes is one look


class Bell(Protocol):
    """Rings when what is awaited may have changed."""

    def wait(self, seconds: float) -> None:
        """Return when it has rung since the last call, at the latest after ``seconds``."""


class Silence:
    """No watch: a wait looks by its interval alone."""

    def wait(self, seconds: float) -> None:
        """Sleep."""
        time.sleep(seconds)


Watch = AbstractContextManager[Bell]


@dataclass(frozen=True)
class Observation(Generic[T]):
    """A value that differed from the one before it, and when it was first seen."""

    at: Instant
    value: T


@dataclass(frozen=True)
class Waited(Generic[T]):
    """How a wait ended well.

    Attributes:
        value: the observation that ended it.
        observations: every distinct value in the order seen, the last one included.
        elapsed: seconds.
        late: seconds by which the end may have been seen too late: from the look before, which did not see it, to this one.
    """

    value: T
    observations: tuple[Observation[T], ...]
    elapsed: float
    late: float = 0.0

    @property
    def at(self) -> Instant:
        """When the value that ended it was first seen."""
        return self.observations[-1].at


def wait_for(  # noqa: PLR0913 - keywords of the only waiting function
    observe: Callable[[], T],
    *,
    what: str,
    until: Callable[[T], bool],
    deadline: float,
    interval: float = INTERVAL,
    broken: Callable[[T], str | None] | None = None,
    watch: Watch | None = None,
) -> Waited[T]:
    """Observe until ``until`` holds.

    Args:
        observe: reads the state once; an error it raises ends the wait.
        what: what is awaited, for messages: "BackupStorageLocation hopsworks-bsl to be Available".
        until: the good terminal states.
        deadline: seconds from now, monotonic.
        interval: seconds between observations, when nothing makes it look earlier.
        broken: names the reason when a state can never become good (the bad terminal states).
        watch: makes it look at once when something has changed; it is on while the wait lasts.

    Raises:
        OperationError: a bad terminal state was seen.
        DeadlineExceeded: the time was up; the last observation is in the message.
    """
    with watch or nullcontext(Silence()) as bell:
        return _wait(observe, what, until, deadline, interval, broken, bell)


def _wait(  # noqa: PLR0913, PLR0917 - as `wait_for`
    observe: Callable[[], T],
    what: str,
    until: Callable[[T], bool],
    deadline: float,
    interval: float,
    broken: Callable[[T], str | None] | None,
    bell: Bell,
) -> Waited[T]:
    start = before = now()
    seen: list[Observation[T]] = []
    while True:
        looked, value = now(), observe()
        if not seen or seen[-1].value != value:
            seen.append(Observation(now(), value))
        elapsed = time.monotonic() - start.mono
        if until(value):
            return Waited(value, tuple(seen), elapsed, seen[-1].at.mono - before.mono)
        if broken is not None and (reason := broken(value)):
            msg = f"Waited for {what}; after {elapsed:.1f} s it can no longer happen: {REDACTOR.scrub(reason)}"
            raise OperationError(msg)
        if elapsed >= deadline:
            last = REDACTOR.scrub(repr(value))[:SHOWN]
            msg = f"Waited {elapsed:.1f} s of {deadline:.0f} s for {what}; last seen: {last}"
            raise DeadlineExceeded(msg)
        before, pause = looked, min(interval, max(0.0, deadline - elapsed))
        time.sleep(min(LULL, pause))
        bell.wait(max(0.0, pause - LULL))
