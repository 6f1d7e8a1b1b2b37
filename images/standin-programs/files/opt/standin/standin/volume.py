"""Where a data node keeps things on its volume.

Names as on a RonDB data node: ``ndb_data/ndb_<node>_fs`` is the data, ``P0.sysfile`` in it says "initialised",
and markers of a restore lie on the volume's root.
"""

import hashlib
import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from standin.say import StandinError, env


CHUNK = 1 << 20  # bytes of a file read at once


REPLICA_SLOTS = 3  # node IDs are reserved for three replicas a group, however many run


def node_id(pod: str) -> int:
    """Give the node ID of pod ``<name>-<g>-<r>``: 3*g + r + 1.

    Raises:
        StandinError: the pod is not a data node's.
    """
    found = re.fullmatch(r".+-(\d+)-(\d+)", pod)
    if found is None:
        message = f"{pod!r} is not the name of a data node's pod (<name>-<group>-<replica>)"
        raise StandinError(message)
    return REPLICA_SLOTS * int(found[1]) + int(found[2]) + 1


@dataclass(frozen=True)
class Volume:
    """One node's volume, as mounted in this container.

    Attributes:
        root: the mount point.
        node: the node's ID.
    """

    root: Path
    node: int

    @property
    def data(self) -> Path:
        """The data directory that a restore in place clears."""
        return self.root / "ndb_data" / f"ndb_{self.node}_fs"

    @property
    def sysfile(self) -> Path:
        """Present when the data directory is initialised."""
        return self.data / "P0.sysfile"

    def backup(self, backup_id: str) -> Path:
        """Where parts of a backup lie until they are uploaded."""
        return self.root / "ndb_data" / "BACKUP" / f"BACKUP-{backup_id}"

    def restore(self, backup_id: str) -> Path:
        """Where a downloaded backup lies until it is restored: ``<old node>/BACKUP-<ID>-PART-<i>-OF-<n>``."""
        return self.root / "ndb_data" / "RESTORE" / f"BACKUP-{backup_id}"

    def done_marker(self, backup_id: str) -> Path:
        """Says that the data directory was cleared for this restore."""
        return self.root / f"inplace_restore_done_{backup_id}"

    def downloaded_marker(self, backup_id: str) -> Path:
        """Says that this node's share of the backup is on the volume."""
        return self.root / f"backup_downloaded_{backup_id}"


def here() -> Volume:
    """The volume of the pod this runs in."""
    return Volume(Path(env("VOLUME")), node_id(env("POD_NAME")))


def empty(folder: Path) -> int:
    """Remove everything inside a folder, which stays (made if absent); count what was removed."""
    folder.mkdir(parents=True, exist_ok=True)
    entries = list(folder.iterdir())
    for entry in entries:
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()
    return len(entries)


def write_durably(path: Path, text: str) -> None:
    """Write a file that is whole or absent, even when the node dies meanwhile."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.draft")
    with draft.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.rename(path)


def digest(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    total = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(CHUNK):
            total.update(block)
    return total.hexdigest()
