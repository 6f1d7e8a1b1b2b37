"""Measuring ours and theirs: each of our rounds is a process of its own, whose peak of resident memory is told."""

import inspect
import multiprocessing
import resource
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from typing import Any, NamedTuple


class Took(NamedTuple):
    """Seconds of every round, and the highest peak of resident memory in MiB; 0 where another program did the work."""

    seconds: list[float]
    peak: float = 0.0

    def __str__(self) -> str:
        low, high = min(self.seconds), max(self.seconds)
        return f"{statistics.median(self.seconds):.2f} s ({low:.2f} to {high:.2f})"


class Line(NamedTuple):
    """One line of the table."""

    what: str
    ours: Took
    beside: str
    theirs: Took
    bound: str = ""

    @property
    def ratio(self) -> float:
        """Ours over theirs, by their medians."""
        return statistics.median(self.ours.seconds) / statistics.median(self.theirs.seconds)


def _measured(body: Callable[..., object], words: tuple[Any, ...]) -> tuple[float, float]:
    """Seconds and peak; a generator makes ready up to where it yields, which is not measured."""
    work = partial(body, *words)
    if inspect.isgeneratorfunction(body):
        made = body(*words)
        next(made)
        work = partial(next, made, None)
    started = time.monotonic()
    work()
    return time.monotonic() - started, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def ours(rounds: int, body: Callable[..., object], *words: object) -> Took:
    """Each round in a fresh interpreter."""
    found = []
    for _ in range(rounds):
        with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as fresh:
            found.append(fresh.submit(_measured, body, words).result())
    return Took([seconds for seconds, _ in found], max(peak for _, peak in found))


def theirs(rounds: int, body: Callable[[], object]) -> Took:
    """The same done by somebody else's program."""
    return Took([_measured(body, ())[0] for _ in range(rounds)])


def page(lines: list[Line], more: dict[str, str]) -> str:
    """The table, as Markdown."""
    table = [
        "| what | measured | peak memory | beside it | measured | ratio | bound |",
        "|---|---|---|---|---|---|---|",
    ]
    table += [
        f"| {each.what} | {each.ours} | {each.ours.peak:.0f} MiB | {each.beside} | {each.theirs} | {each.ratio:.2f} | {each.bound} |"
        for each in lines
    ]
    return "\n".join([*(f"{name}: {value}.  " for name, value in more.items()), "", *table]) + "\n"
