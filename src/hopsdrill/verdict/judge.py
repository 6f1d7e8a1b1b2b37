"""The verdict of a run, and its headline: a pure function of the journal's entries."""

from collections.abc import Sequence

from hopsdrill.model import events as ev
from hopsdrill.verdict import completeness_rules as completeness
from hopsdrill.verdict import objective_rules as objective
from hopsdrill.verdict import proof_rules as proof
from hopsdrill.verdict import run_rules as run
from hopsdrill.verdict import scenario_rules as scenario
from hopsdrill.verdict.facts import Facts
from hopsdrill.verdict.outcome import Judgement, Reason, Verdict, by_precedence


# In order of precedence: the first rule that holds gives the verdict.
RULES = (
    run.not_conducted,
    proof.proof_failed,
    proof.unexpected_loss,
    completeness.gap_not_allowed,
    proof.action_without_effect,
    proof.action_not_probed,
    objective.attested_out_of_turn,
    objective.attested_by_nobody,
    run.interlock_ignored,
    run.interrupted,
    run.not_finished,
    run.internal_failure,
    run.called_off,
    run.environment_not_recorded,
    run.nothing_planned,
    scenario.not_declared_before,
    proof.proves_nothing,
    scenario.scenario_not_passed,
    scenario.step_not_passed,
    proof.proof_not_recorded,
    proof.proof_undecided,
    completeness.not_counted,
    objective.objective_not_measured,
    objective.recovery_not_measured,
    objective.objective_missed,
    proof.proved,
    run.cleanup_incomplete,
    run.artefact_withheld,
)

# What can be said of a run that never began.
RULES_UNCONDUCTED = (
    run.not_conducted,
    run.interrupted,
    run.internal_failure,
    run.cleanup_incomplete,
    run.artefact_withheld,
)


def judge(entries: Sequence[ev.Entry]) -> Judgement:
    """Judge a journal by the rules; touches nothing but its argument."""
    facts = Facts(entries)
    reasons = _reasons(facts)
    verdicts = [reason.verdict for reason in reasons if reason.verdict]
    verdict = verdicts[0] if facts.conducted else None
    return Judgement(
        verdict=verdict,
        headline=_headline(verdict, facts),
        reasons=tuple(reasons),
        codes=by_precedence({reason.code for reason in reasons}),
        conducted=facts.conducted,
    )


def _reasons(facts: Facts) -> list[Reason]:
    if not facts.conducted:
        return [reason for rule in RULES_UNCONDUCTED for reason in rule.reasons(facts)]
    found: list[Reason] = []
    for rule in RULES:
        if rule.verdict is not Verdict.PASS or not any(reason.verdict for reason in found):
            found.extend(rule.reasons(facts))
    return found


def _headline(verdict: Verdict | None, facts: Facts) -> str:
    seen = [item.event for item in facts.all(ev.EnvironmentSeen)]
    if not seen:
        where = "environment not recorded"
    else:
        place = "lab" if all(event.created_by_lab for event in seen) else f"cluster {seen[0].cluster}"
        stores = sorted({stand_in.store for event in seen for stand_in in event.stand_ins})
        where = f"{place}; stand-ins: {', '.join(stores)}" if stores else f"{place}; no stand-ins"
    return f"{verdict or 'NOT CONDUCTED'} ({where})"
