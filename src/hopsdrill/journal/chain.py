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


def intact(entry: Entry) -> bool:
    """Tell whether an entry's hash is the hash of what it says."""
    return entry.hash == seal(entry.seq, entry.at, entry.mono_ms, entry.event, entry.prev).hash
