"""Rules about proofs and actions."""

from collections.abc import Iterator

from hopsdrill.model import events as ev
from hopsdrill.verdict.facts import Facts
from hopsdrill.verdict.outcome import Verdict
from hopsdrill.verdict.rule import Cause, rule
from hopsdrill.verdict.wording import count


@rule(Verdict.FAIL, "a proof failed, whatever happened after it")
def proof_failed(facts: Facts) -> Iterator[Cause]:
    """Expected and observed differ."""
    for scenario, proofs in facts.failed_proofs.items():
        for seen in proofs:
            text = f"{seen.event.proof}: expected {seen.event.expected}; observed {seen.event.observed}"
            yield Cause(text, (seen.seq,), scenario)


@rule(
    Verdict.FAIL,
    "an acknowledged write or canary from before the recovery point is gone, or one sent after it is there, or one was changed",
)
def unexpected_loss(facts: Facts) -> Iterator[Cause]:
    """The loss is not the one the recovery point explains."""
    for seen in facts.all(ev.LossAccounted):
        lost, kept = seen.event.unexpected_lost, seen.event.unexpected_kept
        if lost or kept:
            text = (
                f"{seen.event.store}: {lost} writes lost that the backup should hold, {kept} there that it cannot hold"
            )
            yield Cause(text, (seen.seq,), seen.event.scenario)
    for told in facts.all(ev.CanariesAccounted):
        one = told.event
        if one.unexpected_lost or one.unexpected_kept or one.wrong:
            text = f"{one.store}: {one.unexpected_lost} canaries lost that should be there, {one.unexpected_kept} there that should not be, {one.wrong} damaged"
            yield Cause(text, (told.seq,), one.scenario)


@rule(Verdict.INVALID, "an action had no effect")
def action_without_effect(facts: Facts) -> Iterator[Cause]:
    """The drill did not do what it claims."""
    for scenario, actions in facts.ineffective.items():
        for seen in actions:
            text = f"{seen.event.action} had no effect: expected {seen.event.expected}; observed {seen.event.observed}"
            yield Cause(text, (seen.seq,), scenario)


@rule(Verdict.INVALID, "a scenario ended and its steps all passed, but an action it declared has no effect probe")
def action_not_probed(facts: Facts) -> Iterator[Cause]:
    """Nobody looked whether it took effect."""
    probed, steps = facts.by_scenario(ev.ActionProbed), facts.by_scenario(ev.StepFinished)
    ended = facts.by_scenario(ev.ScenarioFinished)
    for scenario, declared in facts.declared.items():
        ran = steps.get(scenario, [])
        whole = scenario in ended and len({seen.event.index for seen in ran}) >= declared.steps
        if whole and all(seen.event.status is ev.Status.PASSED for seen in ran):
            done = {seen.event.action for seen in probed.get(scenario, [])}
            for action in sorted(declared.actions - done):
                yield Cause(f"{action} was declared, but never probed for its effect", declared.events, scenario)


@rule(Verdict.UNKNOWN, "a planned scenario declares no proof")
def proves_nothing(facts: Facts) -> Iterator[Cause]:
    """Green without a proof is not green."""
    for scenario, declared in facts.declared.items():
        if not declared.proofs:
            yield Cause("declares no proof, so it proves nothing", declared.events, scenario)


@rule(Verdict.UNKNOWN, "a declared proof was not recorded")
def proof_not_recorded(facts: Facts) -> Iterator[Cause]:
    """A check that did not run is not a pass."""
    recorded = facts.by_scenario(ev.ProofRecorded)
    for scenario, declared in facts.declared.items():
        done = {seen.event.proof for seen in recorded.get(scenario, [])}
        for proof in sorted(declared.proofs - done):
            yield Cause(f"{proof} was declared, but did not run", declared.events, scenario)


@rule(Verdict.UNKNOWN, "a proof was recorded as unknown or skipped")
def proof_undecided(facts: Facts) -> Iterator[Cause]:
    """A check that could not decide is not a pass."""
    for seen in facts.all(ev.ProofRecorded):
        if seen.event.status in {ev.Status.UNKNOWN, ev.Status.SKIPPED}:
            yield Cause(
                f"{seen.event.proof} is {seen.event.status}: {seen.event.observed}", (seen.seq,), seen.event.scenario
            )


@rule(
    Verdict.PASS,
    "none of the above: every scenario ran to its end, and every declared proof and action is there and good",
)
def proved(facts: Facts) -> Iterator[Cause]:
    """The chain from PASS to its events, scenario by scenario."""
    proofs, actions = facts.by_scenario(ev.ProofRecorded), facts.by_scenario(ev.ActionProbed)
    objectives, ends = facts.by_scenario(ev.ObjectiveMeasured), facts.by_scenario(ev.ScenarioFinished)
    for scenario, declared in facts.declared.items():
        good, took = proofs.get(scenario, []), actions.get(scenario, [])
        measured = objectives.get(scenario, [])
        seqs = sorted({*declared.events, *(s.seq for group in (good, took, measured, ends[scenario]) for s in group)})
        text = f"{count(len(good), 'proof')} passed, {count(len(took), 'action')} took effect"
        text += f", {count(len(measured), 'objective')} measured" if measured else ""
        yield Cause(text, tuple(seqs), scenario)
