"""Reading a journal back, checking every link."""

from pathlib import Path

from pydantic import ValidationError

from hopsdrill.core.errors import JournalError
from hopsdrill.journal.chain import GENESIS, intact
from hopsdrill.journal.writer import NAME
from hopsdrill.model.events import Entry


def read(folder: Path) -> tuple[Entry, ...]:
    """Read ``<folder>/journal.ndjson``.

    A last line without its newline is what a killed run leaves; it is not an entry and is left out.

    Raises:
        JournalError: there is none, a line is no entry, or the chain is broken; names the line.
    """
    path = folder / NAME
    try:
        lines = path.read_bytes().split(b"\n")[:-1]
    except OSError as error:
        msg = f"Tried to read the journal {path}; the system said: {error.strerror}."
        raise JournalError(msg, hint="name the folder of a run, such as reports/<run-id>") from error
    entries = [_parse(path, number, line) for number, line in enumerate(lines)]
    previous = GENESIS
    for number, (line, entry) in enumerate(zip(lines, entries, strict=True)):
        if entry.seq != number or entry.prev != previous or not intact(line):
            msg = f"{path}, line {number + 1}: the hash chain is broken here; the journal was changed after it was written."
            raise JournalError(msg, hint="take the journal from its original place")
        previous = entry.hash
    return tuple(entries)


def _parse(path: Path, number: int, line: bytes) -> Entry:
    try:
        return Entry.model_validate_json(line)
    except ValidationError as error:
        msg = f"{path}, line {number + 1}: not a journal entry ({error.error_count()} errors; first: {error.errors()[0]['msg']})."
        raise JournalError(msg, hint="take the journal from its original place") from error
