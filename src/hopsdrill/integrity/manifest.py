"""The manifest: every file of a run's folder with its size and SHA-256, written last and signed."""

import hashlib
from pathlib import Path, PurePosixPath
from typing import Literal

from pydantic import field_validator

from hopsdrill.core.errors import JournalError
from hopsdrill.journal.chain import canonical
from hopsdrill.model.base import Model


NAME = "manifest.json"
ATTESTATION = "attestation.dsse.json"
STAMP = ".tsr"  # after the name of what is stamped
SIGN_OFFS = "signoff"
CHUNK = 1 << 20  # bytes read at a time


class Listed(Model):
    """One file.

    Attributes:
        path: relative to the run's folder, with slashes.
        size: bytes.
        sha256: hexadecimal.
    """

    path: str
    size: int
    sha256: str

    @field_validator("path")
    @classmethod
    def _inside(cls, path: str) -> str:
        parts = PurePosixPath(path).parts
        if not parts or path.startswith("/") or ".." in parts:
            msg = f"{path!r} leads out of the run's folder"
            raise ValueError(msg)
        return path


class Manifest(Model):
    """All files but the manifest itself and what is signed over it."""

    schema_version: Literal["hopsdrill.manifest/v1"] = "hopsdrill.manifest/v1"
    run_id: str
    files: list[Listed]

    def to_bytes(self) -> bytes:
        """Canonical JSON and a newline."""
        return canonical(self.model_dump(mode="json")) + b"\n"


def present(folder: Path) -> list[str]:
    """The paths a manifest has to list, in order; links and anything that is no plain file included."""
    found = [
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_symlink() or not path.is_dir()
    ]
    return sorted(
        path
        for path in found
        if path not in {NAME, ATTESTATION, ATTESTATION + STAMP} and not path.startswith(f"{SIGN_OFFS}/")
    )


def listed(folder: Path, path: str) -> Listed:
    """Measure one file.

    Raises:
        OSError: it is not there, or cannot be read.
    """
    digest, size = hashlib.sha256(), 0
    with (folder / path).open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
            size += len(chunk)
    return Listed(path=path, size=size, sha256=digest.hexdigest())


def make(folder: Path, run_id: str) -> Manifest:
    """List a folder.

    Raises:
        JournalError: a file cannot be read, or is no plain file.
    """
    files = []
    for path in present(folder):
        if (folder / path).is_symlink() or not (folder / path).is_file():
            msg = f"{folder / path} is no plain file; a run's folder holds only such."
            raise JournalError(msg, hint="remove it, and build the report again")
        try:
            files.append(listed(folder, path))
        except OSError as error:
            msg = f"Tried to read {folder / path}; the system said: {error.strerror}."
            raise JournalError(msg) from error
    return Manifest(run_id=run_id, files=files)
