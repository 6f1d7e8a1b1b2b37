"""One clock: UTC for people, monotonic seconds for durations."""

import time
from datetime import UTC, datetime
from typing import NamedTuple


class Instant(NamedTuple):
    """A moment on both clocks.

    Attributes:
        utc: aware wall-clock time.
        mono: seconds of ``time.monotonic``, comparable within one process only.
    """

    utc: datetime
    mono: float


def now() -> Instant:
    """Read both clocks, one right after the other."""
    return Instant(datetime.now(UTC), time.monotonic())


def utc_text(moment: datetime) -> str:
    """Write a moment as ``YYYY-MM-DDTHH:MM:SS.mmmZ``, the form used in every artefact."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def parse_utc(text: str) -> datetime:
    """Read what ``utc_text`` (or Kubernetes, or the platform) wrote.

    Raises:
        ValueError: the text is no ISO 8601 time, or carries no zone.
    """
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        msg = f"{text!r} carries no time zone"
        raise ValueError(msg)
    return moment.astimezone(UTC)
