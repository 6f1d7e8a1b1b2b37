"""Canonical bytes and the hash chain: entry N holds the hash of entry N-1."""

import hashlib
import json
import re
from typing import Any

from hopsdrill.model.events import Entry, Event


GENESIS = "0" * 64
# where a line's own hash stands: keys are sorted, so nothing but these three follows it
HASH = re.compile(rb'"hash":"([0-9a-f]{64})",(?="mono_ms":-?[0-9]+,"prev":"[0-9a-f]{64}","seq":[0-9]+\}\Z)')

ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def canonical(value: Any) -> bytes:
    """JSON with sorted keys, no spaces, UTF-8: the same value always gives the same bytes."""
    return ENCODER.encode(value).encode()


def sha256(data: bytes) -> str:
    """Hexadecimal SHA-256."""
    return hashlib.sha256(data).hexdigest()


def seal(  # noqa: PLR0913 - what an entry consists of
    seq: int, at: str, mono_ms: int, event: Event, prev: str, *, told: dict[str, Any] | None = None
) -> tuple[Entry, bytes]:
    """Put an event in its place in the chain; gives the entry and the line that is written of it.

    ``told``: the event as JSON, where somebody has made it already: that takes longer than all else here.
    """
    head = canonical({"at": at, "event": told or event.model_dump(mode="json")})[:-1] + b","
    tail = canonical({"mono_ms": mono_ms, "prev": prev, "seq": seq})[1:]
    own = sha256(head + tail)
    entry = Entry(seq=seq, at=at, mono_ms=mono_ms, event=event, prev=prev, hash=own)
    return entry, head + b'"hash":"' + own.encode() + b'",' + tail


def intact(line: bytes) -> bool:
    """Tell whether a line is canonical, and its hash the hash of all other bytes of it.

    Of its bytes, and not of what a model makes of them: a field that a later version adds to an event breaks no chain of today.
    """
    try:
        whole = canonical(json.loads(line)) == line
    except ValueError:  # what has no canonical form, such as NaN, was never written
        return False
    own = HASH.search(line)
    return whole and own is not None and sha256(line[: own.start()] + line[own.end() :]).encode() == own[1]
