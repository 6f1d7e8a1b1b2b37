"""Feature rows on their way: what Kafka acknowledged against what the online store holds. Pure functions."""

from collections.abc import Collection
from dataclasses import dataclass
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
