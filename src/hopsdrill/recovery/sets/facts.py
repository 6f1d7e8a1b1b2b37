"""What sets are made of, as it was read."""

from dataclasses import dataclass, field
from datetime import datetime

from hopsdrill.recovery.seen import Entry, Seen


MAIN, USERS = "kubernetes", "kubernetes (projects)"  # Velero's two Schedules, by the words of every report


@dataclass(frozen=True)
class Stored:
    """What the bucket holds of one backup.

    Attributes:
        first: when its oldest file was written, by the bucket's clock; None when that is not known.
        lacking: what is missing from it.
    """

    id: str
    first: datetime | None = None
    lacking: tuple[str, ...] = ()


@dataclass(frozen=True)
class Storage:
    """What the bucket holds of one store's backups.

    Attributes:
        absent: words for an entry that nothing is found for, with ``{id}``.
    """

    backups: tuple[Stored, ...] = ()
    absent: str = "nothing lies in the bucket under its ID {id}"


@dataclass(frozen=True)
class VeleroBackup:
    """A Backup of one of the two Schedules: the object in the cluster, or its copy in the bucket.

    Attributes:
        store: ``kubernetes`` or ``kubernetes (projects)``.
        reason: why the phase is what it is, in Velero's words.
    """

    name: str
    store: str
    start: datetime | None = None
    end: datetime | None = None
    phase: str = "Completed"
    reason: str = ""
    lacking: tuple[str, ...] = ()


@dataclass(frozen=True)
class Facts:
    """Everything that was read.

    Attributes:
        entries, storage: by store; one ID may stand in two entries.
        velero: Backups in the cluster.
        archived: the copies Velero keeps in the bucket.
    """

    entries: dict[str, Seen[list[Entry]]] = field(default_factory=dict)
    storage: dict[str, Seen[Storage]] = field(default_factory=dict)
    velero: Seen[list[VeleroBackup]] = field(default_factory=lambda: Seen([]))
    archived: Seen[list[VeleroBackup]] = field(default_factory=lambda: Seen([]))
