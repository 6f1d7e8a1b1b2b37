"""Work done by several threads, its results in the order of its input; never more than a window of it in memory."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import TypeVar


A = TypeVar("A")
B = TypeVar("B")


def ordered(work: Callable[[A], B], given: Iterable[A], workers: int) -> Iterator[B]:
    """Apply ``work`` to everything, ``workers`` at a time; an error of it comes out in its place."""
    waiting, source = deque[Future[B]](), iter(given)
    with ThreadPoolExecutor(workers) as pool:
        try:
            waiting.extend(pool.submit(work, each) for each in islice(source, workers * 2))
            while waiting:
                yield waiting.popleft().result()
                waiting.extend(pool.submit(work, each) for each in islice(source, 1))
        finally:
            for each in waiting:
                each.cancel()
