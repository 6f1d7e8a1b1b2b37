"""The fields that plan and environment fill: who, what, where, when, by whose leave."""

from pathlib import Path
from typing import Any

from hopsdrill.model import events as ev
from hopsdrill.report import fields as f
from hopsdrill.report.accounts import Interlock
from hopsdrill.report.gap import Gap, or_gap
from hopsdrill.report.model import SCHEMA
from hopsdrill.report.overhead import overhead
from hopsdrill.verdict.facts import Facts


ABSENT = "the plan does not say"
UNSEEN = Gap(gap="the environment was not recorded, so nobody can say")
UNSTARTED = Gap(gap="the run's start was not journalled, and with it the plan and what it leaves out")


def excluded(facts: Facts) -> list[str]:
    """Exclusions remarked while the run was under way."""
    return [seen.event.text for seen in facts.all(ev.Noted) if seen.event.topic == "exclusion"]


def identity(started: ev.RunStarted | None, plan: dict[str, Any], folder: Path) -> f.Identity:
    """Field 1."""
    none = "the run's start was not journalled"
    return f.Identity(
        report_id=started.run_id if started else folder.name,
        schema_version=SCHEMA,
        drill=or_gap(plan.get("name"), none),
        plan_file=or_gap(started.plan_file if started else None, none),
        plan_digest=or_gap(started.plan_digest if started else None, none),
        vcs_commit=or_gap(started.commit if started else None, "the plan's file lay in no git repository"),
    )


def purpose(facts: Facts, plan: dict[str, Any]) -> f.Purpose:
    """Field 2."""
    criteria = [
        f.Criteria(event=each.seq, scenario=each.event.scenario, proofs=each.event.proofs, actions=each.event.actions)
        for each in facts.all(ev.ScenarioPlanned)
    ]
    return f.Purpose(
        title=or_gap(plan.get("title"), ABSENT),
        hypothesis=or_gap(plan.get("hypothesis"), ABSENT),
        criteria=or_gap(criteria, "no scenario was planned"),
    )


def kind(seen: ev.EnvironmentSeen | None, plan: dict[str, Any]) -> f.Kind:
    """Field 3."""
    return f.Kind(
        type=or_gap(plan.get("type"), ABSENT),
        real=or_gap(seen.components if seen else None, "the environment was not recorded"),
        simulated=seen.stand_ins if seen else UNSEEN,
        substitutions=seen.substitutions if seen else UNSEEN,
    )


def scope(facts: Facts, plan: dict[str, Any]) -> f.Scope:
    """Field 4."""
    return f.Scope(
        features=or_gap(plan.get("features"), ABSENT),
        scenarios=or_gap(list(facts.declared), "no scenario was planned"),
        exclusions=or_gap([*plan.get("exclusions", []), *excluded(facts)], "none declared"),
    )


def setting(plan: dict[str, Any], governance: dict[str, Any]) -> f.Setting:
    """Field 5."""
    return f.Setting(
        description=or_gap(plan.get("scenario_description"), ABSENT),
        **{name: or_gap(governance.get(name), ABSENT) for name in ("severity", "plausibility", "bia_reference")},
    )


def people(governance: dict[str, Any], started: ev.RunStarted | None) -> f.People:
    """Field 6."""
    roles = governance.get("roles") or {}
    names = ("owner", "commander", "operator", "observer", "approver", "independence")
    machine = ", ".join(f"{name} {value}" for name, value in (started.host if started else {}).items())
    return f.People(
        machine=f"hopsdrill {started.tool_version} on {machine}" if started else "not recorded",
        **{name: or_gap(roles.get(name), ABSENT) for name in names},
    )


def authorisation(facts: Facts, governance: dict[str, Any]) -> f.Authorisation:
    """Field 7."""
    window = governance.get("window")
    gates = [
        Interlock(event=each.seq, **each.event.model_dump(exclude={"type"})) for each in facts.all(ev.InterlockChecked)
    ]
    return f.Authorisation(
        allowed_by=or_gap((governance.get("roles") or {}).get("approver"), ABSENT),
        ticket=or_gap(governance.get("ticket"), ABSENT),
        window=or_gap(f"{window['opens']} to {window['closes']}" if window else None, ABSENT),
        interlocks=or_gap(gates, "no interlock was reached"),
    )


def times(facts: Facts, seen: ev.EnvironmentSeen | None, governance: dict[str, Any]) -> f.Times:
    """Field 8."""
    first, last = (facts.entries[0], facts.entries[-1]) if facts.entries else (None, None)
    ends = facts.all(ev.RunFinished)
    window = governance.get("window")
    return f.Times(
        planned=or_gap(window["opens"] if window else None, ABSENT),
        started=or_gap(
            first.at if first and isinstance(first.event, ev.RunStarted) else None, "the run's start was not journalled"
        ),
        ended=or_gap(
            ends[-1].at if ends else None,
            f"the run's end was not journalled; its last entry is of {last.at}" if last else "the journal is empty",
        ),
        seconds=or_gap(last.mono_ms / 1000 if last else None, "the journal is empty"),
        clock="UTC of the machine that ran the drill; durations by its monotonic clock",
        clock_offset_s=or_gap(seen.clock_offset_s if seen else None, "measured per recovery, see the loss accounting"),
        overhead=overhead(facts),
    )


def systems(started: ev.RunStarted | None, seen: ev.EnvironmentSeen | None) -> f.Systems:
    """Field 9."""
    return f.Systems(
        tool=or_gap(f"hopsdrill {started.tool_version}" if started else None, "not recorded"),
        components=or_gap(seen.components if seen else None, "the environment was not recorded"),
        host=or_gap(started.host if started else None, "not recorded"),
    )


def place(seen: ev.EnvironmentSeen | None) -> f.Place:
    """Field 10."""
    none = "the environment was not recorded"
    return f.Place(
        cluster=or_gap(seen.cluster if seen else None, none),
        context=or_gap(seen.context if seen else None, none),
        cluster_uid=or_gap(seen.cluster_uid if seen else None, none),
        created_by_lab=or_gap(seen.created_by_lab if seen else None, none),
        segregation=or_gap(
            "the lab's own cluster, network and object store, on one machine" if seen and seen.created_by_lab else None,
            none,
        ),
    )
