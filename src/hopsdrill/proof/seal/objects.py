"""Sealed objects against those that lie in the bucket now: each that differs is named, and how. Pure functions.

Both sides come in order of their keys and are walked side by side, so a set of any size is judged in bounded memory.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from hopsdrill.proof.seal.model import Item


MOST = 10_000  # differing objects that are looked at for exchanges, and named
Kind = Literal["truncated", "changed", "swapped", "missing", "extra"]


@dataclass(frozen=True)
class Found:
    """What lies in the bucket under a key now.

    Attributes:
        version, etag, size: of the newest version that is no delete marker.
        hidden: a delete marker lies on top of it.
    """

    key: str
    size: int
    version: str
    etag: str
    hidden: bool = False


@dataclass(frozen=True)
class Look:
    """One key, as it was sealed and as it is; ``sha256`` of its bytes where they were read."""

    sealed: Item | None
    found: Found | None
    sha256: str | None = None


@dataclass(frozen=True)
class Fault:
    """One object that is not as it was sealed."""

    kind: Kind
    part: str
    key: str
    text: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.key}: {self.text}"


@dataclass
class Judgement:
    """Everything that was found of one part.

    Attributes:
        more: faults beyond those that are named.
        read: objects whose bytes were read; ``read_bytes`` of them.
        rewritten: objects that hold the sealed bytes in another version than the sealed one.
    """

    faults: list[Fault] = field(default_factory=list)
    more: int = 0
    objects: int = 0
    bytes: int = 0
    read: int = 0
    read_bytes: int = 0
    rewritten: int = 0

    @property
    def good(self) -> bool:
        """Whether everything is as it was sealed."""
        return not self.faults


def side_by_side(sealed: Iterable[Item], found: Iterable[Found]) -> Iterator[tuple[Item | None, Found | None]]:
    """Bring both together by key; each is in order."""
    items, founds = iter(sealed), iter(found)
    item, there = next(items, None), next(founds, None)
    while item is not None or there is not None:
        if there is None or (item is not None and item.key < there.key):
            yield item, None
            item = next(items, None)
        elif item is None or there.key < item.key:
            yield None, there
            there = next(founds, None)
        else:
            yield item, there
            item, there = next(items, None), next(founds, None)


def judge(part: str, looks: Iterable[Look]) -> Judgement:
    """Judge one part's objects, each looked at once."""
    made, differing = Judgement(), list[Look]()
    for look in looks:
        made.objects += look.sealed is not None
        made.bytes += look.sealed.size if look.sealed else 0
        if look.sha256 is not None and look.found is not None:
            made.read += 1
            made.read_bytes += look.found.size
        if not _same(look):
            made.more += len(differing) >= MOST
            differing += [look] if len(differing) < MOST else []
        elif look.sealed and look.found and look.sealed.version != look.found.version:
            made.rewritten += 1
    made.faults = _named(part, differing)
    return made


def _same(look: Look) -> bool:
    sealed, found = look.sealed, look.found
    if sealed is None or found is None or sealed.size != found.size:
        return False
    if look.sha256 is not None:
        return look.sha256 == sealed.sha256
    # unread: a version's bytes never change, and another version with this ETag and size holds the same ones
    return _versioned(sealed, found) or sealed.etag == found.etag


def _versioned(sealed: Item, found: Found) -> bool:
    return sealed.version == found.version and sealed.version not in {"", "null"}


def _named(part: str, differing: list[Look]) -> list[Fault]:
    owners = {token: each.sealed.key for each in differing if each.sealed for token in _sealed_as(each.sealed)}
    holds = {_key(each): _owner(each, owners) for each in differing}
    return [_fault(part, each, holds) for each in differing]


def _key(look: Look) -> str:
    told = look.sealed or look.found
    return told.key if told else ""


def _sealed_as(item: Item) -> tuple[str, str]:
    return item.sha256, item.etag


def _owner(look: Look, owners: dict[str, str]) -> str:
    """Which other differing object was sealed with what lies here now; empty when none was."""
    if look.found is None:
        return ""
    named = owners.get(look.sha256 if look.sha256 is not None else look.found.etag, "")
    return named if named != look.found.key else ""


def _fault(part: str, look: Look, holds: dict[str, str]) -> Fault:
    sealed, found, key = look.sealed, look.found, _key(look)
    other = holds[key]
    if found is None and sealed is not None:
        return Fault("missing", part, key, f"{sealed.size} bytes were sealed, version {sealed.version or 'none'}")
    if sealed is None or found is None:
        return Fault("extra", part, key, "it was not sealed, and lies in the set" + _holding(other))
    if other and holds.get(other) == key:
        return Fault("swapped", part, key, f"exchanged with {other}: each holds the other's bytes")
    if found.size < sealed.size and not other:
        return Fault("truncated", part, key, f"{found.size} bytes of the {sealed.size} that were sealed")
    digest = f", SHA-256 {look.sha256} instead of {sealed.sha256}" if look.sha256 else ", by its ETag"
    return Fault("changed", part, key, f"{found.size} bytes, {sealed.size} were sealed{digest}{_holding(other)}")


def _holding(other: str) -> str:
    return f"; it holds what {other} was sealed with" if other else ""
