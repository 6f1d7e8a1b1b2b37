"""What brings one key back to the state it had at a time: a pure function of its versions, and of what may be missing among them.

The order of a key's versions is the store's: it lists them newest first, and of two that carry the same time (AWS stamps whole
seconds, MinIO prints milliseconds) the one listed first came last. The state at a time is the first listed whose time is not
after it; a key that has none was not there.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from hopsdrill.adapters.lifecycle import LifecycleRule
from hopsdrill.adapters.version_page import NULL, Item
from hopsdrill.core.clock import parse_utc, utc_text


class Deed(StrEnum):
    """What is done to a key. Every one but LOST leaves it as it was at the time; none removes a version."""

    KEEP = "kept"
    UNCOVER = "uncovered"  # delete markers alone lie above the version: they are removed
    COPY = "copied"  # another version lies above it: it is copied
    HIDE = "hidden"  # there was no object: a delete marker is added
    LOST = "lost"  # what there was is gone, or cannot be known


CHANGES = frozenset({Deed.UNCOVER, Deed.COPY, Deed.HIDE})


@dataclass(frozen=True, slots=True)
class Planned:
    """One key.

    Attributes:
        current, below: the two versions or markers listed first; ``below`` is told only where both are newer than the time.
        wanted: the version it had; None when there was no object.
        markers: ids of the delete markers to be removed.
        alike: a copy would have the bytes that the current version has already.
        why: of a key that is lost.
        close: what decided lies within the store's own resolution of the time.
    """

    key: str
    deed: Deed
    current: Item
    below: Item | None = None
    wanted: Item | None = None
    markers: tuple[str, ...] = ()
    alike: bool = False
    why: str = ""
    close: bool = False


class Moment:
    """The time to go back to, and what a lifecycle may have removed since.

    Args:
        at: the time (UTC); what is finer than a millisecond is dropped, since no store lists it.
        now: the store's time.
        rules: the bucket's lifecycle.
    """

    def __init__(self, at: datetime, now: datetime, rules: Sequence[LifecycleRule] = ()) -> None:
        self.at = utc_text(at)
        exact = parse_utc(self.at)
        self._second, self._milli = utc_text(exact - timedelta(seconds=1)), self.at
        self._expiring = [
            (rule, utc_text(now - timedelta(days=rule.noncurrent_days))) for rule in rules if rule.noncurrent_days
        ]

    def close(self, modified: str) -> bool:
        """Whether a version of this listed time may have come after the time: it is rounded down."""
        return modified > self._second if modified.endswith("000Z") else modified == self._milli

    def expired(self, key: str, since: str, above: int, *, gap: bool) -> str:
        """Why a version that was superseded at a moment may have been removed; empty when no rule removes such.

        Args:
            key: its key.
            since: when its successor came.
            above: how many versions and markers are listed above it.
            gap: an older one is still there, so that only a rule that picks by tag or size can have removed it.
        """
        for rule, limit in self._expiring:
            may = since <= limit and key.startswith(rule.prefix) and above - 1 >= rule.newer_kept
            if may and (rule.narrowed or not gap):
                return f"lifecycle rule {rule.id} removes a version {rule.noncurrent_days} d after its successor, which is of {since}"
        return ""


class _Above:
    """What is newer than the time, of one key; bounded but for the markers that have to be removed."""

    def __init__(self) -> None:
        self.count, self.covered, self.replaced = 0, False, False
        self.ends: list[Item] = []  # the first two, and the last
        self.markers: list[str] = []  # those above the newest version

    def add(self, each: Item) -> None:
        """Take the next, as listed."""
        self.ends[min(self.count, 2) :] = [each]
        self.count += 1
        self.covered |= not each.marker
        self.replaced |= each.id == NULL
        if not self.covered:
            self.markers.append(each.id)


def planned(key: str, versions: Iterable[Item], moment: Moment) -> Planned:
    """Decide what is to be done to a key.

    Args:
        key: its name.
        versions: all its versions and markers, as listed; read only as far as needed.
        moment: the time to go back to.
    """
    above = _Above()
    for each in versions:
        if each.modified <= moment.at:
            if above.count or not each.latest:
                return _decided(key, above, each, moment)
            close = moment.close(each.modified)
            return Planned(key, Deed.KEEP, each, wanted=None if each.marker else each, close=close)
        above.add(each)
    return _decided(key, above, None, moment)


def _decided(key: str, above: _Above, found: Item | None, moment: Moment) -> Planned:
    """The plan for a key that was changed after the time.

    Args:
        key: its name.
        above: what is newer.
        found: the state it had; None when nothing is that old.
        moment: the time to go back to.
    """
    current, below = above.ends[0] if above.count else found, above.ends[1] if above.count > 1 else None
    assert current is not None  # noqa: S101 - a key is listed with at least one version
    wanted = None if found is None or found.marker else found
    close = found is not None and moment.close(found.modified)
    if why := _doubt(key, current, above, found, moment):
        return Planned(key, Deed.LOST, current, below, why=why)
    if wanted is None:
        return Planned(key, Deed.KEEP if current.marker else Deed.HIDE, current, below, close=close)
    if not above.covered:
        return Planned(key, Deed.UNCOVER, current, below, wanted, tuple(above.markers), close=close)
    alike = not current.marker and (current.etag, current.size) == (wanted.etag, wanted.size)
    return Planned(key, Deed.COPY, current, below, wanted, alike=alike, close=close)


def _doubt(key: str, current: Item, above: _Above, found: Item | None, moment: Moment) -> str:
    """Why the state at the time cannot be known; empty when it can."""
    if not current.latest:
        return "the store does not list its current version first, so the order of its versions is not known"
    if above.replaced:
        return (
            "its version null was written after the time, without versioning, and replaced any version null there was"
        )
    return moment.expired(key, above.ends[-1].modified, above.count, gap=found is not None)
