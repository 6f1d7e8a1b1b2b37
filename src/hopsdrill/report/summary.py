"""The first screen: could we recover, from what, in what time, losing what, and what was not looked at."""

import shlex
from collections.abc import Sequence

from hopsdrill.model import events as ev
from hopsdrill.report.gap import Gap, Text, known, or_gap
from hopsdrill.report.measured import backups, phase_text, recovery_points, recovery_times, seconds_text, worst_measures
from hopsdrill.report.model import Summary
from hopsdrill.verdict import Judgement, Verdict
from hopsdrill.verdict.facts import Facts
from hopsdrill.verdict.outcome import Reason
from hopsdrill.verdict.wording import count, duration


LONG = 180  # characters of one of them
SHOWN = 3  # reasons named in a sentence; the report lists all
DECISION = {
    Verdict.PASS: "none, but read what was not covered",
    Verdict.FAIL: "data did not come back as it was: do not rely on this recovery; find the cause, then repeat the drill",
    Verdict.BREACHED: "accept the missed objective, or change schedule, capacity or procedure; then repeat the drill",
    Verdict.INVALID: "the drill did not do what it claims: mend the drill, then repeat it; nothing is known of the recovery",
    Verdict.UNKNOWN: "a check did not run: find out why, then repeat the drill; nothing may be concluded",
    Verdict.ABORTED: "the run did not reach its end: clean up with `hopsdrill gc`, then repeat the drill",
}


def summary(facts: Facts, judgement: Judgement, plan: dict[str, object], command: list[str]) -> Summary:
    """Answer what a manager asks, in the order of asking."""
    governance = plan.get("governance")
    due = governance.get("next_drill_due") if isinstance(governance, dict) else None
    return Summary(
        recovered=_recovered(judgement, facts),
        objectives=or_gap(worst_measures(facts), "no objective was measured"),
        backup=_backup(facts),
        time=_time(facts),
        loss=_loss(facts),
        decision=DECISION[judgement.verdict] if judgement.verdict else "mend what the reason names, then run the drill",
        next_drill=or_gap(str(due) if due else None, "the plan names no date"),
        rerun=or_gap(shlex.join(command) if command else None, "the command was not recorded"),
    )


def _recovered(judgement: Judgement, facts: Facts) -> str:
    verdict = judgement.verdict
    if verdict is None:
        texts = [reason.text for reason in judgement.reasons]
        return f"Not tried. {'; '.join(texts[:SHOWN]) or 'No reason was journalled.'}"
    reasons = [reason for reason in judgement.reasons if reason.verdict is verdict]
    decisive = _one_a_scenario(reasons) if verdict is Verdict.UNKNOWN else [reason.text for reason in reasons]
    named = f"{'; '.join(map(_short, decisive[:SHOWN]))}{f'; and {len(decisive) - SHOWN} more' if len(decisive) > SHOWN else ''}"
    match verdict:
        case Verdict.PASS:
            proofs = facts.all(ev.ProofRecorded)
            many, of = count(len(proofs), "proof"), count(len(facts.declared), "scenario")
            return f"Yes. {many} in {of} passed, none failed, and every action was seen to take effect."
        case Verdict.BREACHED:
            return f"Yes, but not within the objectives. {named}"
        case Verdict.FAIL:
            return f"No. {named}{_first_differences(facts)}"
        case _:
            return f"Nobody can say. {named}"


def _one_a_scenario(reasons: Sequence[Reason]) -> list[str]:
    """A scenario that breaks gives many reasons; the last, which is the nearest to the cause, stands for all, with its name."""
    last = {reason.scenario or reason.text: reason for reason in reasons}
    return [
        f"{each.scenario.rpartition('::')[2]}: {each.text}" if each.scenario else each.text for each in last.values()
    ]


def _first_differences(facts: Facts) -> str:
    failed = [seen.event for seen in facts.all(ev.ProofRecorded) if seen.event.status is ev.Status.FAILED]
    lines = [line for proof in failed for line in proof.differences]
    return f". First differences: {'; '.join(map(_short, lines[:SHOWN]))}" if lines else ""


def _short(text: str) -> str:
    """As much of a text as a first screen bears; the report has all of it below."""
    return text if len(text) <= LONG else f"{text[:LONG].rstrip()}…"


def _backup(facts: Facts) -> Text:
    found = backups(facts)
    if not found:
        return Gap(gap="no recovery point was declared")
    first = found[0]
    ids = ", ".join(f"{store} {name}" for store, name in first.ids.items())
    return f"{ids}; its data is of {first.moment}, {seconds_text(first.age_s)} old at the disaster"


def _time(facts: Facts) -> Text:
    found = recovery_times(facts)
    if not found or isinstance(found[0].total, Gap):
        return Gap(gap="not measured")
    total, phases = found[0].total, found[0].phases
    parts = ", ".join(f"{each.phase} {phase_text(each)}" for each in known(phases))
    bound = "at least " if total.lower_bound else ""
    return f"{bound}{seconds_text(total.measured_s)} ± {duration(total.error_s)} of {seconds_text(total.target_s)} allowed ({parts})"


def _loss(facts: Facts) -> Text:
    found = recovery_points(facts)
    if not found:
        return Gap(gap="no loss was accounted for")
    first, parts = found[0], list[str]()
    if not isinstance(first.loss, Gap):
        parts = [
            f"{each.store}: {each.expected_lost} of {each.acknowledged} acknowledged writes, all {each.reason}"
            if not (each.unexpected_lost or each.unexpected_kept)
            else f"{each.store}: {each.unexpected_lost} writes that the backup should hold, {each.unexpected_kept} there that it cannot hold"
            for each in first.loss
        ]
    if not isinstance(first.measured, Gap):
        parts.append(f"{seconds_text(first.measured.measured_s)} of data in this drill")
    if not isinstance(first.worst_case, Gap):
        parts.append(f"up to {seconds_text(first.worst_case.measured_s)} at worst by schedule")
    return or_gap("; ".join(parts), "not measured")
