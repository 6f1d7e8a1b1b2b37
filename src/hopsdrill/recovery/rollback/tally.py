"""What a rollback counts and names: as many names as a screen can take, the smallest keys, however parts follow one another."""

from bisect import insort
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import NamedTuple

from hopsdrill.recovery.rollback.plan import Deed, Planned


NAMED = 100  # of each kind


class Named(NamedTuple):
    """A key, and what is to be said of it."""

    key: str
    why: str


@dataclass
class Tally:
    """Counts of keys, and the first of those that are named.

    Attributes:
        entries: versions and delete markers that were listed.
        deeds: keys by what was planned, or done.
        markers: delete markers to be removed.
        copied: bytes to be copied.
        close: keys decided within the store's resolution of the time.
        named: the first keys of each kind: ``lost``, ``refused``, ``changed``, ``close``.
        count: all of them.
    """

    entries: int = 0
    deeds: Counter[Deed] = field(default_factory=Counter)
    markers: int = 0
    copied: int = 0
    named: defaultdict[str, list[Named]] = field(default_factory=lambda: defaultdict(list))
    count: Counter[str] = field(default_factory=Counter)

    def add(self, each: Planned) -> None:
        """Count a key's plan."""
        self.deeds[each.deed] += 1
        self.markers += len(each.markers)
        if each.deed is Deed.COPY and each.wanted is not None:
            self.copied += each.wanted.size
        if each.deed is Deed.LOST:
            self.name("lost", each.key, each.why)
        if each.close:
            self.name("close", each.key, "changed within the store's own resolution of the time")

    def name(self, kind: str, key: str, why: str) -> None:
        """Name a key."""
        self.count[kind] += 1
        names = self.named[kind]
        insort(names, Named(key, why))
        del names[NAMED:]

    def seen(self, entries: int) -> None:
        """Count what was listed."""
        self.entries += entries

    def merge(self, other: "Tally") -> None:
        """Add another's counts and names."""
        self.entries += other.entries
        self.markers += other.markers
        self.copied += other.copied
        self.deeds.update(other.deeds)
        self.count.update(other.count)
        for kind, names in other.named.items():
            self.named[kind] = sorted([*self.named[kind], *names])[:NAMED]
