"""Several sessions with one server, for work that can be divided."""

import queue
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import chain, islice
from types import TracebackType
from typing import Self, TypeVar

from hopsdrill.adapters.sql import Sql


SESSIONS = 2  # at once, beside the one they are made from

T = TypeVar("T")
R = TypeVar("R")


class Sessions:
    """Does pieces of work in sessions of its own, which are opened when there is more than one piece, and closed at the end.

    Args:
        sql: the session they are made from; a single piece of work is done in it.
    """

    def __init__(self, sql: Sql) -> None:
        self._sql, self._free, self._own = sql, queue.SimpleQueue[Sql](), list[Sql]()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for each in self._own:
            each.close()

    def map(self, do: Callable[[Sql, T], R], pieces: Iterable[T]) -> Iterator[tuple[T, R]]:
        """Each piece with what came of it, in order; pieces may be made while others are worked on.

        Raises:
            OperationError: one failed; the others are ended first.
        """
        coming = iter(pieces)
        first = list(islice(coming, 2))
        if len(first) < 2:  # noqa: PLR2004 - one piece alone is not worth a session
            yield from ((piece, do(self._sql, piece)) for piece in first)
            return
        while len(self._own) < SESSIONS:
            self._own.append(self._sql.another())
            self._free.put(self._own[-1])
        with ThreadPoolExecutor(SESSIONS) as pool:
            yield from pool.map(lambda piece: (piece, self._done(do, piece)), chain(first, coming))

    def _done(self, do: Callable[[Sql, T], R], piece: T) -> R:
        session = self._free.get()
        try:
            return do(session, piece)
        finally:
            self._free.put(session)
