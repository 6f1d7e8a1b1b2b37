"""Reading a journal back, checking every link."""

from collections.abc import Iterator
from pathlib import Path

from pydantic import ValidationError

from hopsdrill.core.errors import JournalError
from hopsdrill.journal.chain import GENESIS, intact
from hopsdrill.journal.writer import NAME
from hopsdrill.model.events import Entry


def read(folder: Path) -> tuple[Entry, ...]:
    """Read ``<folder>/journal.ndjson`` whole.

    Raises:
        JournalError: as ``scan`` does.
    """
    return tuple(scan(folder))


def scan(folder: Path) -> Iterator[Entry]:
    """Read ``<folder>/journal.ndjson`` entry by entry: a journal of any length takes the memory of one line.

    A last line without its newline is what a killed run leaves; it is not an entry and is left out.

    Raises:
        JournalError: there is none, a line is no entry, or the chain is broken; names the line.
    """
    path, previous = folder / NAME, GENESIS
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file):
                if line.endswith(b"\n"):
                    entry = _entry(path, number, line[:-1], previous)
                    previous = entry.hash
                    yield entry
    except OSError as error:
        msg = f"Tried to read the journal {path}; the system said: {error.strerror}."
        raise JournalError(msg, hint="name the folder of a run, such as reports/<run-id>") from error


def _entry(path: Path, number: int, line: bytes, previous: str) -> Entry:
    hint = "take the journal from its original place"
    try:
        entry = Entry.model_validate_json(line)
    except ValidationError as error:
        msg = f"{path}, line {number + 1}: not a journal entry ({error.error_count()} errors; first: {error.errors()[0]['msg']})."
        raise JournalError(msg, hint=hint) from error
    if entry.seq != number or entry.prev != previous or not intact(line):
        msg = f"{path}, line {number + 1}: the hash chain is broken here; the journal was changed after it was written."
        raise JournalError(msg, hint=hint)
    return entry
