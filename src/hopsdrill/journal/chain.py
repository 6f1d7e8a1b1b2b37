"""Canonical bytes and the hash chain: entry N holds the hash of entry N-1."""

import hashlib
import json
from typing import Any

from hopsdrill.model.events import Entry, Event


GENESIS = "0" * 64


def canonical(value: Any) -> bytes:
    """JSON with sorted keys, no spaces, UTF-8: the same value always gives the same bytes."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def sha256(data: bytes) -> str:
    """Hexadecimal SHA-256."""
    return hashlib.sha256(data).hexdigest()


def seal(seq: int, at: str, mono_ms: int, event: Event, prev: str) -> Entry:
    """Put an event in its place in the chain."""
    body = {"seq": seq, "at": at, "mono_ms": mono_ms, "event": event.model_dump(mode="json"), "prev": prev}
    return Entry(seq=seq, at=at, mono_ms=mono_ms, event=event, prev=prev, hash=sha256(canonical(body)))


def intact(line: bytes) -> bool:
    """Tell whether a line is canonical, and its hash the hash of what it says.

    What it says, and not what a model makes of it: a field that a later version adds to an event breaks no chain of today.
    """
    try:
        told = json.loads(line)
        whole = canonical(told) == line
        return whole and told.pop("hash") == sha256(canonical(told))
    except ValueError:  # what has no canonical form, such as NaN, was never written
        return False
