"""Writing a journal: one line an entry, on disk before the call returns."""

import os
import threading
from collections.abc import Callable
from pathlib import Path

from hopsdrill.core.clock import now, utc_text
from hopsdrill.core.errors import JournalError
from hopsdrill.core.redact import REDACTOR
from hopsdrill.journal.chain import GENESIS, canonical, seal
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
        self._lock = threading.Lock()
        self._seq = 0 if after is None else after.seq + 1
        self._prev = GENESIS if after is None else after.hash
        self._origin = now().mono - (0 if after is None else after.mono_ms / 1000)
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
            JournalError: the disk refuses; the run must stop.
        """
        clean = type(event).model_validate_json(REDACTOR.scrub(event.model_dump_json()))
        with self._lock:
            instant = now()
            entry = seal(
                self._seq, utc_text(instant.utc), round((instant.mono - self._origin) * 1000), clean, self._prev
            )
            self._write(canonical(entry.model_dump(mode="json")) + b"\n")
            self._seq, self._prev = self._seq + 1, entry.hash
        if self.listener is not None:
            self.listener(entry)
        return entry

    def _write(self, line: bytes) -> None:
        try:
            self._file.write(line)
            self._file.flush()
            os.fsync(self._file.fileno())
        except OSError as error:
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
