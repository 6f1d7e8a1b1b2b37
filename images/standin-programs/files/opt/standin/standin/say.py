"""What the programs say, and how they end badly."""

import os
import sys
from datetime import UTC, datetime


class StandinError(Exception):
    """A failure whose text is all an operator needs; no traceback is shown for it."""


def utc_text(moment: datetime) -> str:
    """``2026-11-24T15:23:35.123Z``, the form every time has in metadata and control files."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def say(text: str) -> None:
    """One line to standard error; standard output belongs to protocols and data."""
    print(f"{utc_text(datetime.now(UTC))} {text}", file=sys.stderr, flush=True)


def env(name: str, default: str | None = None) -> str:
    """Read a setting the chart gives.

    Raises:
        StandinError: it is absent or empty, and there is no default.
    """
    value = os.environ.get(name, "")
    if not value and default is not None:
        return default
    if not value:
        message = f"the environment variable {name} is not set; the chart's template has to give it"
        raise StandinError(message)
    return value


def flag(name: str) -> bool:
    """Read a switch, ``true`` or anything else."""
    return os.environ.get(name, "") == "true"
