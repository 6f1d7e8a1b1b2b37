"""Rules about scenarios and their steps."""

from collections.abc import Iterator

from hopsdrill.model import events as ev
from hopsdrill.verdict.facts import Facts, Seen
from hopsdrill.verdict.outcome import Verdict
from hopsdrill.verdict.rule import Cause, rule


@rule(Verdict.UNKNOWN, "a scenario began that was not declared before it began")
def not_declared_before(facts: Facts) -> Iterator[Cause]:
    """Criteria set after the fact are no criteria."""
    for seen in facts.all(ev.ScenarioStarted):
        declared = facts.declared.get(seen.event.scenario)
        if declared is None or declared.first > seen.seq:
            yield Cause("began without a declaration of what it must prove", (seen.seq,), seen.event.scenario)


@rule(
    Verdict.UNKNOWN,
    "a planned scenario did not begin or did not end, or any scenario was skipped or did not pass, without a failed proof",
)
def scenario_not_passed(facts: Facts) -> Iterator[Cause]:
    """A skipped check is never a passed one."""
    started, finished = facts.by_scenario(ev.ScenarioStarted), facts.by_scenario(ev.ScenarioFinished)
    for scenario, declared in facts.declared.items():
        if scenario not in started:
            yield Cause("was planned, but did not begin", declared.events, scenario)
        elif scenario not in finished:
            yield Cause("began, but did not end", tuple(s.seq for s in started[scenario]), scenario)
    for scenario, ends in finished.items():  # of a scenario that nobody planned, too
        for seen in ends:
            if seen.event.status is not ev.Status.PASSED and not _explained(facts, scenario):
                yield Cause(f"ended as {seen.event.status}", (seen.seq,), scenario)


@rule(
    Verdict.UNKNOWN,
    "a step did not run, did not end, or did not pass without a failed proof or an action without effect",
)
def step_not_passed(facts: Facts) -> Iterator[Cause]:
    """Steps that are missing count as much as steps that broke."""
    started, finished = facts.by_scenario(ev.StepStarted), facts.by_scenario(ev.StepFinished)
    for scenario in sorted({*facts.declared, *started, *finished}):
        if not _explained(facts, scenario):
            yield from _bad_steps(facts, scenario, started.get(scenario, []), finished.get(scenario, []))


def _bad_steps(
    facts: Facts, scenario: str, started: list[Seen[ev.StepStarted]], finished: list[Seen[ev.StepFinished]]
) -> Iterator[Cause]:
    texts = {seen.event.index: f"{seen.event.keyword} {seen.event.text}".strip() for seen in started}
    for seen in finished:
        if seen.event.status is not ev.Status.PASSED:
            text = f"step {texts.get(seen.event.index, seen.event.index)!r} {seen.event.status}: {seen.event.error}"
            yield Cause(text.rstrip(": "), (seen.seq,), scenario)
    ended = {seen.event.index for seen in finished}
    for begun in started:
        if begun.event.index not in ended:
            yield Cause(f"step {texts[begun.event.index]!r} did not end", (begun.seq,), scenario)
    declared = facts.declared.get(scenario)
    if declared and len(ended) < declared.steps:
        yield Cause(f"{len(ended)} of {declared.steps} steps ran", declared.events, scenario)


def _explained(facts: Facts, scenario: str) -> bool:
    # a step that records a failed proof, or an action without effect, ends there: that reason is enough
    return scenario in facts.failed_proofs or scenario in facts.ineffective
