"""Whether schedule, objective, times to live and lifecycle agree, judged before anything is touched. Pure functions.

The longest a backup is there: its ttl, and the wait for the clean-up, which is the last step of a later backup: a period of the
schedule and what a backup takes. A file's block that is deleted right after a backup must be there as an old version as long.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from hopsdrill.adapters.lifecycle import LifecycleRule


LEAST_PERIODS = 2  # so that one failed backup does not leave none
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Kept:
    """How long stores keep their backups.

    Attributes:
        stores: those that one setting holds for.
        age: None for ever.
        said: the age as it was set, or whose own it is.
        setting: dotted path of the value by which it is changed.
        asked: the values set it.
    """

    stores: tuple[str, ...]
    age: timedelta | None
    said: str
    setting: str
    asked: bool

    def __str__(self) -> str:
        return f"{', '.join(self.stores)} {self.said if self.age else 'for ever'}"


@dataclass(frozen=True)
class Retention:
    """What is judged.

    Attributes:
        schedule: as it is written.
        period: the longest time between two of its firings.
        backup: the longest a backup may take.
        rpo: the objective.
        kept: by setting; the database's, whose rows name the blocks, is among them.
        unreadable: times to live that their store does not understand, by setting.
    """

    schedule: str
    period: timedelta
    backup: timedelta
    rpo: timedelta
    kept: tuple[Kept, ...] = ()
    unreadable: Mapping[str, str] | None = None

    def of(self, store: str) -> Kept:
        """How long one store keeps its backups."""
        return next(each for each in self.kept if store in each.stores)


@dataclass(frozen=True)
class Judgement:
    """One answer with its arithmetic.

    Attributes:
        change: the settings by which it would be mended; empty when all is well.
        known: enough is known to judge; what is not stops nothing, and is never shown as a pass.
    """

    name: str
    ok: bool
    arithmetic: str
    change: str = ""
    known: bool = True

    def __str__(self) -> str:
        told = self.arithmetic if self.known else f"not known: {self.arithmetic}"
        return told if self.ok else f"{told}; change {self.change}"


def span(time: timedelta) -> str:
    """A time in days, hours and minutes, rounded up: ``67 d 5 min``."""
    minutes = math.ceil(time.total_seconds() / 60)
    parts = [(minutes // 1440, "d"), (minutes // 60 % 24, "h"), (minutes % 60, "min")]
    return " ".join(f"{count} {unit}" for count, unit in parts if count) or "0 min"


def by_plan(found: Retention) -> list[Judgement]:
    """What follows from a plan and its values alone."""
    return [_rpo(found), *_readable(found), *_periods(found), _together(found)]


def by_bucket(
    found: Retention, bucket: str, rules: Sequence[LifecycleRule], prefixes: Iterable[str], blocks: str
) -> list[Judgement]:
    """What follows from a bucket's lifecycle rules.

    Args:
        found: what the plan says.
        bucket: its name.
        rules: those that are switched on.
        prefixes: everything the platform writes begins with one of these.
        blocks: what the file system's objects begin with; empty where there is none.
    """
    return [_versions(found, bucket, rules, blocks), _current(bucket, rules, prefixes)]


def _rpo(found: Retention) -> Judgement:
    worst = found.period + found.backup
    ok = worst <= found.rpo
    text = f"{found.schedule} {span(found.period)} + backup {span(found.backup)} = {span(worst)}, objective {span(found.rpo)}"
    return Judgement(
        "schedule-meets-the-recovery-point-objective", ok, text, "" if ok else "`schedule` or `objectives.rpo`"
    )


def _readable(found: Retention) -> Iterator[Judgement]:
    for setting, why in (found.unreadable or {}).items():
        yield Judgement("ttl-is-understood", ok=False, arithmetic=f"{setting}: {why}", change=setting)


def _periods(found: Retention) -> Iterator[Judgement]:
    """A backup is kept for two periods at least, also by a store whose age nobody set."""
    least = LEAST_PERIODS * found.period
    for each in found.kept:
        if each.age is None:
            continue
        ok = each.age >= least
        text = f"{each} = {span(each.age)}, {LEAST_PERIODS} x {found.schedule} {span(found.period)} = {span(least)}"
        yield Judgement("ttl-spans-two-backups", ok, text, "" if ok else f"{each.setting} or `schedule`")


def _together(found: Retention) -> Judgement:
    """A store keeps its backups no shorter than another was told to: a set is restored whole or not at all."""
    name = "stores-keep-their-backups-equally-long"
    told = [each for each in found.kept if each.asked and each.age is not None]
    text = ", ".join(map(str, found.kept))
    if not told:
        limits = [each.age for each in found.kept if each.age is not None]
        reach = f"whole sets reach back {span(min(limits))}" if limits else "nothing is pruned"
        return Judgement(name, ok=True, arithmetic=f"no ttl is set: {text}; {reach}")
    longest = max(told, key=lambda each: each.age or timedelta())
    short = [each for each in found.kept if each.age is not None and longest.age is not None and each.age < longest.age]
    if short:
        whose = "; ".join(f"{each} < {longest}" for each in short)
        return Judgement(name, ok=False, arithmetic=whose, change=" and ".join(each.setting for each in short))
    return Judgement(name, ok=True, arithmetic=text)


def _versions(found: Retention, bucket: str, rules: Sequence[LifecycleRule], blocks: str) -> Judgement:
    """Old versions of the file system's blocks outlive the database's backups, whose rows name them."""
    name = "old-versions-outlive-the-backups"
    expiring = [each for each in rules if each.noncurrent_days is not None and blocks and each.meets(blocks)]
    shortest = min(expiring, key=lambda each: each.noncurrent_days or 0, default=None)
    if shortest is None or shortest.noncurrent_days is None:
        return Judgement(
            name, ok=True, arithmetic=f"bucket {bucket}: no rule expires old versions of {blocks or 'the files'}"
        )
    kept = found.of("rondb")
    markers = "" if any(each.lone_markers for each in rules) else "; lone delete markers stay for ever"
    where = f"bucket {bucket}, rule {shortest.id}: versions {shortest.noncurrent_days} d"
    if kept.age is None:
        return Judgement(
            name, ok=False, arithmetic=f"{where} < backups for ever, as {kept.setting} is not set", change=kept.setting
        )
    longest = kept.age + found.period + found.backup
    ok = shortest.noncurrent_days * DAY >= longest
    parts = f"ttl {kept.said} + {found.schedule} {span(found.period)} + backup {span(found.backup)} = {span(longest)}"
    need = math.ceil(longest / DAY)
    return Judgement(
        name,
        ok,
        f"{where} {'>=' if ok else '<'} {parts}{markers if ok else ''}",
        "" if ok else f"NoncurrentDays to {need} or more, or {kept.setting}",
    )


def _current(bucket: str, rules: Sequence[LifecycleRule], prefixes: Iterable[str]) -> Judgement:
    """Nothing that is current expires: the platform's own clean-up removes backups, and snapshots share files."""
    hit = [
        f"rule {rule.id} expires current objects below {prefix} {rule.expires_current}"
        for rule in rules
        if rule.expires_current
        for prefix in prefixes
        if rule.meets(prefix)
    ]
    name = "current-objects-do-not-expire"
    if hit:
        return Judgement(
            name,
            ok=False,
            arithmetic=f"bucket {bucket}: {'; '.join(hit)}",
            change="the rule's Expiration, or its Filter",
        )
    return Judgement(name, ok=True, arithmetic=f"bucket {bucket}: no rule expires current objects of the platform")
