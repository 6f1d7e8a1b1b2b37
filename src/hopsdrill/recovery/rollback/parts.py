"""Dividing a listing into parts, so that several of them can be read at once.

A page of ListObjectVersions names where the next one starts, so one listing is a chain; only several listings are parallel. They
are divided by folders, as far as the tree has few enough of them, and each folder is listed by its own prefix: MinIO goes on listing
in the background whatever a prefix holds, so a range of keys would cost it the whole rest. Only where a level has more folders
than calls are worth, it is divided into ranges of keys. A folder is told by the keys of its versions, whatever is deleted in it.
"""

import hashlib
from collections.abc import Callable, Iterator
from itertools import groupby, pairwise
from operator import attrgetter
from typing import NamedTuple, Protocol

from hopsdrill.adapters.version_page import Item, Page
from hopsdrill.recovery.rollback.plan import Moment, Planned, planned


ENOUGH = 32  # parts: more would not keep the readers busier
DEPTH = 4  # levels of folders that are looked into
FOLDERS = (
    1024  # of one level, each of which becomes a part of its own; a call for each is little beside 1000 keys of each
)
PAGES = 16  # of one level that are read to find its folders
PEEK = 100  # names of a deeper level that tell whether it has folders: most have none, and would be listed twice
DELIMITER = "/"


class Listing(Protocol):
    """What is read of a bucket."""

    def page(self, prefix: str, after: str = "", after_id: str = "", delimiter: str = "", most: int = 1000) -> Page:
        """One page."""
        ...

    def pages(self, prefix: str, after: str = "", delimiter: str = "", most: int = 1000) -> Iterator[list[Item]]:
        """All pages behind a key."""
        ...


class Part(NamedTuple):
    """Keys that begin with ``prefix``, greater than ``after`` and up to ``until``; an empty bound is none.

    Attributes:
        level: only keys of this very level; its folders are parts of their own.
    """

    prefix: str
    after: str = ""
    until: str = ""
    level: bool = False

    @property
    def name(self) -> str:
        """A file's name for it."""
        return hashlib.sha256("\n".join(map(str, self)).encode()).hexdigest()[:16]


def divide(bucket: Listing, prefix: str) -> list[Part]:
    """Divide what begins with a prefix; one part where there are no folders."""
    done, leaves = list[Part](), [Part(prefix)]
    for depth in range(DEPTH):
        divided = [(leaf, _level(bucket, leaf.prefix, peek=depth > 0)) for leaf in leaves]
        leaves = [part for leaf, found in divided for part in found if found != [leaf] and not part.level]
        done += [part for leaf, found in divided for part in found if found == [leaf] or part.level]
        if not leaves or any(part.after or part.until for part in leaves) or len(leaves) + len(done) >= ENOUGH:
            break
    return sorted([*done, *leaves])


def _level(bucket: Listing, prefix: str, *, peek: bool) -> list[Part]:
    """A prefix divided by its folders, or the prefix itself where it has none, or none among its first names."""
    flat = peek and not bucket.page(prefix, delimiter=DELIMITER, most=PEEK).folders
    folders, whole = ([], True) if flat else folders_of(bucket, prefix)
    if not folders:
        return [Part(prefix)]
    if whole and len(folders) <= FOLDERS:
        return [Part(prefix, level=True), *(Part(folder) for folder in folders)]
    bounds = ["", *folders[:: -(-len(folders) // ENOUGH)][1:], ""]
    return [Part(prefix, after, until) for after, until in pairwise(bounds)]


def folders_of(bucket: Listing, prefix: str) -> tuple[list[str], bool]:
    """The folders right below a prefix, and whether these are all."""
    found, after = list[str](), ""
    for _ in range(PAGES):
        page = bucket.page(prefix, after, delimiter=DELIMITER)
        found += page.folders
        if page.next_key is None:
            return found, True
        after = page.next_key
    return found, False


def with_new(bucket: Listing, parts: list[Part]) -> list[Part]:
    """Parts that were divided earlier, with those folders that somebody has made since."""
    known = {part.prefix for part in parts}
    new = [
        Part(folder)
        for part in parts
        if part.level
        for folder in folders_of(bucket, part.prefix)[0]
        if folder not in known
    ]
    return [*parts, *new]


def plans(bucket: Listing, part: Part, moment: Moment, counted: Callable[[int], object]) -> Iterator[Planned]:
    """The plan of every key of a part, in order; a page at a time is in memory.

    Args:
        bucket: what is listed.
        part: which keys.
        moment: the time to go back to.
        counted: called with the number of the part's entries in each page.
    """

    def items() -> Iterator[Item]:
        for page in bucket.pages(part.prefix, part.after, DELIMITER if part.level else ""):
            own = page if not part.until else [each for each in page if each.key <= part.until]
            counted(len(own))
            yield from own
            if len(own) < len(page):
                return

    for key, versions in groupby(items(), attrgetter("key")):
        yield planned(key, versions, moment)
