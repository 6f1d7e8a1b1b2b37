"""Captured artefacts, stored by the SHA-256 of their (redacted) bytes."""

import json
from pathlib import Path
from typing import Any

from hopsdrill.core.errors import JournalError
from hopsdrill.core.files import put
from hopsdrill.core.redact import REDACTOR
from hopsdrill.journal.chain import sha256


FOLDER, INDEX = "evidence", "index.ndjson"


class EvidenceStore:
    """The folder ``evidence/`` of a run: file name = digest, index in ``evidence/index.ndjson``.

    Args:
        folder: the run's folder.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder / FOLDER

    def put_text(self, name: str, text: str, media: str = "text/plain") -> str:
        """Store a text without its secrets; returns its digest.

        Raises:
            JournalError: the disk refuses.
            SecretFoundError: a secret is still in it; it was not stored.
        """
        data = REDACTOR.scrub(text).encode()
        digest = sha256(data)
        put(self.folder / digest, data)
        try:
            with (self.folder / INDEX).open("a") as index:
                line = {"digest": digest, "name": REDACTOR.scrub(name), "media": media, "size": len(data)}
                index.write(json.dumps(line, sort_keys=True) + "\n")
        except OSError as error:
            msg = f"Tried to store the evidence {name!r} in {self.folder}; the system said: {error.strerror}."
            raise JournalError(msg, hint="free space, then hopsdrill gc") from error
        return digest

    def put_json(self, name: str, value: Any) -> str:
        """Store a JSON value, sorted and indented; returns its digest."""
        clean = REDACTOR.scrub_all(json.loads(json.dumps(value, default=str)))
        text = json.dumps(clean, sort_keys=True, indent=1, ensure_ascii=False)
        return self.put_text(name, text + "\n", "application/json")
