"""Dividing a listing into ranges of keys, so that several of them can be read at once.

A page of ListObjectVersions names where the next one starts, so one listing is a chain; only several listings are parallel. They
are divided at folders, whatever lies deleted in them: a folder is told by the keys of its versions, not by current objects.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby, takewhile
from operator import attrgetter
from typing import Protocol

from hopsdrill.adapters.version_page import Item, Page
from hopsdrill.recovery.rollback.plan import Moment, Planned, planned


RANGES = 32  # each may read one page beyond its end; enough that the last ones do not keep one worker busy alone
DEPTH = 4  # levels of folders that are looked into
LOOKED_INTO = 64  # folders of one level, so that a deep tree costs few calls
PAGES = 4  # of one folder: 4000 names; a larger one's tail is one range


class Listing(Protocol):
    """What is read of a bucket."""

    def page(self, prefix: str, after: str = "", after_id: str = "", delimiter: str = "", most: int = 1000) -> Page:
        """One page."""
        ...

    def pages(self, prefix: str, after: str = "", most: int = 1000) -> Iterator[list[Item]]:
        """All pages behind a key."""
        ...


@dataclass(frozen=True)
class Range:
    """Keys greater than ``after``, up to and including ``until``; either may be empty: no bound."""

    number: int
    after: str = ""
    until: str = ""


def cuts(bucket: Listing, prefix: str, wanted: int = RANGES) -> list[str]:
    """Keys that divide the listing; none where there are no folders."""
    names, level = set[str](), [prefix]
    for _ in range(DEPTH):
        level = [folder for name in level[:LOOKED_INTO] for folder in _folders(bucket, name)]
        names.update(level)
        if not level or len(names) >= wanted:
            break
    return sorted(names)[:: max(1, -(-len(names) // wanted))]


def _folders(bucket: Listing, prefix: str) -> Iterator[str]:
    after = ""
    for _ in range(PAGES):
        page = bucket.page(prefix, after, delimiter="/")
        yield from page.folders
        if page.next_key is None:
            return
        after = page.next_key


def ranges(divided: list[str]) -> list[Range]:
    """The ranges between those keys, in order."""
    bounds = ["", *divided, ""]
    return [Range(number, *bounds[number : number + 2]) for number in range(len(bounds) - 1)]


def plans(
    bucket: Listing, prefix: str, part: Range, moment: Moment, counted: Callable[[int], object]
) -> Iterator[Planned]:
    """The plan of every key of a range, in order; a page at a time is in memory.

    Args:
        bucket: what is listed.
        prefix: of the keys.
        part: the range.
        moment: the time to go back to.
        counted: called with the number of entries of each page.
    """

    def items() -> Iterator[Item]:
        for page in bucket.pages(prefix, part.after):
            counted(len(page))
            yield from page

    found = items() if not part.until else takewhile(lambda each: each.key <= part.until, items())
    for key, versions in groupby(found, attrgetter("key")):
        yield planned(key, versions, moment)
