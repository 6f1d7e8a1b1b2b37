"""Feasibility before harm: what a plan's own settings and the bucket's lifecycle rules say, before anything is touched."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from hopsdrill.adapters.s3 import ObjectStore
from hopsdrill.core import ttl
from hopsdrill.core.errors import PlanError
from hopsdrill.model.plan import Plan
from hopsdrill.model.profile import Profile
from hopsdrill.plan.strict_yaml import parse
from hopsdrill.proof.objectives import longest_gap
from hopsdrill.recovery.values import at_path, filled
from hopsdrill.run.session import chart_of
from hopsdrill.safety.capacity import Timed, time_for, versions_agree
from hopsdrill.safety.feasibility import Judgement, Kept, Retention, by_bucket, by_plan
from hopsdrill.safety.interlocks import Gate


KUBERNETES = "kubernetes"


def retention(plan: Plan, profile: Profile) -> Retention:
    """What a plan and its profile's values say of schedule and retention."""
    given: dict[str, Any] = filled(profile.values, {"schedule": plan.schedule})
    read = {name: str(at_path(given, path) or "") for name, path in profile.backup_values.items()}
    schedule = read.get("schedule") or plan.schedule
    unreadable = {profile.backup_values[name]: why for name, why in faults(read).items()}
    return Retention(
        schedule,
        longest_gap(schedule),
        plan.deadlines.backup,
        plan.objectives.rpo.within,
        tuple(_kept(profile, read)),
        unreadable,
    )


def faults(read: Mapping[str, str]) -> dict[str, str]:
    """Times to live that their store does not understand, by their name in the profile's ``backup_values``."""
    return {name: why for name, text in read.items() if name.startswith("ttl") and (why := ttl.fault(name, text))}


def _kept(profile: Profile, read: Mapping[str, str]) -> list[Kept]:
    made: dict[str, Kept] = {}
    for store in profile.recorded:
        name = f"ttl_{store}" if read.get(f"ttl_{store}") else "ttl"
        setting = profile.backup_values.get(name, name)
        before = made.get(setting)
        said = read.get(name, "")
        stores = (*(before.stores if before else ()), store)
        made[setting] = Kept(stores, ttl.age(said) if said else None, said, setting, asked=bool(said))
    return [*made.values(), _of_velero(profile, read)]


def _of_velero(profile: Profile, read: Mapping[str, str]) -> Kept:
    names, own, common = profile.kubernetes, read.get("ttl_kubernetes", ""), read.get("ttl", "")
    setting = profile.backup_values.get("ttl_kubernetes", "the ttl of Velero's Schedules")
    if own:
        return Kept((KUBERNETES,), ttl.go_duration(own), own, setting, asked=True)
    if common and names.follows_ttl:
        return Kept((KUBERNETES,), ttl.age(common), common, setting, asked=True)
    return Kept(
        (KUBERNETES,), _default(names.default_ttl), f"{names.default_ttl} by Velero's own default", setting, asked=False
    )


def _default(text: str) -> timedelta:
    found = ttl.go_duration(text)
    if found is None:
        msg = f"The platform profile's kubernetes.default_ttl is {text!r}."
        raise PlanError(msg, hint="write a Go duration such as 720h")
    return found


def planned(plan: Plan, profile: Profile, known: Sequence[Timed] = ()) -> list[Judgement]:
    """What follows from a plan, its profile, its chart and earlier restores, each with its arithmetic."""
    aims = plan.objectives
    return [
        *by_plan(retention(plan, profile)),
        time_for(aims.rto.within, aims.at_size, known),
        versions_agree(profile.version, {f"the chart {profile.chart}": _chart_says(profile)}),
    ]


def _chart_says(profile: Profile) -> str:
    """The version in the chart's own file; empty where it is not a folder here, and only helm could ask."""
    path = Path(chart_of(profile.chart)) / "Chart.yaml"
    return str(parse(path).value["version"]) if path.is_file() else ""


def require_planned(plan: Plan, profile: Profile, known: Sequence[Timed] = ()) -> None:
    """See that a plan can pass at all.

    Raises:
        PlanError: it cannot; names each setting to change.
    """
    wrong = [f"  - {each.name}: {each}" for each in planned(plan, profile, known) if not each.ok]
    if wrong:
        msg = f"The plan {plan.name} cannot pass as it is:\n" + "\n".join(wrong)
        raise PlanError(msg, hint="change what the lines name; nothing was touched")


def live(plan: Plan, profile: Profile, store: ObjectStore) -> list[Judgement]:
    """What follows from the lifecycle rules of the buckets the platform writes to.

    Raises:
        OperationError: they cannot be read.
    """
    found, blocks = retention(plan, profile), profile.hopsfs.bucket_prefix if profile.hopsfs else ""
    own = str(at_path(profile.values, profile.backup_values.get("bucket", "")) or store.ref.bucket)
    return [
        each
        for bucket in sorted({own, store.ref.bucket})
        for each in by_bucket(found, bucket, store.other(bucket).lifecycle(), profile.bucket_prefixes, blocks)
    ]


def gates(plan: Plan, profile: Profile, store: ObjectStore, known: Sequence[Timed] = ()) -> dict[str, Gate]:
    """Every judgement as a gate before harm, so that it is in the journal with its arithmetic."""
    named: dict[str, list[Judgement]] = {}
    for each in planned(plan, profile, known):
        named.setdefault(each.name, []).append(each)
    fixed = {name: partial(answer, judged) for name, judged in named.items()}
    return {**fixed, "lifecycle-agrees-with-retention": lambda: answer(live(plan, profile, store))}


def answer(judged: Sequence[Judgement]) -> tuple[bool | None, str]:
    """Several judgements as one gate's answer: one that is not well shuts it; one that is not known leaves it not known."""
    shown = [each for each in judged if not each.ok] or judged
    well = False if any(not each.ok for each in judged) else True if all(each.known for each in judged) else None
    return well, "; ".join(map(str, shown))
