"""What a rollback has done, on disk: one folder for each bucket, prefix and time, append-only.

``order.json`` says what was asked and into which parts the listing is divided; ``<round>/<part>.ndjson`` has one line for each key
that was changed, in the order of keys, synced batch by batch. A killed round's last line may be torn: it is passed over. A
further round of the same order reads those before it, and so knows its own copies from what others wrote.
"""

import fcntl
import heapq
import json
import os
from collections.abc import Callable, Iterator, Sequence
from operator import attrgetter
from pathlib import Path
from typing import Any, NamedTuple, Self

from hopsdrill.core.errors import JournalError, PreconditionError
from hopsdrill.core.files import put
from hopsdrill.recovery.rollback.parts import Part
from hopsdrill.recovery.rollback.plan import Deed


ORDER, LOCK = "order.json", "lock"


class Record(NamedTuple):
    """One key that was changed.

    Attributes:
        was: id of what was current before.
        now: id of what was made current: the copy, the marker that was added, the version that was uncovered.
        why: the store refused; empty when it did not.
        round: in which round.
    """

    key: str
    deed: Deed
    was: str
    now: str
    why: str = ""
    round: int = 0


class Ledger:
    """One folder; held by one process at a time.

    Args:
        folder: made when it is not there.

    Raises:
        PreconditionError: another rollback holds it.
        JournalError: the disk refuses, or what is there is no ledger.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._lock = (folder / LOCK).open("a")
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            self._lock.close()
            msg = f"Another rollback holds the ledger {folder}."
            raise PreconditionError(msg, hint="wait for it to end") from error
        except OSError as error:
            raise _refused(folder, error) from error
        self.round = max(self._rounds(), default=0) + 1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._lock.close()

    def order(self, asked: dict[str, Any], divide: Callable[[], list[Part]]) -> list[Part]:
        """Write down what is asked, or see that it is the same as before; gives the parts of the listing.

        Raises:
            JournalError: the folder is of another order.
        """
        path = self.folder / ORDER
        if not path.exists():
            made = divide()
            put(path, json.dumps({**asked, "parts": made}, indent=1, ensure_ascii=False) + "\n")
            return made
        told = _parsed(path, path.read_text(encoding="utf-8"))
        found = [Part(*each) for each in told.pop("parts", [])]
        if told != asked:
            msg = f"The ledger {self.folder} is of another rollback: {told}."
            raise JournalError(msg, hint="name another folder by --ledger")
        return found

    def append(self, part: str, records: Sequence[Record]) -> None:
        """Add records to a part of this round; they are on disk when this returns."""
        path = self._file(self.round, part)
        lines = "".join(json.dumps(record[:-1], ensure_ascii=False) + "\n" for record in records)
        try:
            path.parent.mkdir(exist_ok=True)
            with path.open("a", encoding="utf-8") as file:
                file.write(lines)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise _refused(self.folder, error) from error

    def records(self, part: str) -> Iterator[Record]:
        """A part's records of all rounds, by key; of a key, the latest round's comes last, since merging keeps that order."""
        return heapq.merge(*(self._read(number, part) for number in self._rounds()), key=attrgetter("key"))

    def _read(self, number: int, part: str) -> Iterator[Record]:
        path = self._file(number, part)
        if not path.exists():
            return
        with path.open(encoding="utf-8") as file:
            for line in file:
                if line.endswith("\n"):
                    key, deed, was, now, why = _parsed(path, line)
                    yield Record(key, Deed(deed), was, now, why, number)

    def _rounds(self) -> list[int]:
        return sorted(int(path.name) for path in self.folder.iterdir() if path.name.isdigit())

    def _file(self, number: int, part: str) -> Path:
        return self.folder / str(number) / f"{part}.ndjson"


class Known:
    """A part's records beside its keys, both in order: the latest record of each key."""

    def __init__(self, records: Iterator[Record]) -> None:
        self._records = records
        self._next = next(records, None)

    def passed(self, key: str) -> Iterator[Record]:
        """Records of keys before this one that were not asked for: the latest of each."""
        while self._next is not None and self._next.key < key:
            yield self._take(self._next.key)

    def of(self, key: str) -> Record | None:
        """This key's record; those of keys before it are passed over."""
        for _ in self.passed(key):
            pass
        return self._take(key) if self._next is not None and self._next.key == key else None

    def rest(self) -> Iterator[Record]:
        """Records of the keys behind the last one asked for."""
        while self._next is not None:
            yield self._take(self._next.key)

    def _take(self, key: str) -> Record:
        found = self._next
        while self._next is not None and self._next.key == key:
            found, self._next = self._next, next(self._records, None)
        assert found is not None  # noqa: S101 - called only where there is one
        return found


def _parsed(path: Path, text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        msg = f"The ledger's file {path} holds something else than a rollback writes: {text[:80]!r}."
        raise JournalError(msg, hint="name another folder by --ledger; copies are then known by their bytes") from error


def _refused(folder: Path, error: OSError) -> JournalError:
    return JournalError(
        f"Tried to write the ledger {folder}; the system said: {error.strerror}.", hint="--ledger FOLDER"
    )
