"""All canaries of one recovery: begun together, halted together at the disaster."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

from hopsdrill.core.errors import OperationError
from hopsdrill.workload.beat import Beat, Bound, Load, Put, Write
from hopsdrill.workload.canaries.places import Place
from hopsdrill.workload.canaries.stamp import Stamp


BOUND = Bound(20_000, "lengthen the store's beat in the plan, under canaries", OperationError)


@dataclass(frozen=True)
class Kept:
    """What is known of one store's canaries when they have ended.

    Attributes:
        text: what a write's canary says.
        left: reads those that are there now, by number.
    """

    store: str
    interval: float
    newest_only: bool
    writes: tuple[Write, ...]
    load: Load
    text: Callable[[Write], str]
    left: Callable[[], dict[int, str]]


class Flock:
    """One beat for each store.

    Args:
        places: the stores'.
        intervals: seconds from one canary to the next, by store.
        stamp: what they say.
    """

    def __init__(self, places: list[Place], intervals: Mapping[str, float], stamp: Stamp) -> None:
        self.stamp = stamp
        self._beats = [(each, self._beat(each, intervals[each.store])) for each in places]
        self.started = False

    def _beat(self, place: Place, interval: float) -> Beat:
        return Beat(f"canary of {place.store}", interval, partial(self._session, place), BOUND)

    @contextmanager
    def _session(self, place: Place) -> Iterator[Put]:
        with place.writing() as say:
            yield lambda number, sent: say(number, self.stamp.text(place.store, number, sent))

    @property
    def intervals(self) -> dict[str, float]:
        """Seconds from one canary to the next, by store."""
        return {place.store: beat.interval for place, beat in self._beats}

    def start(self) -> None:
        """Make the places and begin; returns once every store has acknowledged one.

        Raises:
            OperationError, DeadlineExceeded: a store refused, or did not acknowledge in time.
        """
        self.started = True
        for place, beat in self._beats:
            place.make()
            beat.start()

    def halt(self) -> None:
        """Ask every beat for its end."""
        for _, beat in self._beats:
            beat.halt()

    def stop(self) -> tuple[Kept, ...]:
        """End all; gives what is known of each, nothing where they never began.

        Raises:
            OperationError: one had ended by itself before.
        """
        self.halt()
        return tuple(self._kept(place, beat) for place, beat in self._beats) if self.started else ()

    def _kept(self, place: Place, beat: Beat) -> Kept:
        return Kept(
            store=place.store,
            interval=beat.interval,
            newest_only=place.newest_only,
            writes=beat.stop(),
            load=beat.load,
            text=lambda write: self.stamp.text(place.store, write.number, write.sent),
            left=place.left,
        )

    def end(self) -> None:
        """Stop without judging; for teardown."""
        self.halt()
        for _, beat in self._beats:
            beat.end()
