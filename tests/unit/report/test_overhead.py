"""The harness's own time, from the journal alone."""

import journal_tape as tape
import pytest
import sample_journal as sample

from hopsdrill.model import events as ev
from hopsdrill.report.gap import Gap
from hopsdrill.report.overhead import overhead
from hopsdrill.verdict.facts import Facts


def begun(number):
    """An operation begins."""
    return ev.OperationStarted(operation=number, name="n", call="c", target="t", destructive=False)


def ended(number):
    """An operation ends."""
    return ev.OperationFinished(operation=number, status=ev.Status.PASSED, outcome="", seconds=0.0)


def step(index):
    """A step begins."""
    return ev.StepStarted(scenario="s", index=index, keyword="Given", text="x", line=1)


def proof():
    """A check."""
    return ev.ProofRecorded(scenario="s", proof="p", store="rondb", status=ev.Status.PASSED, expected="", observed="")


def measured(*timed):
    """The overhead of some events at some milliseconds."""
    return overhead(Facts(tape.seal_all([tape.Timed(ms, event) for ms, event in timed])))


CASES = {
    "nothing open": ([(0, step(0)), (100, step(1)), (1000, step(2))], 1.0),
    "an operation": ([(0, step(0)), (100, begun(1)), (900, ended(1)), (1000, step(1))], 0.2),
    "two at once": ([(0, begun(1)), (100, begun(2)), (200, ended(1)), (900, ended(2)), (1000, step(1))], 0.1),
    "an operation within another": ([(0, begun(1)), (100, step(1)), (500, step(2)), (1000, ended(1))], 0.0),
    "a proof": ([(0, step(0)), (700, proof()), (1000, step(1))], 0.3),
    "one that never ended": ([(0, begun(1)), (1000, step(1))], 0.0),
}


@pytest.mark.parametrize("case", CASES)
def test_the_harness_has_what_is_left(case):
    """Beside operations, waits and proofs."""
    events, seconds = CASES[case]
    found = measured(*events)
    assert found.seconds == pytest.approx(seconds)
    assert found.of_s == 1.0
    assert found.percent == pytest.approx(100 * seconds)


def test_where_it_lies_is_told_the_dearest_first():
    """So that somebody can mend it."""
    found = measured((0, step(0)), (100, begun(1)), (200, ended(1)), (1000, step(1)))
    assert found.places == ["operation.finished to step.started: 0.800 s", "step.started to operation.started: 0.100 s"]


def test_a_journal_of_one_moment_has_none():
    """Nothing can be divided by nothing."""
    assert isinstance(measured((0, step(0))), Gap)
    assert isinstance(overhead(Facts([])), Gap)


def test_a_whole_run_tells_it_in_every_form(tmp_path):
    """HTML, Markdown and JSON."""
    folder = tape.write(tmp_path / "run", sample.passing(), sample.EVIDENCE)
    from hopsdrill.report import write  # noqa: PLC0415 - only here is a whole report wanted

    report = write(folder)
    told = str(report.fields.times.overhead)
    assert told.endswith("%)")
    for name in ("report.html", "report.md"):
        assert told in (folder / name).read_text().replace("\\", "")
