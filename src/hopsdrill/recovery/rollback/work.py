"""Carrying out a rollback: every part of the listing is planned, changed batch by batch, and entered into the ledger."""

import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from dataclasses import replace
from typing import Protocol

from hopsdrill.adapters.version_page import Item
from hopsdrill.core.errors import ConnectionLost, OperationError
from hopsdrill.recovery.rollback.ledger import Ledger, Record
from hopsdrill.recovery.rollback.parts import Listing, Part
from hopsdrill.recovery.rollback.plan import CHANGES, Deed, Planned
from hopsdrill.recovery.rollback.tally import Tally


READERS = 8  # parts at once
WRITERS = 8  # batches at once
COPIERS = 32  # copies at once: each is a call of its own
DELETES, COPIES = 1000, 64  # most of a batch: what one DeleteObjects takes; what a killed run may repeat
AHEAD = 2  # batches under way of one part


class Changeable(Listing, Protocol):
    """What is done to a bucket."""

    def uncover(self, markers: Sequence[tuple[str, str]]) -> dict[str, str]:
        """Remove delete markers; gives why some stayed, by key."""
        ...

    def hide(self, keys: Sequence[str]) -> tuple[dict[str, str], dict[str, str]]:
        """Add delete markers; gives their ids, and why some could not, by key."""
        ...

    def copy(self, item: Item) -> str:
        """Copy a version onto its key; gives the copy's id."""
        ...

    def alike(self, key: str, one: str, other: str) -> bool:
        """Whether two versions are the same in all but their time."""
        ...


def settled(bucket: Changeable, each: Planned, record: Record | None) -> Planned:
    """The plan, unless a copy that it asks for is there already: made by an earlier round, or the same in all but its time."""
    if each.deed is not Deed.COPY or each.wanted is None:
        return each
    ours = record is not None and record.deed is Deed.COPY and record.now == each.current.id
    return replace(each, deed=Deed.KEEP) if ours or (each.alike and _alike(bucket, each, each.wanted)) else each


def _alike(bucket: Changeable, each: Planned, wanted: Item) -> bool:
    """Whether what is current is the wanted version in all but its time; where that may not be read, the copy says why."""
    try:
        return bucket.alike(each.key, each.current.id, wanted.id)
    except ConnectionLost:
        raise
    except OperationError:
        return False


def over(parts: Sequence[Part], work: Callable[[Part, threading.Event], Tally], say: Callable[[str], None]) -> Tally:
    """Work on all parts, several at once; gives what they counted together.

    Raises:
        DrillError: the first that a part raised; the others stop at their next batch.
    """
    total, stop = Tally(), threading.Event()
    with ThreadPoolExecutor(READERS) as pool:
        try:
            begun = [pool.submit(work, part, stop) for part in parts]
            pending: set[Future[Tally]] = set(begun)
            while pending:
                done, pending = wait(pending, timeout=10, return_when=FIRST_EXCEPTION)
                for each in done:
                    total.merge(each.result())
                say(f"{len(begun) - len(pending)} of {len(begun)} parts, {sum(total.deeds.values())} keys in them")
        finally:
            stop.set()
            pool.shutdown(wait=True, cancel_futures=True)
    return total


class Worker:
    """Changes a bucket; ``close`` ends its threads."""

    def __init__(self, bucket: Changeable, ledger: Ledger) -> None:
        self._bucket, self._ledger = bucket, ledger
        self._writers, self._copiers = ThreadPoolExecutor(WRITERS), ThreadPoolExecutor(COPIERS)

    def close(self) -> None:
        """Wait for what is under way."""
        self._writers.shutdown(cancel_futures=True)
        self._copiers.shutdown(cancel_futures=True)

    def carry_out(self, part: Part, planned: Iterator[Planned], tally: Tally, stop: threading.Event) -> None:
        """Change what is planned of a part; its records are entered in the order of keys."""
        under_way: deque[Future[list[Record]]] = deque()
        for batch in _batches(planned, tally):
            if stop.is_set():
                break
            under_way.append(self._writers.submit(self._change, batch))
            if len(under_way) > AHEAD:
                self._enter(part, under_way.popleft(), tally)
        while under_way:
            self._enter(part, under_way.popleft(), tally)

    def _enter(self, part: Part, done: Future[list[Record]], tally: Tally) -> None:
        records = done.result()
        self._ledger.append(part.name, records)
        for each in records:
            if each.why:
                tally.name("refused", each.key, each.why)

    def _change(self, batch: list[Planned]) -> list[Record]:
        """Markers first, so that no copy is made of what they alone hide; then deletes and copies."""
        now, failed = dict[str, str](), dict[str, str]()
        markers = [(each.key, marker) for each in batch for marker in each.markers]
        for start in range(0, len(markers), DELETES):
            failed |= self._bucket.uncover(markers[start : start + DELETES])
        if hidden := [each.key for each in batch if each.deed is Deed.HIDE]:
            made, refused = self._bucket.hide(hidden)
            now, failed = now | made, failed | refused
        copies = [each.wanted for each in batch if each.deed is Deed.COPY and each.wanted is not None]
        for item, (version, why) in zip(copies, self._copiers.map(self._copy, copies), strict=True):
            (failed if why else now)[item.key] = why or version
        return [self._record(each, now, failed) for each in batch]

    def _copy(self, item: Item) -> tuple[str, str]:
        try:
            return self._bucket.copy(item), ""
        except ConnectionLost:
            raise
        except OperationError as error:
            return "", error.message

    def _record(self, each: Planned, now: dict[str, str], failed: dict[str, str]) -> Record:
        made = each.wanted.id if each.deed is Deed.UNCOVER and each.wanted else now.get(each.key, "")
        why = failed.get(each.key, "" if made else "the store did not say what it made")
        return Record(each.key, each.deed, each.current.id, "" if why else made, why)


def _batches(planned: Iterator[Planned], tally: Tally) -> Iterator[list[Planned]]:
    """What is to be changed, in order, as much as is changed at once; everything is counted."""
    batch, deletes, copies = list[Planned](), 0, 0
    for each in planned:
        tally.add(each)
        if each.deed not in CHANGES:
            continue
        batch.append(each)
        copies += each.deed is Deed.COPY
        deletes += each.deed is not Deed.COPY
        if deletes == DELETES or copies == COPIES:
            yield batch
            batch, deletes, copies = [], 0, 0
    if batch:
        yield batch
