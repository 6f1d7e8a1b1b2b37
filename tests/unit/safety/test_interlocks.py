"""Gates before harm: default deny."""

from datetime import UTC, datetime

import pytest

from hopsdrill.core.errors import InterlockError, OperationError
from hopsdrill.journal import EvidenceStore, Journal, Recorder, read
from hopsdrill.model.plan import Window
from hopsdrill.safety import interlocks


@pytest.fixture
def recorder(tmp_path):
    """A recorder in a temporary folder."""
    journal = Journal(tmp_path / "run")
    yield Recorder(journal, EvidenceStore(tmp_path / "run"))
    journal.close()


def seen(recorder):
    """Gates and their answers, as journalled."""
    return [(entry.event.name, entry.event.open) for entry in read(recorder.journal.folder)]


def broken():
    """A gate that cannot be looked at."""
    msg = "no answer"
    raise OperationError(msg)


def test_open_gates_let_through_and_are_journalled(recorder):
    """Every gate's answer is in the journal."""
    interlocks.check(recorder, {"one": lambda: (True, "fine"), "two": lambda: (True, "fine")})
    assert seen(recorder) == [("one", True), ("two", True)]


def test_one_shut_gate_refuses_and_all_are_looked_at(recorder):
    """All reasons are told at once."""
    with pytest.raises(InterlockError, match="not ours"):
        interlocks.check(recorder, {"one": lambda: (False, "not ours"), "two": lambda: (True, "fine")})
    assert seen(recorder) == [("one", False), ("two", True)]


def test_a_gate_that_cannot_be_looked_at_is_shut(recorder):
    """No answer is no permission."""
    with pytest.raises(InterlockError, match="no answer"):
        interlocks.check(recorder, {"one": broken})


class Cluster:
    """A stand-in for a cluster with a UID."""

    def uid(self):
        """Give the live UID."""
        return "live"


@pytest.mark.parametrize(("recorded", "is_open"), [("live", True), ("other", False), ("", False)])
def test_only_the_recorded_cluster_is_ours(recorded, is_open):
    """Another UID, or none recorded, shuts the gate."""
    assert interlocks._own_cluster(Cluster(), recorded)[0] is is_open


@pytest.mark.parametrize(
    ("opens", "closes", "inside"),
    [
        ("2026-11-25T14:00:00Z", "2026-11-25T18:00:00Z", True),
        ("2026-11-25T16:00:00Z", "2026-11-25T18:00:00Z", False),
        ("2026-11-24T16:00:00Z", "2026-11-24T18:00:00Z", False),
    ],
)
def test_a_window_is_held(opens, closes, inside):
    """Before it opens and after it closes the gate is shut."""
    moment = datetime(2026, 11, 25, 15, tzinfo=UTC)
    assert interlocks.within(Window(opens=opens, closes=closes), moment)[0] is inside


def test_no_window_is_no_gate():
    """A plan without a window may run at any time."""
    assert interlocks.within(None, datetime(2026, 1, 1, tzinfo=UTC))[0]


def test_a_gate_of_which_nothing_is_known_stops_nothing_and_is_recorded_as_such(recorder):
    """It is no pass: the journal and the report say that nobody could tell."""
    interlocks.check(
        recorder, {"one": lambda: (None, "not known: S3 has no call for it"), "two": lambda: (True, "fine")}
    )
    told = [entry.event for entry in read(recorder.journal.folder)]
    assert [(each.open, each.known) for each in told] == [(True, False), (True, True)]
