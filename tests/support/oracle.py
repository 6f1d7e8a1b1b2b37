"""When a run may be called PASS, read from its events by other means than the rules: what the rules are held against."""

import math

from hopsdrill.model import events as ev


GOOD = ev.Status.PASSED


def flaws(events: list) -> list[str]:
    """Everything that forbids PASS; empty when nothing does.

    Written as a checklist over the whole journal, without the rules' look-ups, so that a rule that is lost shows.
    """
    return [
        *_frame(events),
        *_outcomes(events),
        *(flaw for plan in _of(events, ev.ScenarioPlanned) for flaw in _promises(events, plan)),
    ]


def _of(events: list, kind: type) -> list:
    return [each for each in events if isinstance(each, kind)]


def _frame(events: list) -> list[str]:
    said = [each for each in events if not isinstance(each, ev.Noted | ev.ArtefactWithheld)]
    checks = {
        "does not begin with its start": bool(events) and isinstance(events[0], ev.RunStarted),
        "does not end with its end": bool(said) and isinstance(said[-1], ev.RunFinished),
        "nobody knows where it ran": bool(_of(events, ev.EnvironmentSeen)),
        "nothing was planned": bool(_of(events, ev.ScenarioPlanned)),
        "it was interrupted": not _of(events, ev.RunInterrupted),
        "the tool broke": not _of(events, ev.InternalFailure),
        "it was called off": not _of(events, ev.NotConducted),
        "a gate was shut": all(each.open for each in _of(events, ev.InterlockChecked)),
        "a scenario began unplanned": all(_planned_before(events, each) for each in _of(events, ev.ScenarioStarted)),
    }
    return [flaw for flaw, good in checks.items() if not good]


def _planned_before(events: list, begun: ev.ScenarioStarted) -> bool:
    for each in events:
        if isinstance(each, ev.ScenarioPlanned) and each.scenario == begun.scenario:
            return True
        if isinstance(each, ev.ScenarioStarted) and each.scenario == begun.scenario:
            return False
    return False


def _outcomes(events: list) -> list[str]:
    bad = [
        f"{each.type} {each.status}"
        for each in events
        if isinstance(each, ev.ProofRecorded | ev.StepFinished | ev.ScenarioFinished) and each.status is not GOOD
        # the end of a scenario or a step nobody planned is nobody's promise
    ]
    bad += [f"{each.action} had no effect" for each in _of(events, ev.ActionProbed) if not each.effective]
    bad += [
        f"{each.store} lost more"
        for each in _of(events, ev.LossAccounted)
        if each.unexpected_lost or each.unexpected_kept
    ]
    return bad + [f"{each.objective} is not kept" for each in _of(events, ev.ObjectiveMeasured) if not _kept(each)]


def _kept(one: ev.ObjectiveMeasured) -> bool:
    if one.measured_s is None or not math.isfinite(one.measured_s) or one.measured_s < 0:
        return False
    return one.target_s is None or one.measured_s + abs(one.error_s) <= one.target_s


def _promises(events: list, plan: ev.ScenarioPlanned) -> list[str]:
    own = [each for each in events if getattr(each, "scenario", None) == plan.scenario]
    ended = {each.index for each in _of(own, ev.StepFinished)}
    checks = {
        "promises no proof": bool(plan.proofs) or any(each.proofs for each in _of(own, ev.ScenarioPlanned)),
        "has no beginning": bool(_of(own, ev.ScenarioStarted)),
        "has no end": bool(_of(own, ev.ScenarioFinished)),
        "lacks a proof": set(plan.proofs) <= {each.proof for each in _of(own, ev.ProofRecorded)},
        "lacks a probe": set(plan.actions) <= {each.action for each in _of(own, ev.ActionProbed)},
        "lacks a measurement": set(plan.objectives) <= {each.objective for each in _of(own, ev.ObjectiveMeasured)},
        "lacks a step": len(ended) >= len(plan.steps),
        "left a step open": {each.index for each in _of(own, ev.StepStarted)} <= ended,
    }
    return [f"{plan.scenario} {flaw}" for flaw, good in checks.items() if not good]
