"""Which indices a snapshot, a restore or a deletion is about; pure, so that it is known before anything is touched."""

import fnmatch
import re
from collections.abc import Iterable
from typing import Any

from standin.say import StandinError


# What belongs to the cluster and not to its data: the security plugin's own index, which only an administrator's
# certificate may restore, and the results of background tasks. Names with a leading dot are no sign of a system index
# here: service logs (.services-YYYY.MM.dd) and dashboards (.kibana) are data.
SYSTEM = (".opendistro_security", ".tasks")
EVERYTHING = ",".join(["*", *(f"-{each}" for each in SYSTEM)])
DEFAULT_PAYLOAD: dict[str, Any] = {"indices": EVERYTHING, "include_global_state": False}


def merged(payload: dict[str, Any]) -> dict[str, Any]:
    """A restore's body: what the values give goes before the default, key by key."""
    return {**DEFAULT_PAYLOAD, **payload}


def expressions(indices: str | list[str]) -> list[str]:
    """``"a*,-b"`` or ``["a*", "-b"]`` as a list."""
    given = indices.split(",") if isinstance(indices, str) else indices
    return [each.strip() for each in given if each.strip()]


def select(names: Iterable[str], indices: str | list[str]) -> list[str]:
    """Names that a multi-index expression takes, sorted; system indices never.

    Taken in order: ``x`` adds, ``-x`` removes, ``*`` stands for any text, ``_all`` is ``*``. A list that begins with a
    removal begins with everything, so ``"-myindex"`` is everything but ``myindex``.
    """
    available = set(names)
    wanted = expressions(indices) or ["*"]
    chosen = set(available) if wanted[0].startswith("-") else set()
    for each in wanted:
        pattern = {"_all": "*"}.get(each, each).lstrip("+-")
        found = {name for name in available if fnmatch.fnmatchcase(name, pattern.replace("[", "[[]"))}
        chosen = chosen - found if each.startswith("-") else chosen | found
    return sorted(chosen - set(SYSTEM))


def absent(names: Iterable[str], indices: str | list[str]) -> list[str]:
    """Plain names an expression asks for that are not there; patterns and removals may find nothing."""
    available = set(names)
    plain = [each for each in expressions(indices) if each[0] not in "-+" and "*" not in each and each != "_all"]
    return [each for each in plain if each not in available]


def renamed(names: Iterable[str], payload: dict[str, Any]) -> dict[str, str]:
    """``{name in the snapshot: name it is restored as}``.

    Raises:
        StandinError: the rename pattern is no regular expression.
    """
    pattern, replacement = payload.get("rename_pattern"), payload.get("rename_replacement")
    if not pattern or replacement is None:
        return {name: name for name in names}
    text = re.sub(r"\$(\d+)", r"\\\1", replacement)  # Java's $1 is Python's \1
    try:
        return {name: re.sub(pattern, text, name) for name in names}
    except re.error as error:
        message = f"opensearch: the payload's rename_pattern {pattern!r} with {replacement!r} does not work: {error}"
        raise StandinError(message) from error


def in_the_way(existing: Iterable[str], targets: Iterable[str], payload: dict[str, Any]) -> list[str]:
    """Existing indices a restore in place replaces, sorted.

    All that the payload's selection takes, also those made after the backup: in place replaces data, it does not add to
    it. With a rename the restore is for looking at, and only what has the very names goes.
    """
    if payload.get("rename_pattern"):
        return sorted(set(existing) & set(targets))
    return sorted(set(select(existing, payload["indices"])) | (set(existing) & set(targets)))
