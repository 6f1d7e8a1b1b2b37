"""Backups under test, recovery time and recovery point, as the journal has them."""

import math

from hopsdrill.core.clock import parse_utc
from hopsdrill.model import events as ev
from hopsdrill.report.accounts import (
    BackupAccount,
    Basis,
    CompletenessAccount,
    LossAccount,
    Measure,
    PhaseAccount,
    RpoAccount,
    RtoAccount,
)
from hopsdrill.report.gap import Gap, Text, or_gap
from hopsdrill.report.stores import clock_offsets, skew_cells, store_points
from hopsdrill.verdict.facts import Facts, Seen
from hopsdrill.verdict.wording import NO_SOURCE, duration


NOT_MEASURED = Gap(gap="not measured")
NOT_ASKED = "nobody asked the object store"
START_RULES = {
    "disaster": "from the disaster",
    "detection": "from the disaster's detection",
    "declaration": "from the declaration, which is the decision to recover",
}


def backups(facts: Facts) -> list[BackupAccount]:
    """Every declared recovery point, its age counted at its scenario's disaster."""
    disasters = facts.by_scenario(ev.DisasterDeclared)
    return [_backup(seen, disasters.get(seen.event.scenario, [])) for seen in facts.all(ev.RecoveryPoint)]


def _backup(seen: Seen[ev.RecoveryPoint], disasters: list[Seen[ev.DisasterDeclared]]) -> BackupAccount:
    point, last = seen.event, disasters[-1] if disasters else None
    age = round((parse_utc(last.at) - parse_utc(point.moment)).total_seconds(), 3) if last else None
    left = ", ".join(f"{store} until {until}" for store, until in point.expires.items())
    return BackupAccount(
        event=seen.seq,
        scenario=point.scenario,
        ids=point.ids,
        moment=point.moment,
        rule=point.rule,
        age_s=or_gap(age, "no disaster was declared"),
        age_at=last.at if last else "",
        schedule=point.schedule,
        size_bytes=point.size_bytes,
        object_count=point.object_count,
        location=or_gap(point.location, NOT_ASKED),
        encryption=or_gap(point.encryption, NOT_ASKED),
        immutability=or_gap(point.immutability, NOT_ASKED),
        ttl_left=or_gap(left, "no backup says until when it is kept"),
    )


def completeness(facts: Facts) -> list[CompletenessAccount]:
    """Every kind that was counted, in order of counting."""
    return [_counted(seen) for seen in facts.all(ev.CompletenessCounted)]


def _counted(seen: Seen[ev.CompletenessCounted]) -> CompletenessAccount:
    one, columns = seen.event, ("expected", "backed_up", "restored", "live")
    why = {**one.uncounted, **one.opaque}
    numbers = {each: or_gap(getattr(one, each), why.get(each, "not counted")) for each in columns}
    return CompletenessAccount(
        event=seen.seq, scenario=one.scenario, store=one.store, kind=one.kind, gaps=one.gaps, **numbers
    )


def margin_of(event: ev.ObjectiveMeasured) -> float | None:
    """Seconds left to the target after the measurement error; None when it was not measured, or has no target."""
    if event.measured_s is None or event.target_s is None:
        return None
    return round(event.target_s - event.measured_s - abs(event.error_s), 3)


def _measure(seen: Seen[ev.ObjectiveMeasured]) -> Measure:
    event, margin = seen.event, margin_of(seen.event)
    return Measure(
        event=seen.seq,
        objective=event.objective,
        measured_s=or_gap(event.measured_s, "not measured"),
        error_s=event.error_s,
        target_s=or_gap(event.target_s, "the plan sets none"),
        margin_s=or_gap(margin, "the plan sets none" if event.target_s is None else "not measured"),
        met=margin >= 0 if margin is not None else None,
        lower_bound=event.lower_bound,
        source=or_gap(event.source, NO_SOURCE),
        basis=event.basis,
    )


def objectives(facts: Facts) -> list[Measure]:
    """Every measurement of an objective, in order."""
    return [_measure(seen) for seen in facts.all(ev.ObjectiveMeasured)]


def worst_measures(facts: Facts) -> list[Measure]:
    """Every objective once: where it was not measured, else where it left the smallest share of its target."""
    worst: dict[str, Measure] = {}
    for made in map(_measure, facts.all(ev.ObjectiveMeasured)):
        if made.objective not in worst or _left(made) < _left(worst[made.objective]):
            worst[made.objective] = made
    return list(worst.values())


def _left(made: Measure) -> float:
    if isinstance(made.margin_s, Gap) or isinstance(made.target_s, Gap):
        return -math.inf if isinstance(made.measured_s, Gap) else math.inf
    return made.margin_s / made.target_s if made.target_s else made.margin_s


def _objectives(facts: Facts, scenario: str) -> dict[str, Measure]:
    return {seen.event.objective: _measure(seen) for seen in facts.by_scenario(ev.ObjectiveMeasured).get(scenario, [])}


def recovery_times(facts: Facts) -> list[RtoAccount]:
    """Recovery time of every scenario that declared a disaster or measured one."""
    disasters, phases = facts.by_scenario(ev.DisasterDeclared), facts.by_scenario(ev.PhaseMeasured)
    none = "no disaster was declared"
    made = []
    for scenario in dict.fromkeys([*disasters, *phases]):
        first = disasters[scenario][0] if scenario in disasters else None
        made.append(
            RtoAccount(
                scenario=scenario,
                disaster=or_gap(first.event.what if first else None, none),
                start_rule=or_gap(_start_rule(facts, first.event.rule) if first else None, none),
                started=or_gap(first.at if first else None, none),
                total=_objectives(facts, scenario).get("rto", NOT_MEASURED),
                phases=or_gap([_phase(seen.event) for seen in phases.get(scenario, [])], "no phase was measured"),
            )
        )
    return made


def _start_rule(facts: Facts, said: str) -> str:
    """By which rule the clock started: the plan's, where it has one."""
    aims = next((seen.event.plan.get("objectives") or {} for seen in facts.all(ev.RunStarted)), {})
    return START_RULES.get(str(aims.get("start_clock")), said)


def _phase(event: ev.PhaseMeasured) -> PhaseAccount:
    basis: Basis = "attested" if event.attested_by else "not measured" if event.seconds is None else "measured"
    return PhaseAccount(
        phase=event.phase,
        seconds=or_gap(event.seconds, "not measured"),
        error_s=or_gap(event.error_s, "not stated" if basis == "measured" else basis),
        basis=basis,
        note=event.note,
    )


def recovery_points(facts: Facts) -> list[RpoAccount]:
    """Recovery point of every scenario that measured one or accounted for its losses."""
    losses, measured = facts.by_scenario(ev.LossAccounted), facts.by_scenario(ev.ObjectiveMeasured)
    made = []
    for scenario in dict.fromkeys([*losses, *measured]):
        found = _objectives(facts, scenario)
        loss = [
            LossAccount(event=seen.seq, **seen.event.model_dump(exclude={"type", "scenario"}))
            for seen in losses.get(scenario, [])
        ]
        made.append(
            RpoAccount(
                scenario=scenario,
                measured=found.get("rpo", NOT_MEASURED),
                worst_case=found.get("rpo-worst-case", NOT_MEASURED),
                loss=or_gap(loss, "no loss was accounted for"),
                stores=store_points(facts, scenario),
                skew=found.get("skew", NOT_MEASURED),
                skews=skew_cells(facts, scenario),
                clocks=clock_offsets(facts, scenario),
            )
        )
    return made


def measured_text(one: Measure) -> str:
    """What was measured, with its error: ``at least 2 min 41 s ± 0.3 s``."""
    if isinstance(one.measured_s, Gap):
        return one.measured_s.gap
    return f"{'at least ' if one.lower_bound else ''}{duration(one.measured_s)} ± {duration(one.error_s)}"


def phase_text(one: PhaseAccount) -> str:
    """How long a phase took, with its error: ``41.4 s ± 0.2 s``, ``4 min (attested)``, ``not measured``."""
    if isinstance(one.seconds, Gap):
        return one.seconds.gap
    if one.basis == "attested":
        return f"{duration(one.seconds)} (attested)"
    return f"{duration(one.seconds)} ± {seconds_text(one.error_s)}"


def met_text(one: Measure) -> str:
    """Whether it was met; nothing is said where nothing can be."""
    return "" if one.met is None else "met" if one.met else "MISSED"


def known_state(facts: Facts) -> Text:
    """Whether the platform was brought to a state that is known: what the proofs after the first disaster say of the data."""
    first = next((seen.seq for seen in facts.all(ev.DisasterDeclared)), None)
    if first is None:
        return Gap(gap="no disaster was declared, so nothing was to be reconstituted")
    after = [seen.event for seen in facts.all(ev.ProofRecorded) if seen.event.data and seen.seq > first]
    passed = sum(each.status is ev.Status.PASSED for each in after)
    return or_gap(
        f"{passed} of {len(after)} proofs of the data after the first disaster passed" if after else None,
        "no proof looked at the data after the disaster",
    )


def seconds_text(value: float | Gap | None) -> str:
    """A duration, or why there is none."""
    return value.gap if isinstance(value, Gap) else duration(value)
