"""From a journal to a report: a pure function of the entries and of the evidence files beside them."""

from pathlib import Path
from typing import Any

from hopsdrill.journal.writer import NAME
from hopsdrill.model import events as ev
from hopsdrill.report import fields as f
from hopsdrill.report.accounts import Interlock, Remark
from hopsdrill.report.artefacts import evidence
from hopsdrill.report.gap import LATER, Gap, or_gap
from hopsdrill.report.measured import backups, recovery_points, recovery_times
from hopsdrill.report.model import SCHEMA, Report
from hopsdrill.report.story import actions, proofs, scenarios
from hopsdrill.report.summary import summary
from hopsdrill.verdict import Judgement, exit_code, judge
from hopsdrill.verdict.facts import Facts


ABSENT = "the plan does not say"
NEVER = Gap(gap=LATER)


def build(folder: Path, entries: tuple[ev.Entry, ...], *, withheld: bool = False) -> Report:
    """Make a report.

    Args:
        folder: the run's folder; only ``evidence/`` in it is read.
        entries: the journal.
        withheld: an artefact held a secret and was removed.
    """
    facts = Facts(entries)
    judgement = judge(entries)
    started = next((seen.event for seen in facts.all(ev.RunStarted)), None)
    plan = started.plan if started else {}
    seen = [each.event for each in facts.all(ev.EnvironmentSeen)]
    code = exit_code(judgement, withheld=withheld)
    return Report(
        verdict=str(judgement.verdict) if judgement.verdict else None,
        headline=judgement.headline,
        meaning=judgement.verdict.meaning if judgement.verdict else "the drill was not conducted: nothing was tried",
        exit_code=code,
        exit_codes=list(dict.fromkeys([code, *judgement.codes])),
        run_id=started.run_id if started else folder.name,
        title=str(plan.get("title") or folder.name),
        not_covered=[*plan.get("exclusions", []), *_excluded(facts)],
        stand_ins=[each for event in seen for each in event.stand_ins],
        substitutions=[each for event in seen for each in event.substitutions],
        summary=summary(facts, judgement, plan, started.command if started else []),
        fields=_fields(folder, facts, judgement, started, plan),
    )


def _excluded(facts: Facts) -> list[str]:
    return [seen.event.text for seen in facts.all(ev.Noted) if seen.event.topic == "exclusion"]


def _fields(
    folder: Path, facts: Facts, judgement: Judgement, started: ev.RunStarted | None, plan: dict[str, Any]
) -> f.Fields:
    seen = next((each.event for each in facts.all(ev.EnvironmentSeen)), None)
    governance, told = plan.get("governance") or {}, scenarios(facts, judgement)
    checks = proofs(facts)
    whole = [each for each in checks if not each.data and each.store != "platform"]
    return f.Fields(
        identity=_identity(started, plan, folder),
        purpose=_purpose(facts, plan),
        type=_kind(seen, plan),
        scope=_scope(facts, plan),
        scenario=_setting(plan, governance),
        roles=_people(governance, started),
        authorisation=_authorisation(facts, governance),
        times=_times(facts, seen, governance),
        systems=_systems(started, seen),
        environment=_place(seen),
        backup=or_gap(backups(facts), "no recovery point was declared"),
        integrity_before_restore=or_gap(whole, "no backup was checked before a restore"),
        completeness=f.Completeness(
            checks=or_gap(whole, "not checked"), sampling="none: every object, table and row is compared"
        ),
        steps=f.Steps(
            actor="hopsdrill, as the operator would",
            retries="none: an operation is tried once",
            scenarios=told[0],
            outside=told[1],
        ),
        rto=or_gap(recovery_times(facts), "no recovery was timed"),
        rpo=f.PointAccounts(accounts=or_gap(recovery_points(facts), "no recovery point was measured"), skew=NEVER),
        validation=f.Validation(
            proofs=or_gap(checks, "no proof was recorded"),
            security="users, grants, roles, role bindings and secrets are compared; network policies are not",
            reconstitution=NEVER,
        ),
        actions=or_gap(actions(facts), "nothing was done to the data on purpose"),
        deviations=_deviations(facts),
        verdict=f.Ruling(
            verdict=str(judgement.verdict) if judgement.verdict else None,
            rules="docs/reference/verdict.md, generated from the code that judges",
            reasons=list(judgement.reasons),
        ),
        findings=f.Findings(items=[], lifecycle=NEVER),
        corrective_actions=NEVER,
        trend=NEVER,
        controls=NEVER,
        evidence=or_gap(evidence(folder, facts.entries), "none was captured"),
        integrity=_integrity(facts),
        redaction=_redaction(facts),
        cleanup=_cleanup(facts),
        sign_off=NEVER,
        retention=or_gap(governance.get("retention"), ABSENT),
        next_drill=or_gap(governance.get("next_drill_due"), ABSENT),
        distribution=f.Distribution(
            recipients=or_gap(governance.get("distribution"), ABSENT),
            confidentiality=or_gap(governance.get("confidentiality"), ABSENT),
        ),
    )


def _identity(started: ev.RunStarted | None, plan: dict[str, Any], folder: Path) -> f.Identity:
    none = "the run's start was not journalled"
    return f.Identity(
        report_id=started.run_id if started else folder.name,
        schema_version=SCHEMA,
        drill=or_gap(plan.get("name"), none),
        plan_file=or_gap(started.plan_file if started else None, none),
        plan_digest=or_gap(started.plan_digest if started else None, none),
        vcs_commit=NEVER,
    )


def _purpose(facts: Facts, plan: dict[str, Any]) -> f.Purpose:
    criteria = [
        f.Criteria(event=each.seq, scenario=each.event.scenario, proofs=each.event.proofs, actions=each.event.actions)
        for each in facts.all(ev.ScenarioPlanned)
    ]
    return f.Purpose(
        title=or_gap(plan.get("title"), ABSENT),
        hypothesis=or_gap(plan.get("hypothesis"), ABSENT),
        criteria=or_gap(criteria, "no scenario was planned"),
    )


def _kind(seen: ev.EnvironmentSeen | None, plan: dict[str, Any]) -> f.Kind:
    return f.Kind(
        type=or_gap(plan.get("type"), ABSENT),
        real=or_gap(seen.components if seen else None, "the environment was not recorded"),
        simulated=seen.stand_ins if seen else [],
        substitutions=seen.substitutions if seen else [],
    )


def _scope(facts: Facts, plan: dict[str, Any]) -> f.Scope:
    return f.Scope(
        features=or_gap(plan.get("features"), ABSENT),
        scenarios=or_gap(list(facts.declared), "no scenario was planned"),
        exclusions=or_gap([*plan.get("exclusions", []), *_excluded(facts)], "none declared"),
    )


def _setting(plan: dict[str, Any], governance: dict[str, Any]) -> f.Setting:
    return f.Setting(
        description=or_gap(plan.get("scenario_description"), ABSENT),
        **{name: or_gap(governance.get(name), ABSENT) for name in ("severity", "plausibility", "bia_reference")},
    )


def _people(governance: dict[str, Any], started: ev.RunStarted | None) -> f.People:
    roles = governance.get("roles") or {}
    names = ("owner", "commander", "operator", "observer", "approver", "independence")
    machine = ", ".join(f"{name} {value}" for name, value in (started.host if started else {}).items())
    return f.People(
        machine=f"hopsdrill {started.tool_version} on {machine}" if started else "not recorded",
        **{name: or_gap(roles.get(name), ABSENT) for name in names},
    )


def _authorisation(facts: Facts, governance: dict[str, Any]) -> f.Authorisation:
    window = governance.get("window")
    gates = [
        Interlock(event=each.seq, name=each.event.name, open=each.event.open, reason=each.event.reason)
        for each in facts.all(ev.InterlockChecked)
    ]
    return f.Authorisation(
        allowed_by=or_gap((governance.get("roles") or {}).get("approver"), ABSENT),
        ticket=or_gap(governance.get("ticket"), ABSENT),
        window=or_gap(f"{window['opens']} to {window['closes']}" if window else None, ABSENT),
        interlocks=or_gap(gates, "no interlock was reached"),
    )


def _times(facts: Facts, seen: ev.EnvironmentSeen | None, governance: dict[str, Any]) -> f.Times:
    first, last = (facts.entries[0], facts.entries[-1]) if facts.entries else (None, None)
    window = governance.get("window")
    return f.Times(
        planned=or_gap(window["opens"] if window else None, ABSENT),
        started=or_gap(first.at if first else None, "the journal is empty"),
        ended=or_gap(last.at if last else None, "the journal is empty"),
        seconds=or_gap(last.mono_ms / 1000 if last else None, "the journal is empty"),
        clock="UTC of the machine that ran the drill; durations by its monotonic clock",
        clock_offset_s=or_gap(seen.clock_offset_s if seen else None, "measured per recovery, see the loss accounting"),
    )


def _systems(started: ev.RunStarted | None, seen: ev.EnvironmentSeen | None) -> f.Systems:
    return f.Systems(
        tool=or_gap(f"hopsdrill {started.tool_version}" if started else None, "not recorded"),
        components=or_gap(seen.components if seen else None, "the environment was not recorded"),
        host=or_gap(started.host if started else None, "not recorded"),
    )


def _place(seen: ev.EnvironmentSeen | None) -> f.Place:
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


def _deviations(facts: Facts) -> list[Remark]:
    notes = [
        Remark(event=each.seq, topic=each.event.topic, text=each.event.text, evidence=each.event.evidence)
        for each in facts.all(ev.Noted)
        if each.event.topic != "exclusion"
    ]
    broken = [
        Remark(event=each.seq, topic="step", text=f"{each.event.status}: {each.event.error}", evidence=[])
        for each in facts.all(ev.StepFinished)
        if each.event.status is not ev.Status.PASSED
    ]
    return sorted([*notes, *broken], key=lambda each: each.event)


def _integrity(facts: Facts) -> f.Integrity:
    return f.Integrity(
        entries=len(facts.entries),
        chain="every entry holds the SHA-256 of the one before; the chain was whole when this report was written",
        head=or_gap(facts.entries[-1].hash if facts.entries else None, "the journal is empty"),
        signature=NEVER,
        time_stamp=NEVER,
        check=f"hopsdrill report show <this folder> computes the verdict again from {NAME}",
    )


def _redaction(facts: Facts) -> f.Redaction:
    text = "".join(entry.event.model_dump_json() for entry in facts.entries)
    return f.Redaction(
        rules="every secret that is loaded or generated is registered and masked in all its encodings (core/redact.py)",
        masked=text.count("[redacted]"),
        leak_scan="every artefact is scanned for registered secrets when the run ends; one that holds a secret is withheld (exit code 9)",
    )


def _cleanup(facts: Facts) -> f.Cleanup:
    ends = facts.all(ev.CleanupFinished)
    left = [seen.event.resource for seen in facts.unsettled]
    kept = bool(ends) and ends[-1].event.kept_on_purpose
    made = [seen.event.resource for seen in facts.all(ev.ResourceCreated)]
    statement = (
        "nothing was created"
        if not made
        else "everything that was created is gone"
        if not left
        else f"{len(left)} things are still there"
    )
    return f.Cleanup(
        statement=statement + (", on purpose" if kept and left else ""),
        created=made,
        removed=[seen.event.resource for seen in facts.all(ev.ResourceRemoved)],
        left=left,
        kept_on_purpose=kept,
        elsewhere_untouched="only the cluster whose UID the lab recorded may be changed; every changing call checks it",
    )
