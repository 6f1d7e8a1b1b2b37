"""A share of a plan: whole feature files, always the same ones, so that several clusters can conduct one plan between them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from hopsdrill.core.errors import UsageError
from hopsdrill.model.plan import Plan


SHARD = re.compile(r"([1-9]\d{0,2})/([1-9]\d{0,2})")


@dataclass(frozen=True)
class Shard:
    """One of several shares.

    Attributes:
        features: this share's, in the plan's order; empty where there are more shares than features.
        elsewhere: names of the features of all other shares.
    """

    number: int
    of: int
    features: list[Path]
    elsewhere: list[str]

    @property
    def name(self) -> str:
        """Such as ``2/3``; empty when no other share has anything, so that this one is the whole plan."""
        return f"{self.number}/{self.of}" if self.elsewhere else ""

    def __str__(self) -> str:
        return f"share {self.number} of {self.of}; the other shares have {', '.join(self.elsewhere) or 'nothing'}"


def parse(text: str) -> tuple[int, int]:
    """Read ``2/3``.

    Raises:
        UsageError: it is no share.
    """
    match = SHARD.fullmatch(text)
    if match is None or int(match[1]) > int(match[2]):
        msg = f"--shard {text!r} is no share of a plan."
        raise UsageError(msg, hint="--shard 1/3, 2/3 and 3/3 are the three shares of three")
    return int(match[1]), int(match[2])


def shard(plan: Plan, features: Sequence[Path], text: str) -> Shard:
    """Deal a plan's features out by their minutes, the longest first, each to the share that has least.

    Raises:
        UsageError: ``text`` is no share.
    """
    number, of = parse(text)
    minutes = [plan.minutes.get(name, 1.0) for name in plan.features]
    load, own = [0.0] * of, [0] * len(features)
    for index in sorted(range(len(features)), key=lambda each: (-minutes[each], each)):
        own[index] = load.index(min(load))
        load[own[index]] += minutes[index]
    mine = [path for index, path in enumerate(features) if own[index] == number - 1]
    others = [name for index, name in enumerate(plan.features) if own[index] != number - 1]
    return Shard(number, of, mine, others)
