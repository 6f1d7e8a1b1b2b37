"""The one way to wait: observe until a state is reached, broken, or the time is up."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from hopsdrill.core.clock import Instant, now
from hopsdrill.core.errors import DeadlineExceeded, OperationError
from hopsdrill.core.redact import REDACTOR


T = TypeVar("T")
SHOWN = 400  # characters of a last observation quoted in an error


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
    """

    value: T
    observations: tuple[Observation[T], ...]
    elapsed: float


def wait_for(  # noqa: PLR0913 - keywords of the only waiting function
    observe: Callable[[], T],
    *,
    what: str,
    until: Callable[[T], bool],
    deadline: float,
    interval: float = 0.25,
    broken: Callable[[T], str | None] | None = None,
) -> Waited[T]:
    """Observe until ``until`` holds.

    Args:
        observe: reads the state once; an error it raises ends the wait.
        what: what is awaited, for messages: "BackupStorageLocation hopsworks-bsl to be Available".
        until: the good terminal states.
        deadline: seconds from now, monotonic.
        interval: seconds between observations; 0.25 keeps detection within 250 ms.
        broken: names the reason when a state can never become good (the bad terminal states).

    Raises:
        OperationError: a bad terminal state was seen.
        DeadlineExceeded: the time was up; the last observation is in the message.
    """
    start = now()
    seen: list[Observation[T]] = []
    while True:
        value = observe()
        if not seen or seen[-1].value != value:
            seen.append(Observation(now(), value))
        elapsed = time.monotonic() - start.mono
        if until(value):
            return Waited(value, tuple(seen), elapsed)
        if broken is not None and (reason := broken(value)):
            msg = f"Waited for {what}; after {elapsed:.1f} s it can no longer happen: {REDACTOR.scrub(reason)}"
            raise OperationError(msg)
        if elapsed >= deadline:
            last = REDACTOR.scrub(repr(value))[:SHOWN]
            msg = f"Waited {elapsed:.1f} s of {deadline:.0f} s for {what}; last seen: {last}"
            raise DeadlineExceeded(msg)
        time.sleep(min(interval, max(0.0, deadline - elapsed)))
