"""Feature rows on their way: what Kafka acknowledged against what the online store holds. Pure functions."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Protocol


class Produced(Protocol):
    """One feature row that the broker has acknowledged."""

    @property
    def id(self) -> int:
        """Its primary key in the online store."""

    @property
    def arrived(self) -> bool:
        """Whether the online store had it when the backup was taken."""


@dataclass(frozen=True)
class InFlight:
    """What became of produced rows after a restore.

    Attributes:
        expected_lost: in flight at the recovery point, and gone: they must be replayed.
        unexpected_lost: in the online store before the backup, and gone.
        unexpected_kept: in flight at the recovery point, or never sent, and there nevertheless.
    """

    kept: int
    expected_lost: list[int]
    unexpected_lost: list[int]
    unexpected_kept: list[int]


def account(produced: Collection[Produced], survivors: Collection[int]) -> InFlight:
    """Judge every produced row by whether it had arrived at the backup."""
    left = set(survivors)
    lost = [each for each in produced if each.id not in left]
    return InFlight(
        kept=len(produced) - len(lost),
        expected_lost=sorted(each.id for each in lost if not each.arrived),
        unexpected_lost=sorted(each.id for each in lost if each.arrived),
        unexpected_kept=sorted(left - {each.id for each in produced if each.arrived}),
    )


@dataclass(frozen=True)
class Gap:
    """In what an online store differs from all that was sent to it.

    Attributes:
        missing: sent, and not there.
        foreign: there, and never sent.
        damaged: there, and saying something else than was sent.
    """

    missing: list[int] = field(default_factory=list)
    foreign: list[int] = field(default_factory=list)
    damaged: list[int] = field(default_factory=list)

    @property
    def lines(self) -> list[str]:
        """Each row with what is wrong about it; none where the gap is closed."""
        said = {
            "was acknowledged by Kafka, and is not in the online store": self.missing,
            "is in the online store, and nobody sent it": self.foreign,
            "says something else than was sent": self.damaged,
        }
        return [f"row {number}: {what}" for what, numbers in said.items() for number in numbers]


def gap(produced: Collection[Produced], rows: Mapping[int, bool]) -> Gap:
    """Compare every row that was sent with what the store holds: row by ID, and whether it says what was sent."""
    sent = {each.id for each in produced}
    return Gap(
        missing=sorted(sent - rows.keys()),
        foreign=sorted(rows.keys() - sent),
        damaged=sorted(number for number in sent & rows.keys() if not rows[number]),
    )


def in_flight(produced: Collection[Produced]) -> list[int]:
    """The rows that were on their way at the backup."""
    return sorted(each.id for each in produced if not each.arrived)
