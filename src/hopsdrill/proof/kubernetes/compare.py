"""Two states of the same objects, each difference named; a Secret's values are never shown."""

from collections.abc import Iterator
from dataclasses import dataclass

from hopsdrill.proof.key import SHOWN as DIGITS
from hopsdrill.proof.kubernetes.normal import Fingerprint, ObjectPrint


SHOWN = 60  # characters of a value


@dataclass(frozen=True)
class Comparison:
    """How a live state differs from the expected one.

    Attributes:
        differences: objects that are missing or say something else.
        additional: titles of objects that nobody expected. Velero's restores never delete, so the caller judges these.
    """

    differences: list[str]
    additional: list[str]


def compare(expected: Fingerprint, live: Fingerprint) -> Comparison:
    """Name everything in which the live objects differ."""
    differences = [f"{title}: missing" for title in sorted(expected.keys() - live.keys())]
    for title in sorted(expected.keys() & live.keys()):
        differences += _object(title, expected[title], live[title])
    return Comparison(differences, sorted(live.keys() - expected.keys()))


def _object(title: str, old: ObjectPrint, new: ObjectPrint) -> Iterator[str]:
    for path in sorted(old.digests.keys() | new.digests.keys()):
        before, after = old.digests.get(path), new.digests.get(path)
        if before != after:
            yield f"{title} {path}: {_shown(old, path, before)} -> {_shown(new, path, after)}"


def _shown(found: ObjectPrint, path: str, digest: str | None) -> str:
    if digest is None:
        return "absent"
    text = found.shown.get(path)
    if text is None:
        return f"[hidden, digest {digest[:DIGITS]}]"
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}... ({len(text)} characters)"
