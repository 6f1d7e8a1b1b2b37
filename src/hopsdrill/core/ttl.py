"""Times to live, in the two forms a platform's values know; each store understands one of them only."""

import re
from datetime import timedelta


# chart rondb's own schema: what rclone takes as an age
AGE = re.compile(r"(\d+)([dh])")
AGE_UNITS = {"d": timedelta(days=1), "h": timedelta(hours=1)}
# Go's time.ParseDuration, without a sign; it knows no days
GO = re.compile(r"((\d+(\.\d+)?|\.\d+)(h|ms|m|s|us|µs|ns))+|0")
GO_PART = re.compile(r"(\d+(?:\.\d+)?|\.\d+)(h|ms|m|s|us|µs|ns)")
GO_SECONDS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "ns": 1e-9}
LONGEST = 100 * 365 * 86_400.0  # seconds; Go's own limit is 292 years


def age(text: str) -> timedelta | None:
    """Read ``60d`` or ``48h``; None when it is neither."""
    found = AGE.fullmatch(text)
    if found is None or len(found[1]) > 5:  # noqa: PLR2004 - 99999 days are 273 years
        return None
    return int(found[1]) * AGE_UNITS[found[2]]


def go_duration(text: str) -> timedelta | None:
    """Read ``1440h`` or ``1440h0m0s``; None when Go would refuse it, as it does ``60d``."""
    if GO.fullmatch(text) is None:
        return None
    seconds = sum(float(number) * GO_SECONDS[unit] for number, unit in GO_PART.findall(text))
    return timedelta(seconds=seconds) if seconds <= LONGEST else None


def written(span: timedelta) -> str:
    """A whole number of hours as Go writes it without minutes: ``1440h``; rounded up."""
    return f"{-(-span // timedelta(hours=1))}h"


def fault(name: str, text: str) -> str:
    """What is wrong with a time to live; empty when its store understands it, or when it is not set.

    Args:
        name: ``ttl_kubernetes`` for Velero's, which is a Go duration; anything else is in days or hours.
        text: as it was set.
    """
    if not text:
        return ""
    if name == "ttl_kubernetes":
        if go_duration(text) is not None:
            return ""
        meant = age(text)
        return f"{text!r} is no Go duration, which Velero wants; {f'write {written(meant)!r}' if meant else 'such as 1440h'}"
    if age(text) is not None:
        return ""
    meant = go_duration(text)
    return f"{text!r} is no number of days or hours; {f'write {written(meant)!r}' if meant else 'such as 60d or 48h'}"
