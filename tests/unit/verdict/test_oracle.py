"""The rules held against a checklist of their own, over journals of real runs and what becomes of them when events are lost or added."""

from functools import cache

import journal_tape as tape
import pytest
import sample_journal as sample
from examples import EXAMPLES
from hypothesis import given, settings
from hypothesis import strategies as st
from journal_tape import Timed, seal_all
from oracle import flaws

from hopsdrill.journal import read
from hopsdrill.model import events as ev
from hopsdrill.verdict import Verdict, judge


PROMISED = (
    ev.RunStarted,
    ev.EnvironmentSeen,
    ev.ScenarioStarted,
    ev.ScenarioFinished,
    ev.StepFinished,
    ev.ActionProbed,
    ev.ProofRecorded,
    ev.ObjectiveMeasured,
    ev.RunFinished,
)
BAD = (ev.Status.FAILED, ev.Status.UNKNOWN, ev.Status.SKIPPED)
NAMES = ("made up", *sorted(path.name for path in EXAMPLES.iterdir() if path.is_dir()))


@cache
def run(name):
    """The timed events of a run: of the made-up one, or of an example, which is a real one."""
    if name == "made up":
        return tuple(sample.passing())
    return tuple(Timed(each.mono_ms, each.event) for each in read(EXAMPLES / name))


def verdict(timed):
    """Their verdict by the rules."""
    return judge(seal_all(timed)).verdict


def spoiled(event, status):
    """The same event with another outcome; None where it has none that could be worse."""
    match event:
        case ev.ProofRecorded() | ev.StepFinished() | ev.ScenarioFinished():
            return event.model_copy(update={"status": status})
        case ev.ActionProbed():
            return event.model_copy(update={"effective": False})
        case ev.ObjectiveMeasured():
            return event.model_copy(update={"measured_s": None})
        case ev.LossAccounted():
            return event.model_copy(update={"unexpected_lost": 1})
        case _:
            return None


def intruders(name):
    """What could be written into a journal besides: every outcome of it anew, spoiled, or for another scenario."""
    told = [each.event for each in run(name)]
    made = [
        ev.RunInterrupted(signum=15),
        ev.InternalFailure(message="boom"),
        ev.NotConducted(why="environment", message="gone", hint=""),
        ev.InterlockChecked(name="any", open=False, reason="shut"),
        ev.RunFinished(),
        ev.Noted(topic="diagnosis", text="by the way"),
        ev.ScenarioStarted(scenario="another"),
        ev.ScenarioFinished(scenario="another", status=ev.Status.FAILED),
        ev.ScenarioPlanned(scenario="another", feature="f", tags=[], steps=[], proofs=["p"], actions=[]),
    ]
    for event in told:
        other = spoiled(event, ev.Status.UNKNOWN)
        made += [event, *([other, other.model_copy(update={"scenario": "another"})] if other else [])]
    return made


INTRUDERS = {name: intruders(name) for name in NAMES}


@st.composite
def mutilated(draw):
    """A run after some drops, repetitions, swaps, spoilings and intrusions; seldom so many that nothing is left of it."""
    name = draw(st.sampled_from(NAMES))
    made = list(run(name))
    for _ in range(draw(st.integers(0, 6))):
        place, other = draw(st.integers(0, len(made) - 1)), draw(st.integers(0, len(made) - 1))
        match draw(st.sampled_from(["drop", "repeat", "swap", "spoil", "intrude"])):
            case "drop":
                del made[place]
            case "repeat":
                made.insert(other, made[place])
            case "swap":
                made[place], made[other] = made[other], made[place]
            case "intrude":
                made.insert(place, Timed(0, draw(st.sampled_from(INTRUDERS[name]))))
            case _:
                worse = spoiled(made[place].event, draw(st.sampled_from(BAD)))
                made[place] = Timed(0, worse) if worse else made[place]
    return made


@settings(deadline=None, max_examples=400)
@given(mutilated())
def test_pass_means_that_the_checklist_finds_nothing(made):
    """And the other way round: what the checklist finds whole is PASS, so that neither is empty."""
    found = flaws([each.event for each in made])
    assert (verdict(made) is Verdict.PASS) == (found == []), found


@st.composite
def anything(draw):
    """Any events of all kinds in any order, out of the pieces of all runs."""
    name = draw(st.sampled_from(NAMES))
    return [Timed(0, each) for each in draw(st.lists(st.sampled_from(INTRUDERS[name]), max_size=40))]


@settings(deadline=None, max_examples=200)
@given(anything())
def test_no_sequence_of_events_passes_unproved(made):
    """Not even pieces of a run that passed."""
    assert verdict(made) is not Verdict.PASS or flaws([each.event for each in made]) == []


@pytest.mark.parametrize("name", NAMES)
def test_a_run_has_the_verdict_it_is_shown_for(name):
    """By the rules and by the checklist."""
    wanted = "PASS" if name == "made up" else name.upper()
    assert verdict(run(name)) == wanted
    assert (flaws([each.event for each in run(name)]) == []) == (wanted == "PASS")


@pytest.mark.parametrize("name", NAMES)
def test_without_any_one_event_nothing_turns_green(name):
    """A run that passed does so no more without any one proof, probe, measurement, step or end; one that did not never begins to."""
    told, green = run(name), verdict(run(name)) is Verdict.PASS
    for number, (_, event) in enumerate(told):
        left = verdict(told[:number] + told[number + 1 :])
        if not green or (isinstance(event, PROMISED) and _promised(told, event)):
            assert left is not Verdict.PASS, (number, event)


def _promised(told, event):
    """Whether a plan asks for it, and nothing else of the same name is there in its place."""
    if not isinstance(event, ev.ProofRecorded | ev.ActionProbed | ev.ObjectiveMeasured):
        return True
    field = next(each for each in ("proof", "action", "objective") if each in type(event).model_fields)
    same = [
        each
        for _, each in told
        if type(each) is type(event)
        and (each.scenario, getattr(each, field)) == (event.scenario, getattr(event, field))
    ]
    plans = [each for _, each in told if isinstance(each, ev.ScenarioPlanned) and each.scenario == event.scenario]
    asked = {one for plan in plans for one in [*plan.proofs, *plan.actions, *plan.objectives]}
    return len(same) == 1 and getattr(event, field) in asked


@pytest.mark.parametrize("name", NAMES)
def test_most_proofs_of_a_run_were_promised(name):
    """So that the test above is about something."""
    told = run(name)
    proofs = [each for _, each in told if isinstance(each, ev.ProofRecorded)]
    assert sum(_promised(told, each) for each in proofs) >= max(1, len(proofs) * 3 // 4)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("status", BAD)
def test_no_outcome_that_is_not_good_is_green(name, status):
    """Whatever is spoiled, alone."""
    told = run(name)
    for number, (ms, event) in enumerate(told):
        worse = spoiled(event, status)
        if worse is not None:
            assert verdict((*told[:number], Timed(ms, worse), *told[number + 1 :])) is not Verdict.PASS, (number, worse)


def test_the_checklist_is_no_copy_of_the_rules():
    """It knows a failure the moment it is there, without a declaration to hold it against."""
    assert flaws([]) != []
    assert flaws([each.event for each in tape.without(sample.passing(), ev.ScenarioFinished)]) != []
