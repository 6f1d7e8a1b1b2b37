"""Rules about objectives: what must be measured, and what counts as met."""

import math
from collections.abc import Iterator

from hopsdrill.core.clock import parse_utc
from hopsdrill.model import events as ev
from hopsdrill.verdict.facts import Facts
from hopsdrill.verdict.outcome import Verdict
from hopsdrill.verdict.rule import Cause, rule
from hopsdrill.verdict.wording import NO_SOURCE, duration


ATTESTABLE = (ev.Phase.DETECT, ev.Phase.DECIDE)
JUDGED = ("rto", "rpo")  # what a run that recovers must measure: the plan always sets both


@rule(Verdict.UNKNOWN, "an objective that a scenario declares was not measured, or has no value")
def objective_not_measured(facts: Facts) -> Iterator[Cause]:
    """A measurement that was promised must be there."""
    for seen in facts.all(ev.ObjectiveMeasured):
        if _value(seen.event) is None:
            yield Cause(f"{seen.event.objective} has no value: {seen.event.basis}", (seen.seq,), seen.event.scenario)
    measured = facts.by_scenario(ev.ObjectiveMeasured)
    for scenario, declared in facts.declared.items():
        done = {seen.event.objective for seen in measured.get(scenario, [])}
        for objective in sorted(declared.objectives - done):
            yield Cause(f"{objective} was declared, but not measured", declared.events, scenario)


@rule(
    Verdict.UNKNOWN,
    "a disaster was declared in a run of the whole plan, and no scenario declares that it measures RTO and RPO, or has measured them",
)
def recovery_not_measured(facts: Facts) -> Iterator[Cause]:
    """The plan sets both, so that a run which recovers and measures neither has left them open; a share of a plan may.

    Journals from before scenarios declared objectives are judged by what was measured.
    """
    if any(seen.event.share for seen in facts.all(ev.RunStarted)):
        return
    known = {seen.event.objective for seen in facts.all(ev.ObjectiveMeasured)}
    known = known.union(*(each.objectives for each in facts.declared.values()))
    left = [objective for objective in JUDGED if objective not in known]
    for seen in facts.all(ev.DisasterDeclared)[:1] if left else ():
        yield Cause(f"a disaster was declared, and no scenario measures {' and '.join(left)}", (seen.seq,))


@rule(
    Verdict.INVALID,
    "an attested step is not one of detect and decide, or ends before it begins, after it was entered, or after the disaster was declared",
)
def attested_out_of_turn(facts: Facts) -> Iterator[Cause]:
    """A word stands only for what was over before the restore began."""
    declared = [parse_utc(seen.at) for seen in facts.all(ev.DisasterDeclared)]
    for seen in facts.all(ev.PhaseAttested):
        one, ended = seen.event, parse_utc(seen.event.ended)
        wrong = {
            f"{one.phase} is measured, not attested": one.phase not in ATTESTABLE,
            f"it ends at {one.ended}, before it begins at {one.began}": ended < parse_utc(one.began),
            f"it ends at {one.ended}, and was entered at {seen.at}": ended > parse_utc(seen.at),
            f"it ends at {one.ended}, when the restore had begun": any(ended > moment for moment in declared),
        }
        for why in (text for text, holds in wrong.items() if holds):
            yield Cause(f"{one.phase} as {one.who} attests cannot stand: {why}", (seen.seq,))


@rule(Verdict.INVALID, "a phase counts as attested by somebody who attested no such phase")
def attested_by_nobody(facts: Facts) -> Iterator[Cause]:
    """Somebody has to have given his word."""
    given = {(seen.event.phase, seen.event.who) for seen in facts.all(ev.PhaseAttested)}
    for seen in facts.all(ev.PhaseMeasured):
        phase, who = seen.event.phase, seen.event.attested_by
        if who and (phase, who) not in given:
            yield Cause(
                f"{phase} counts as attested by {who}, who attested nothing of it", (seen.seq,), seen.event.scenario
            )


@rule(Verdict.BREACHED, "a measured value plus its error exceeds the target")
def objective_missed(facts: Facts) -> Iterator[Cause]:
    """Recovered, but not in the bounds."""
    for seen in facts.all(ev.ObjectiveMeasured):
        value, target = _value(seen.event), seen.event.target_s
        if value is not None and target is not None and not value + abs(seen.event.error_s) <= target:
            text = (
                f"{seen.event.objective}: {duration(value)} ± {duration(abs(seen.event.error_s))} measured, "
                f"{duration(target)} allowed ({seen.event.source or NO_SOURCE})"
            )
            yield Cause(text, (seen.seq,), seen.event.scenario)


def _value(event: ev.ObjectiveMeasured) -> float | None:
    """A value that can be judged: a number, and not a negative time."""
    value = event.measured_s
    return value if value is not None and math.isfinite(value) and value >= 0 else None
