"""The recorder writes what happened, also when it went wrong."""

import hashlib
import json

import pytest

from hopsdrill.core.errors import OperationError
from hopsdrill.core.redact import REDACTOR
from hopsdrill.journal import EvidenceStore, Journal, Recorder, read
from hopsdrill.model import events as ev


@pytest.fixture
def recorder(tmp_path):
    """A recorder on a fresh folder, within a scenario."""
    made = Recorder(Journal(tmp_path), EvidenceStore(tmp_path))
    made.scenario = "s"
    yield made
    made.journal.close()


def test_operation_is_journalled_ahead_of_its_call(recorder, tmp_path):
    """While the body runs, the start is on disk and the end is not."""
    with recorder.operation("restore", "helm upgrade", target="drill", destructive=True) as outcome:
        assert [entry.event.type for entry in read(tmp_path)] == ["operation.started"]
        outcome.text = "deployed"

    started, finished = (entry.event for entry in read(tmp_path))
    assert (started.operation, started.destructive) == (finished.operation, True)
    assert (finished.status, finished.outcome) == (ev.Status.PASSED, "deployed")


def test_failing_operation_is_journalled_and_passes_on(recorder, tmp_path):
    """Our error's message becomes the outcome; the error goes on to the step."""
    error = OperationError("helm ended with 1")
    with pytest.raises(OperationError), recorder.operation("restore", "helm upgrade", target="drill"):
        raise error

    assert read(tmp_path)[-1].event.outcome == "helm ended with 1"
    assert read(tmp_path)[-1].event.status is ev.Status.FAILED


def test_foreign_error_is_named_by_its_type(recorder, tmp_path):
    """Even a KeyboardInterrupt leaves an end of the operation behind."""
    with pytest.raises(KeyboardInterrupt), recorder.operation("restore", "helm upgrade", target="drill"):
        raise KeyboardInterrupt

    assert read(tmp_path)[-1].event.outcome.startswith("KeyboardInterrupt")


def test_many_differences_go_to_evidence(recorder, tmp_path):
    """The entry keeps twenty, evidence has all, and the entry points to it."""
    keys = [f"key-{number}" for number in range(50)]

    assert not recorder.proof("rows", store="rondb", passed=False, expected="0", observed="50", differences=keys)

    event = read(tmp_path)[-1].event
    assert event.differences == keys[:20]
    assert json.loads((tmp_path / "evidence" / event.evidence[0]).read_text()) == keys


def test_evidence_is_named_by_its_digest(recorder, tmp_path):
    """The file's name is the SHA-256 of its bytes; the index says what it is."""
    digest = recorder.keep("log.txt", "text")

    stored = tmp_path / "evidence" / digest
    assert hashlib.sha256(stored.read_bytes()).hexdigest() == digest
    index = json.loads((tmp_path / "evidence" / "index.ndjson").read_text())
    assert index == {"digest": digest, "media": "text/plain", "name": "log.txt", "size": 4}


def test_evidence_holds_no_secret(recorder, tmp_path, monkeypatch):
    """Redaction comes before the digest, so the digest is of what is stored."""
    monkeypatch.setattr(REDACTOR, "_forms", set())
    REDACTOR.register("hunter2-hunter2")
    digest = recorder.keep("env.json", {"PASSWORD": "hunter2-hunter2"})

    assert "hunter2" not in (tmp_path / "evidence" / digest).read_text()


def test_ledger_and_action_are_plain_events(recorder, tmp_path):
    """Created, removed and probed each leave one event, the probe under its scenario."""
    thing = ev.Resource(kind="namespace", name="hopsworks")
    recorder.created(thing)
    recorder.removed(thing)
    recorder.action("wipe", effective=True, expected="empty", observed="empty")

    created, removed, action = (entry.event for entry in read(tmp_path))
    assert created.resource == removed.resource == thing
    assert (action.scenario, action.effective) == ("s", True)
