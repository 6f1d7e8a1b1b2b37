"""Recovery time by phase: what was seen, what was attested, what was not exercised, each with its error."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from hopsdrill.core.clock import Instant
from hopsdrill.model import events as ev
from hopsdrill.model.plan import Objectives
from hopsdrill.recovery.restore import Restored
from hopsdrill.run import measures


THEN = datetime(2026, 11, 26, 22, 0, tzinfo=UTC)
WORDS = (
    ev.PhaseAttested(
        phase=ev.Phase.DETECT, who="Ada", began="2026-11-26T21:00:00.000Z", ended="2026-11-26T21:04:00.000Z"
    ),
    ev.PhaseAttested(
        phase=ev.Phase.DECIDE, who="Bo", began="2026-11-26T21:04:00.000Z", ended="2026-11-26T21:20:00.000Z"
    ),
)


def at(seconds):
    """A moment so long after the declared disaster."""
    return None if seconds is None else Instant(THEN + timedelta(seconds=seconds), 1000.0 + seconds)


def measured(monkeypatch, *, rule="disaster", words=(), built=None, **ends):
    """The phases and the recovery time that are written down."""
    monkeypatch.setattr(measures, "_written_point", lambda *_: None)
    said = []
    recorder = SimpleNamespace(scenario="s", write=said.append, last_data_proof=at(ends.get("last", 43.0)))
    recovered = SimpleNamespace(
        backup=SimpleNamespace(seconds=1.0),
        disaster=SimpleNamespace(declared=at(0)),
        restored=Restored(at(1), provisioned=at(built), serving=at(ends.get("serving", 41.0)), late=0.125),
    )
    aims = Objectives.model_validate({"rto": "15m", "rpo": "8d", "start_clock": rule})
    site = SimpleNamespace(recorder=recorder, schedule="@weekly")
    measures.measure(site, recovered, aims, None, attested=words)
    (total,) = (each for each in said if getattr(each, "objective", "") == "rto")
    return {each.phase: each for each in said if isinstance(each, ev.PhaseMeasured)}, total


def test_phases_that_were_not_exercised_make_the_total_a_lower_bound(monkeypatch):
    """They read as not measured, and the total says which they are."""
    phases, total = measured(monkeypatch)
    assert {phase: each.seconds for phase, each in phases.items()} == {
        ev.Phase.DETECT: None,
        ev.Phase.DECIDE: None,
        ev.Phase.PROVISION: None,
        ev.Phase.RESTORE: 41.0,
        ev.Phase.VALIDATE: 2.0,
    }
    assert (total.measured_s, total.lower_bound) == (43.0, True)
    assert "not measured: detect, decide, provision" in total.basis


def test_every_measured_phase_has_its_error_and_the_total_their_sum(monkeypatch):
    """How late the watch saw the end, and the clock's millisecond; none for what was not measured."""
    phases, total = measured(monkeypatch, built=11.0)
    errors = {phase: each.error_s for phase, each in phases.items()}
    assert errors[ev.Phase.RESTORE] == pytest.approx(0.126)
    assert errors[ev.Phase.PROVISION] == errors[ev.Phase.VALIDATE] == pytest.approx(0.001)
    assert errors[ev.Phase.DETECT] is None
    assert total.error_s == pytest.approx(0.128)


def test_attested_steps_count_as_attested_not_as_measured(monkeypatch):
    """Who said it is in the phase, in its note, and in the total's basis; a whole chain is no lower bound."""
    phases, total = measured(monkeypatch, words=WORDS, built=11.0)
    detect, decide = phases[ev.Phase.DETECT], phases[ev.Phase.DECIDE]
    assert (detect.seconds, detect.attested_by, detect.error_s) == (240.0, "Ada", None)
    assert (decide.seconds, decide.attested_by) == (960.0, "Bo")
    assert "attested by Ada, not measured: from 2026-11-26T21:00:00.000Z" in detect.note
    assert phases[ev.Phase.RESTORE].attested_by == ""
    assert (total.measured_s, total.lower_bound) == (1243.0, False)
    assert "detect as Ada attests; decide as Bo attests" in total.basis


@pytest.mark.parametrize(("rule", "seconds"), [("disaster", 1243.0), ("detection", 1003.0), ("declaration", 43.0)])
def test_the_clock_starts_where_the_plan_says(monkeypatch, rule, seconds):
    """What lies before its start does not count."""
    _, total = measured(monkeypatch, rule=rule, words=WORDS, built=11.0)
    assert total.measured_s == seconds
    assert total.basis.startswith(f"from the {rule} to the last proof of the data")


def test_from_the_declaration_on_a_whole_chain_needs_nobody_s_word(monkeypatch):
    """Detection and decision lie before the clock's start."""
    assert not measured(monkeypatch, rule="declaration", built=11.0)[1].lower_bound


@pytest.mark.parametrize("gone", [{"serving": None}, {"last": None}])
def test_without_an_end_there_is_no_recovery_time(monkeypatch, gone):
    """The last data proof is the end, not an exit code: without it the verdict is UNKNOWN."""
    phases, total = measured(monkeypatch, **gone)
    assert total.measured_s is None
    assert phases[ev.Phase.VALIDATE].seconds is None
    assert phases[ev.Phase.VALIDATE].error_s is None
