"""Things and what they say: objects, files, documents, images by title, each with the digests of its fields; and how two states differ.

A state is a plain mapping, so that states of several shards or namespaces are merged by joining them.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from hopsdrill.proof.key import SHOWN as DIGITS
from hopsdrill.proof.key import Key
from hopsdrill.proof.sums import DIGITS as HASH
from hopsdrill.proof.sums import Digest


SHOWN = 60  # characters of a value


@dataclass(frozen=True)
class Print:
    """A thing's fields by dotted path.

    Attributes:
        digests: keyed digest of each field's value.
        shown: the value itself where it may be shown; nothing of a Secret's data may.
    """

    digests: dict[str, str]
    shown: dict[str, str]


Prints = dict[str, Print]  # by title: "<what> <where it is>"


def total(state: Prints, key: Key) -> Digest:
    """The digest of a state; those of states without a title in common, such as shards', add up to that of the joined one."""
    words = (json.dumps([title, each.digests], sort_keys=True) for title, each in state.items())
    return Digest(len(state), sum(int(key.digest(each)[:HASH], 16) for each in words))


def printed(fields: Mapping[str, Any], key: Key, hidden: tuple[str, ...] = ()) -> Print:
    """Take the print of fields; those whose path begins with one of ``hidden`` are never shown."""
    texts = {path: json.dumps(value, sort_keys=True, ensure_ascii=False) for path, value in fields.items()}
    shown = {path: text for path, text in texts.items() if not (hidden and path.startswith(hidden))}
    return Print({path: key.digest(text) for path, text in texts.items()}, shown)


@dataclass(frozen=True)
class Comparison:
    """How a live state differs from the expected one.

    Attributes:
        differences: things that are missing or say something else.
        additional: titles of things that nobody expected. Velero's restores never delete, so the caller judges these.
    """

    differences: list[str]
    additional: list[str]

    @property
    def all(self) -> list[str]:
        """Differences, and what is there and should not be."""
        return [*self.differences, *(f"{title}: should not be there" for title in self.additional)]


def compare(expected: Prints, live: Prints) -> Comparison:
    """Name everything in which the live things differ."""
    differences = [f"{title}: missing" for title in sorted(expected.keys() - live.keys())]
    for title in sorted(expected.keys() & live.keys()):
        differences += _thing(title, expected[title], live[title])
    return Comparison(differences, sorted(live.keys() - expected.keys()))


def _thing(title: str, old: Print, new: Print) -> Iterator[str]:
    for path in sorted(old.digests.keys() | new.digests.keys()):
        before, after = old.digests.get(path), new.digests.get(path)
        if before != after:
            yield f"{title} {path}: {_shown(old, path, before)} -> {_shown(new, path, after)}"


def _shown(found: Print, path: str, digest: str | None) -> str:
    if digest is None:
        return "absent"
    text = found.shown.get(path)
    if text is None:
        return f"[hidden, digest {digest[:DIGITS]}]"
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}... ({len(text)} characters)"
