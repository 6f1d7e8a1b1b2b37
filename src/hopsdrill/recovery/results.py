"""The errors and warnings of a Velero backup or restore in its own words: the object has their numbers, the bucket their texts."""

import gzip
import io
import json
from collections.abc import Iterator
from typing import Any

from hopsdrill.core.errors import OperationError
from hopsdrill.site import Site


LINES, LETTERS = 5, 300  # of what is told; the bucket has it all
LARGEST = 4 * 1024 * 1024  # bytes unpacked
# where Velero keeps them below the location's prefix, by kind
FILES = {"Backup": "backups/{name}/{name}-results.gz", "Restore": "restores/{name}/restore-{name}-results.gz"}


def told(site: Site, kind: str, found: dict[str, Any]) -> list[str]:
    """What went wrong with a Backup or Restore, errors first; a line says so when it cannot be read."""
    status = found.get("status", {})
    if not (status.get("errors") or status.get("warnings")):
        return []
    try:
        return _read(site, kind, found)
    except OperationError as error:
        return [f"its errors and warnings could not be read: {error.message}"]


def _read(site: Site, kind: str, found: dict[str, Any]) -> list[str]:
    name, prefix = found["metadata"]["name"], _prefix(site, kind, found)
    key = f"{prefix}/{FILES[kind].format(name=name)}".lstrip("/")
    data = site.store.get(key)
    if data is None:
        msg = f"{key} is not in the bucket {site.store.ref.bucket}"
        raise OperationError(msg)
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as packed:
            said = json.loads(packed.read(LARGEST))
        lines = [f"{word}: {text}" for word in ("error", "warning") for text in _texts(said.get(f"{word}s"))]
    except (OSError, EOFError, ValueError, AttributeError) as error:
        msg = f"{key} is damaged: {error}"
        raise OperationError(msg) from error
    return [line[:LETTERS] for line in lines[:LINES]]


def _prefix(site: Site, kind: str, found: dict[str, Any]) -> str:
    """The folder of the location that a backup lies in."""
    space = found["metadata"]["namespace"]
    backup = found
    if kind == "Restore":
        backup = site.kube.get("velero.io/v1/Backup", found["spec"].get("backupName", ""), space) or {}
    location = str(backup.get("spec", {}).get("storageLocation", ""))
    made = site.kube.get("velero.io/v1/BackupStorageLocation", location, space) if location else None
    if made is None:
        msg = f"there is no backup location {location!r}"
        raise OperationError(msg)
    return str(made["spec"]["objectStorage"].get("prefix", ""))


def _texts(said: Any) -> Iterator[str]:
    """Every text in nested mappings and lists."""
    if isinstance(said, dict):
        for each in said.values():
            yield from _texts(each)
    elif isinstance(said, list):
        for each in said:
            yield from _texts(each)
    elif said:
        yield " ".join(str(said).split())
