"""The time in an HTTP answer's ``Date``, by RFC 9110 6.6.1 that of its origin, cut to whole seconds."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


STEP = 1.0  # seconds


def http_date(headers: Mapping[str, str]) -> datetime:
    """Read it.

    Raises:
        ValueError: there is none, or it is no date.
    """
    told = next((value for name, value in headers.items() if name.lower() == "date"), "")
    if not told:
        msg = "the answer has no Date"
        raise ValueError(msg)
    return parsedate_to_datetime(told).astimezone(UTC)
