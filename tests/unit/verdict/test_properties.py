"""What must hold for every journal, searched for counterexamples."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from journal_tape import Timed, seal_all
from sample_journal import passing

from hopsdrill.model import events as ev
from hopsdrill.verdict import Verdict, judge
from hopsdrill.verdict.facts import judged


RUN = passing()
PROOFS = [n for n, t in enumerate(RUN) if isinstance(t.event, ev.ProofRecorded)]
ESSENTIAL = [
    n
    for n, t in enumerate(RUN)
    if isinstance(
        t.event,
        ev.ProofRecorded
        | ev.ActionProbed
        | ev.ScenarioStarted
        | ev.ScenarioFinished
        | ev.StepFinished
        | ev.EnvironmentSeen
        | ev.RunStarted
        | ev.RunFinished,
    )
]
NOT_PASSED = st.sampled_from([ev.Status.FAILED, ev.Status.UNKNOWN, ev.Status.SKIPPED])
NAMES = st.sampled_from(["a", "b"])


def verdict(events):
    """The verdict of timed events."""
    return judge(seal_all(events)).verdict


def spoiled(timed, status):
    """The same event, not passed (or without effect); an event that has no outcome stays as it is."""
    fields = type(timed.event).model_fields
    if "status" in fields:
        return Timed(timed.ms, timed.event.model_copy(update={"status": status}))
    if "effective" in fields:
        return Timed(timed.ms, timed.event.model_copy(update={"effective": False}))
    return timed


def proved(events):
    """By a reading of its own: something was planned, and every declared proof was recorded, each time as passed."""
    said = [t.event for t in events]
    declared = {(e.scenario, p) for e in said if isinstance(e, ev.ScenarioPlanned) for p in e.proofs}
    passed = {(e.scenario, e.proof) for e in said if isinstance(e, ev.ProofRecorded) and e.status is ev.Status.PASSED}
    others = {
        (e.scenario, e.proof) for e in said if isinstance(e, ev.ProofRecorded) and e.status is not ev.Status.PASSED
    }
    return bool(declared) and declared <= passed and not others


@st.composite
def mutilated(draw):
    """The passing run after a few drops, repetitions, swaps and spoilings."""
    run = list(RUN)
    for _ in range(draw(st.integers(0, 4))):
        place, other = draw(st.integers(0, len(run) - 1)), draw(st.integers(0, len(run) - 1))
        match draw(st.sampled_from(["drop", "repeat", "swap", "spoil"])):
            case "drop":
                del run[place]
            case "repeat":
                run.insert(other, run[place])
            case "swap":
                run[place], run[other] = run[other], run[place]
            case _:
                run[place] = spoiled(run[place], draw(NOT_PASSED))
    return run


@st.composite
def small_events(draw):
    """Events of a tiny world: two scenarios, two proofs, two actions; rich enough to reach PASS now and then."""
    scenario, name = draw(NAMES), draw(NAMES)
    status = draw(st.sampled_from([ev.Status.PASSED] * 5 + list(ev.Status)))
    event = draw(
        st.sampled_from(
            [
                ev.ScenarioStarted(scenario=scenario),
                ev.ScenarioFinished(scenario=scenario, status=status),
                ev.ProofRecorded(
                    scenario=scenario, proof=name, store="rondb", status=status, expected="1", observed="1"
                ),
                ev.ActionProbed(
                    scenario=scenario, action=name, effective=draw(st.booleans()), expected="1", observed="1"
                ),
                ev.ScenarioPlanned(scenario=scenario, feature="f", tags=[], steps=[], proofs=[name], actions=[]),
                ev.RunInterrupted(signum=15),
                ev.NotConducted(why="environment", message="", hint=""),
            ]
        )
    )
    return Timed(0, event)


FRAME = (RUN[0], RUN[1])
SKELETON = [
    Timed(0, ev.ScenarioPlanned(scenario="a", feature="f", tags=[], steps=[], proofs=["a"], actions=[])),
    Timed(0, ev.ScenarioStarted(scenario="a")),
]


@given(mutilated())
def test_no_mutilation_makes_an_unproved_run_pass(events):
    """Whatever is dropped, repeated, swapped or spoiled: PASS only with every declared proof passed."""
    assert verdict(events) is not Verdict.PASS or proved(events)


@given(st.lists(small_events(), max_size=8))
def test_no_sequence_of_events_passes_unproved(events):
    """Any events at all in a well-formed frame: PASS only with every declared proof passed."""
    run = [*FRAME, *SKELETON, *events, Timed(0, ev.RunFinished())]

    assert verdict(run) is not Verdict.PASS or proved(run)


def test_the_search_can_reach_pass():
    """The tiny world holds passing runs, so the search above is not vacuous."""
    proof = ev.ProofRecorded(
        scenario="a", proof="a", store="rondb", status=ev.Status.PASSED, expected="1", observed="1"
    )
    end = ev.ScenarioFinished(scenario="a", status=ev.Status.PASSED)

    assert verdict([*FRAME, *SKELETON, Timed(0, proof), Timed(0, end), Timed(0, ev.RunFinished())]) is Verdict.PASS


@pytest.mark.parametrize("place", ESSENTIAL)
def test_removing_an_essential_event_never_leaves_pass(place):
    """Without any one proof, probe, step, scenario or frame event a passing run passes no more."""
    assert verdict(RUN[:place] + RUN[place + 1 :]) is not Verdict.PASS


UNJUDGED = [
    ev.OperationStarted(operation=9, name="restore", call="helm upgrade", target="drill", destructive=True),
    ev.OperationFinished(operation=9, status=ev.Status.FAILED, outcome="no", seconds=1),
    ev.Noted(topic="diagnosis", text="by the way"),
]


@given(st.sampled_from(ESSENTIAL), NOT_PASSED)
def test_spoiling_an_essential_event_never_leaves_pass(place, status):
    """An outcome that is not passed, anywhere, is never PASS; skipped least of all."""
    worse = spoiled(RUN[place], status)

    assert worse == RUN[place] or verdict([*RUN[:place], worse, *RUN[place + 1 :]]) is not Verdict.PASS


@given(st.integers(0, len(RUN) - 1))
def test_an_unfinished_journal_never_passes(length):
    """Cut anywhere before its end, a passing run is ABORTED."""
    assert verdict(RUN[:length]) is Verdict.ABORTED


@given(
    mutilated(),
    st.lists(st.tuples(st.integers(0, 10**6), st.sampled_from(["deviation", "diagnosis", "exclusion"])), max_size=5),
)
def test_remarks_change_nothing(events, remarks):
    """Noted events, anywhere after the first event, leave verdict, codes, headline and reasons as they are."""
    noted = list(events)
    for place, topic in remarks:
        noted.insert(1 + place % max(len(noted), 1), Timed(0, ev.Noted(topic=topic, text="by the way")))
    before, after = judge(seal_all(events)), judge(seal_all(noted))

    if events:
        assert (before.verdict, before.codes, before.headline) == (after.verdict, after.codes, after.headline)
        assert [(r.rule, r.text, r.scenario) for r in before.reasons] == [
            (r.rule, r.text, r.scenario) for r in after.reasons
        ]


@given(mutilated(), st.lists(st.tuples(st.integers(0, 10**6), st.sampled_from(UNJUDGED)), max_size=5))
def test_operations_are_not_judged_but_as_an_end(events, operations):
    """A journal without most of its operations, as a long one is judged, is judged alike."""
    more = list(events)
    for place, operation in operations:
        more.insert(place % (len(more) + 1), Timed(0, operation))
    entries = seal_all(more)

    assert judge(tuple(judged(entries))) == judge(entries)


@given(mutilated(), st.integers(0, 2**32))
def test_judgement_is_a_function(events, seed):
    """The same entries give the same judgement, whatever happened before."""
    random.seed(seed)

    assert judge(seal_all(events)) == judge(seal_all(events))


@given(st.floats(0, 1e6), st.floats(0, 100), st.floats(1, 1e6))
def test_an_objective_is_met_only_with_its_error(measured, error, target):
    """PASS means measured plus error is within the target; otherwise BREACHED, never anything else."""
    changes = {"measured_s": measured, "error_s": error, "target_s": target}
    run = [
        Timed(t.ms, t.event.model_copy(update=changes)) if getattr(t.event, "objective", "") == "rto" else t
        for t in RUN
    ]

    assert verdict(run) is (Verdict.PASS if measured + error <= target else Verdict.BREACHED)
