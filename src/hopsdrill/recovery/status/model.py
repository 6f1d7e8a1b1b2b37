"""What a status is made of."""

from dataclasses import dataclass, field
from enum import StrEnum


class Level(StrEnum):
    """How far a service's backups are set up."""

    ENABLED = "enabled"
    PARTIAL = "partial"
    DISABLED = "disabled"
    UNKNOWN = "unknown"
    NONE = "none"  # the platform has no backup of it; counts for nothing at the top


@dataclass(frozen=True)
class Finding:
    """Something that is not as it should be.

    Attributes:
        level: what the service is because of it: partial, disabled or unknown.
        seen: what was found, and why that matters.
        cure: what to do.
    """

    level: Level
    seen: str
    cure: str


@dataclass(frozen=True)
class Service:
    """One service's status.

    Attributes:
        facts: what was read, by name, as words; shown whatever the level is.
    """

    level: Level
    facts: dict[str, str] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class Status:
    """The whole platform's status."""

    level: Level
    services: dict[str, Service]


# The first that holds is a service's level: what is certainly wrong goes before what is not known.
ORDER = (Level.DISABLED, Level.PARTIAL, Level.UNKNOWN)


def service(facts: dict[str, str], findings: list[Finding]) -> Service:
    """A service whose level follows from its findings."""
    held = {each.level for each in findings}
    level = next((each for each in ORDER if each in held), Level.ENABLED)
    return Service(level, facts, tuple(findings))


def whole(services: dict[str, Service]) -> Level:
    """The top level: one service that is not enabled makes it partial; it is disabled when nothing takes backups.

    The file system's part is the bucket's versioning, which takes no backup: by itself it enables nothing.
    """
    counted = {name: each.level for name, each in services.items() if each.level is not Level.NONE}
    held = set(counted.values())
    if {level for name, level in counted.items() if name != "hopsfs"} == {Level.DISABLED}:
        return Level.DISABLED
    if held & {Level.PARTIAL, Level.DISABLED}:
        return Level.PARTIAL
    return Level.UNKNOWN if Level.UNKNOWN in held else Level.ENABLED
