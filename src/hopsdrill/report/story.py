"""What happened, in order: scenarios, their steps, and the operations, proofs and actions of each."""

from collections import defaultdict
from dataclasses import dataclass, field

from hopsdrill.model import events as ev
from hopsdrill.report.accounts import ActionAccount, OperationAccount, ProofAccount, ScenarioAccount, StepAccount
from hopsdrill.report.gap import Gap
from hopsdrill.verdict import Judgement
from hopsdrill.verdict.facts import Facts, Seen


NEVER_ENDED = Gap(gap="its end was never journalled")


@dataclass
class _Open:
    """What was journalled while one step was open."""

    operations: list[int] = field(default_factory=list)
    proofs: list[str] = field(default_factory=list)
    actions: list[str] = field(default_factory=list)


def operations(facts: Facts) -> dict[int, OperationAccount]:
    """Every operation, by its number."""
    ends = {seen.event.operation: seen.event for seen in facts.all(ev.OperationFinished)}
    return {
        seen.event.operation: _operation(seen, ends.get(seen.event.operation))
        for seen in facts.all(ev.OperationStarted)
    }


def _operation(seen: Seen[ev.OperationStarted], end: ev.OperationFinished | None) -> OperationAccount:
    return OperationAccount(
        number=seen.event.operation,
        event=seen.seq,
        name=seen.event.name,
        call=seen.event.call,
        target=seen.event.target,
        destructive=seen.event.destructive,
        started=seen.at,
        seconds=end.seconds if end else NEVER_ENDED,
        status=end.status if end else None,
        outcome=end.outcome if end else "",
        evidence=list(end.evidence) if end else [],
    )


def scenarios(facts: Facts, judgement: Judgement) -> tuple[list[ScenarioAccount], list[OperationAccount]]:
    """All scenarios that were planned or began, and the operations that belong to no step."""
    known, inside = operations(facts), _inside(facts)
    names = dict.fromkeys([*facts.declared, *(seen.event.scenario for seen in facts.all(ev.ScenarioStarted))])
    told = [_scenario(name, facts, judgement, known, inside) for name in names]
    used = {number for opened in inside.values() for number in opened.operations}
    return told, [account for number, account in known.items() if number not in used]


def _inside(facts: Facts) -> dict[tuple[str, int], _Open]:
    """Walk the journal once: what was written while which step was open."""
    found: dict[tuple[str, int], _Open] = defaultdict(_Open)
    current: tuple[str, int] | None = None
    for entry in facts.entries:
        match entry.event:
            case ev.StepStarted() as step:
                current = (step.scenario, step.index)
                found[current] = _Open()
            case ev.StepFinished():
                current = None
            case ev.OperationStarted() as operation if current:
                found[current].operations.append(operation.operation)
            case ev.ProofRecorded() as proof if current:
                found[current].proofs.append(proof.proof)
            case ev.ActionProbed() as action if current:
                found[current].actions.append(action.action)
            case _:
                pass
    return found


def _scenario(
    name: str,
    facts: Facts,
    judgement: Judgement,
    known: dict[int, OperationAccount],
    inside: dict[tuple[str, int], _Open],
) -> ScenarioAccount:
    plans = facts.by_scenario(ev.ScenarioPlanned).get(name, [])
    begun = facts.by_scenario(ev.ScenarioStarted).get(name, [])
    ended = facts.by_scenario(ev.ScenarioFinished).get(name, [])
    steps = facts.by_scenario(ev.StepStarted).get(name, [])
    verdict = judgement.of(name)
    planned = list(plans[0].event.steps) if plans else []
    return ScenarioAccount(
        scenario=name,
        name=name.rpartition("::")[2],
        feature=plans[0].event.feature if plans else name.partition("::")[0],
        tags=list(plans[0].event.tags) if plans else [],
        verdict=str(verdict) if verdict and begun else "NOT RUN",
        status=ended[-1].event.status if ended else None,
        seconds=round((ended[-1].mono_ms - begun[0].mono_ms) / 1000, 3) if begun and ended else NEVER_ENDED,
        steps=[_step(seen, facts, known, inside) for seen in steps],
        not_run=planned[len(steps) :],
    )


def _step(
    seen: Seen[ev.StepStarted], facts: Facts, known: dict[int, OperationAccount], inside: dict[tuple[str, int], _Open]
) -> StepAccount:
    ends = facts.by_scenario(ev.StepFinished).get(seen.event.scenario, [])
    end = next((each for each in ends if each.event.index == seen.event.index), None)
    opened = inside[seen.event.scenario, seen.event.index]
    return StepAccount(
        number=seen.event.index + 1,
        event=seen.seq,
        keyword=seen.event.keyword,
        text=seen.event.text,
        line=seen.event.line,
        started=seen.at,
        seconds=round((end.mono_ms - seen.mono_ms) / 1000, 3) if end else NEVER_ENDED,
        status=end.event.status if end else None,
        error=end.event.error if end else "",
        operations=[known[number] for number in opened.operations],
        proofs=opened.proofs,
        actions=opened.actions,
    )


def proofs(facts: Facts) -> list[ProofAccount]:
    """Every recorded proof."""
    return [
        ProofAccount(event=seen.seq, **seen.event.model_dump(exclude={"type"})) for seen in facts.all(ev.ProofRecorded)
    ]


def actions(facts: Facts) -> list[ActionAccount]:
    """Every probed action."""
    found = facts.all(ev.ActionProbed)
    return [ActionAccount(event=seen.seq, at=seen.at, **seen.event.model_dump(exclude={"type"})) for seen in found]
