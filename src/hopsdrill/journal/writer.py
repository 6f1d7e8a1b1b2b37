"""Writing a journal: one line an entry, on disk before the call returns.

A disk takes milliseconds to be sure of what it was given, however much that is. So threads that append at the same time share
one ``fsync``, and ``append_all`` has one for all it is given.
"""

import os
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from hopsdrill.core.clock import now, utc_text
from hopsdrill.core.errors import JournalError
from hopsdrill.core.redact import REDACTOR
from hopsdrill.journal.chain import GENESIS, seal
from hopsdrill.model.events import Entry, Event


NAME = "journal.ndjson"


class Journal:
    """Appends events to ``<folder>/journal.ndjson``; safe to call from several threads.

    Args:
        folder: the run's folder; made when absent.
        after: the last entry of a journal that is there and is to be continued; see ``resume``.

    Raises:
        JournalError: a journal is there already, or the disk refuses.
    """

    def __init__(self, folder: Path, *, after: Entry | None = None) -> None:
        self.folder = folder
        self.listener: Callable[[Entry], None] | None = None  # sees each entry once it is on disk; for progress
        self._lock, self._disk = threading.Lock(), threading.Lock()
        self._written = self._synced = 0  # entries given to the system by us, and of them those the disk has
        self._seq = 0 if after is None else after.seq + 1
        self._prev = GENESIS if after is None else after.hash
        self._origin = now().mono - (0 if after is None else after.mono_ms / 1000)
        self._broken = False
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._file = (folder / NAME).open("xb" if after is None else "ab")
        except OSError as error:
            msg = f"Tried to start the journal {folder / NAME}; the system said: {error.strerror}."
            raise JournalError(msg, hint="choose another --reports folder or free space") from error
        self._sync_folder()

    def append(self, event: Event) -> Entry:
        """Write one event and wait until the disk has it.

        Raises:
            JournalError: the disk refuses, or did before; the run must stop.
        """
        return self.append_all([event])[0]

    def append_all(self, events: Sequence[Event]) -> list[Entry]:
        """Write events, one right after the other, and wait until the disk has them.

        Raises:
            JournalError: the disk refuses, or did before; the run must stop.
        """
        clean = [cleaned(event) for event in events]
        with self._lock:
            entries = self._write(clean)
            wanted = self._written
        self._sync(wanted)
        if self.listener is not None:
            for entry in entries:
                self.listener(entry)
        return entries

    def _write(self, events: Sequence[tuple[Event, dict[str, Any]]]) -> list[Entry]:
        entries, lines = list[Entry](), list[bytes]()
        for event, told in events:
            instant = now()
            ms = round((instant.mono - self._origin) * 1000)
            entry, line = seal(self._seq, utc_text(instant.utc), ms, event, self._prev, told=told)
            self._seq, self._prev = self._seq + 1, entry.hash
            entries.append(entry)
            lines.append(line + b"\n")
        self._refused_by(lambda: self._give(b"".join(lines)))
        self._written += len(entries)
        return entries

    def _give(self, lines: bytes) -> None:
        self._file.write(lines)
        self._file.flush()

    def _sync(self, wanted: int) -> None:
        """Wait until the disk has the first ``wanted`` entries; whoever comes first waits for all that are written by then."""
        with self._disk:
            if self._synced < wanted:
                written = self._written
                self._refused_by(lambda: os.fsync(self._file.fileno()))
                self._synced = written

    def _refused_by(self, call: Callable[[], object]) -> None:
        # after a refusal nobody knows what the file holds, and the system tells of it once only: nothing may follow
        if self._broken:
            msg = f"{self._file.name} could not be written before; nothing is appended to it any more."
            raise JournalError(msg, hint="free space, then hopsdrill gc")
        try:
            call()
        except OSError as error:
            self._broken = True
            msg = f"Tried to append to {self._file.name}; the system said: {error.strerror}."
            raise JournalError(msg, hint="free space, then hopsdrill gc") from error

    def _sync_folder(self) -> None:
        # the file's name must survive a crash as well as its bytes
        descriptor = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def close(self) -> None:
        """Close the file; append nothing after this."""
        self._file.close()


def cleaned(event: Event) -> tuple[Event, dict[str, Any]]:
    """The event without secrets, and its JSON; each text by itself, for a mask over an event's JSON could leave half an escape behind."""
    told = event.model_dump(mode="json")
    scrubbed = REDACTOR.scrub_all(told)
    if scrubbed == told:
        return event, told
    masked = type(event).model_validate(scrubbed)
    return masked, masked.model_dump(mode="json")
