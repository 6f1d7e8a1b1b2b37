"""Numbered writes on a beat of their own: one after the other, every acknowledgement noted with its time, never paused."""

import statistics
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime

from hopsdrill.core.clock import now
from hopsdrill.core.errors import ConnectionLost, DrillError, OperationError
from hopsdrill.core.wait import wait_for


SESSIONS = 5  # a lost session is opened again, but not for ever
REOPEN = 1.0  # seconds before it is
JOIN = 70.0  # a little more than one write may take
FIRST_S = 60.0

Put = Callable[[int, datetime], None]  # writes a number; returns when the store has acknowledged it
Session = Callable[[], AbstractContextManager[Put]]


@dataclass(frozen=True)
class Write:
    """One numbered write; times are this machine's UTC. ``acked`` absent: it is unknown whether it took effect."""

    number: int
    sent: datetime
    acked: datetime | None


@dataclass(frozen=True)
class Load:
    """What a beat itself cost.

    Attributes:
        seconds: how long it went on.
        busy: share of that time in which a write was under way; bounded to a half, for a beat rests as long as it wrote.
        cpu: share of one processor of this machine.
        median_ms: how long a write took.
        worst_ms: how long the slowest did.
    """

    seconds: float
    busy: float
    cpu: float
    median_ms: float
    worst_ms: float


@dataclass(frozen=True)
class Bound:
    """How far a beat may go.

    Attributes:
        writes: kept in memory.
        hint: what to do when they are reached.
        survives: errors that leave one write's outcome unknown; after any other the beat ends.
    """

    writes: int
    hint: str
    survives: type[OperationError] = ConnectionLost


class Beat:
    """Writes until it is stopped, or its store goes away for good.

    Args:
        name: for messages.
        interval: seconds from one write to the next, at least; after a write it rests at least as long as that took.
        session: opens a session of the beat's own.
        bound: how far it may go.
    """

    def __init__(self, name: str, interval: float, session: Session, bound: Bound) -> None:
        self.name, self.interval = name, interval
        self._open, self._bound = session, bound
        self._stop, self._thread = threading.Event(), threading.Thread(target=self._run, name=name, daemon=True)
        self._took: list[float] = []
        self._began = self._ended = self._cpu = 0.0
        self.writes: list[Write] = []
        self.failure = self._lost = ""

    def start(self) -> None:
        """Begin; returns once a write is acknowledged.

        Raises:
            OperationError: the store refused.
            DeadlineExceeded: no acknowledgement within a minute.
        """
        self._thread.start()
        wait_for(
            lambda: (self.acknowledged, self.failure),
            what=f"the {self.name}'s first acknowledgement",
            until=lambda seen: seen[0] > 0,
            broken=lambda seen: seen[1] or None,
            deadline=FIRST_S,
        )

    @property
    def acknowledged(self) -> int:
        """How many writes were acknowledged so far."""
        return sum(write.acked is not None for write in self.writes)

    def halt(self) -> None:
        """Ask for the end after the write under way."""
        self._stop.set()

    def stop(self) -> tuple[Write, ...]:
        """End after the write under way; gives all writes.

        Raises:
            OperationError: it had ended by itself before.
        """
        broke = self.failure
        self.end()
        if broke or self._thread.is_alive():
            msg = f"The {self.name} did not write until the disaster: {broke or 'it does not stop'}"
            raise OperationError(msg)
        return tuple(self.writes)

    def end(self) -> None:
        """Stop without judging; for teardown."""
        self.halt()
        if self._thread.is_alive():
            self._thread.join(timeout=JOIN)

    @property
    def load(self) -> Load:
        """What it cost so far."""
        seconds = max(self._ended - self._began, 1e-9)
        took = self._took or [0.0]
        return Load(
            seconds=seconds,
            busy=sum(took) / seconds,
            cpu=self._cpu / seconds,
            median_ms=statistics.median(took) * 1000,
            worst_ms=max(took) * 1000,
        )

    def _run(self) -> None:
        try:
            self._began = time.monotonic()
            for _ in range(SESSIONS):
                self._session()
                if self._stop.wait(REOPEN):
                    return
            self.failure = f"its session was lost {SESSIONS} times; last: {self._lost}"
        except DrillError as error:
            self.failure = error.message
        except Exception as error:  # noqa: BLE001 - a thread's error would be lost: it is kept, and ends the scenario
            self.failure = f"{type(error).__name__}: {error}"

    def _session(self) -> None:
        """Write until stopped, or until the session is lost: that write's outcome is unknown, and it goes on with the next."""
        try:
            with self._open() as put:
                rest = 0.0
                while not self._stop.wait(rest):
                    rest = self._write(put, len(self.writes) + 1)
                    self._keep_bound()
        except self._bound.survives as error:
            self._lost = error.message

    def _write(self, put: Put, number: int) -> float:
        """One write; gives how long to rest after it."""
        sent = now()
        acked: datetime | None = None
        try:
            put(number, sent.utc)
            acked = now().utc
        finally:
            self._ended = now().mono
            self._took.append(self._ended - sent.mono)
            self._cpu = time.thread_time()
            self.writes.append(Write(number, sent.utc, acked))
        took = self._took[-1]
        return max(self.interval - took, took)

    def _keep_bound(self) -> None:
        if len(self.writes) >= self._bound.writes:
            self.failure = f"it reached its bound of {self._bound.writes} writes; {self._bound.hint}"
            self.halt()
