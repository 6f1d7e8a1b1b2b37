"""Whether a backup in the bucket is whole, judged by what lies there; and what of it was expected, backed up, and came back."""

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from hopsdrill.model.events import GapFound, GapStage
from hopsdrill.model.plan import AllowedGap
from hopsdrill.model.profile import RondbProfile


NAMED = 10  # things named in a gap
CREATED = re.compile(r"CREATE TABLE (?:IF NOT EXISTS )?`(?P<table>[^`]+)`")
USED = re.compile(r"USE `(?P<database>[^`]+)`")
EXCLUDED = "excluded by plan"
NO_CAUSE = "no cause found"

Amounts = Mapping[str, int]  # how much of each thing, by its name: 1 of a file, the rows of a table
CauseOf = Callable[[GapStage, str], str]  # why a thing is missing; begins with one of the plan's words for causes


def lacking(keys: Iterable[str], profile: RondbProfile) -> list[str]:
    """What is missing from a backup, given its keys relative to its own prefix; empty when it is whole.

    Every node of the platform must have a folder, in it all parts that the part folders' own names announce, and in each
    part every kind of file that any part has: RonDB writes control, data and log files side by side.
    """
    found = sorted(keys)
    missing = [f"{name} is missing" for name in profile.backup_files if name not in found]
    parts: dict[int, dict[int, int]] = defaultdict(dict)
    kinds: dict[tuple[int, int], set[str]] = defaultdict(set)
    pattern = re.compile(rf"rondb/(?P<node>\d+)/{profile.part_folder}/.+")
    for key in found:
        if match := pattern.fullmatch(key):
            node, part = int(match["node"]), int(match["part"])
            parts[node][part] = int(match["parts"])
            kinds[node, part].add(key.rpartition(".")[2])
    for node in profile.node_ids:
        if node not in parts:
            missing.append(f"node {node} has no parts")
            continue
        wanted = set(range(1, max(parts[node].values()) + 1))
        missing += [
            f"node {node}: part {part} of {len(wanted)} is missing" for part in sorted(wanted - parts[node].keys())
        ]
    every = set().union(*kinds.values())
    missing += [
        f"node {node}: part {part} of {parts[node][part]} has no .{kind} file"
        for (node, part), own in sorted(kinds.items())
        if node in profile.node_ids
        for kind in sorted(every - own)
    ]
    missing += [f"node {node} is not of this platform" for node in sorted(parts.keys() - set(profile.node_ids))]
    return missing


def images_lacking(expected: Iterable[str], lying: Collection[str]) -> list[str]:
    """Digests of manifests and blobs that no object of a registry's backup has; ``lying`` are the digests of the objects."""
    return [f"nothing in the backup has the digest {digest}" for digest in sorted(set(expected) - set(lying))]


def tables_in(dump: str) -> dict[str, int]:
    """Tables (``database.table``) that a backup's own file of definitions makes, in the form every dump program writes."""
    found, database = dict[str, int](), ""
    for line in dump.splitlines():
        if used := USED.match(line):
            database = used["database"]
        elif made := CREATED.match(line):
            found[f"{database}.{made['table']}"] = 1
    return found


@dataclass(frozen=True)
class Kind:
    """One kind of things of a store, as they were expected, are in the backup, and are there now.

    Attributes:
        expected, backed_up, live: None where it was not counted; ``opaque`` or ``uncounted`` says why, by that name.
    """

    store: str
    name: str
    expected: Amounts | None
    backed_up: Amounts | None
    live: Amounts | None
    opaque: dict[str, str] = field(default_factory=dict)
    uncounted: dict[str, str] = field(default_factory=dict)

    @property
    def counts(self) -> dict[str, int | None]:
        """Expected, how much of that is in the backup and came back, and all that is there."""
        return {
            "expected": _sum(self.expected),
            "backed_up": _shared(self.expected, self.backed_up),
            "restored": _shared(self.expected, self.live),
            "live": _sum(self.live),
        }

    def missing(self) -> Iterator[tuple[GapStage, str, int]]:
        """Of each thing how much is missing, and since when."""
        for title, amount in sorted((self.expected or {}).items()):
            held = amount if self.backed_up is None else min(amount, self.backed_up.get(title, 0))
            there = held if self.live is None else min(amount, self.live.get(title, 0))
            if held < amount and there < amount:
                yield "backup", title, amount - max(held, there)
            if there < held:
                yield "restore", title, held - there

    def gaps(self, cause_of: CauseOf, allowed: Collection[AllowedGap]) -> list[GapFound]:
        """What is missing, by stage and cause; whatever the plan allows says why."""
        found: dict[tuple[GapStage, str, str], list[tuple[str, int]]] = defaultdict(list)
        for stage, title, amount in self.missing():
            cause = cause_of(stage, title) or NO_CAUSE
            found[stage, *self._allowed(cause, title, allowed)].append((title, amount))
        return [
            GapFound(
                stage=stage,
                cause=cause,
                count=sum(amount for _, amount in things),
                things=[self._shown(*each) for each in things[:NAMED]],
                allowed=reason,
            )
            for (stage, cause, reason), things in sorted(found.items())
        ]

    def _allowed(self, cause: str, title: str, allowed: Collection[AllowedGap]) -> tuple[str, str]:
        for each in allowed:
            fits = each.store == self.store and each.kind in {"", self.name} and re.search(each.things, title)
            if fits and each.cause == EXCLUDED:
                return EXCLUDED, each.reason
            if fits and cause.startswith(each.cause):
                return cause, each.reason
        return cause, ""

    def _shown(self, title: str, amount: int) -> str:
        whole = (self.expected or {}).get(title, 1)
        return title if whole == amount == 1 else f"{title}: {amount} of {whole}"


def _sum(amounts: Amounts | None) -> int | None:
    return None if amounts is None else sum(amounts.values())


def _shared(expected: Amounts | None, held: Amounts | None) -> int | None:
    if expected is None or held is None:
        return None
    return sum(min(amount, held.get(title, 0)) for title, amount in expected.items())
