"""Going on with the journal of a run that was killed."""

import os
from pathlib import Path

from hopsdrill.core.errors import JournalError
from hopsdrill.journal.reader import read
from hopsdrill.journal.writer import NAME, Journal


def resume(folder: Path) -> Journal:
    """Open a killed run's journal for appending; a torn last line, which never was an entry, is cut off.

    Raises:
        JournalError: there is no journal, its chain is broken, or it holds no entry.
    """
    entries = read(folder)
    if not entries:
        msg = f"The journal {folder / NAME} holds no whole entry."
        raise JournalError(msg, hint="remove the folder; the run had not begun")
    path = folder / NAME
    whole = path.read_bytes().rfind(b"\n") + 1
    os.truncate(path, whole)
    return Journal(folder, after=entries[-1])
