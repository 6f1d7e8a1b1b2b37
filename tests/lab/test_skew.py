"""Backups begun 40 s apart, a disaster 90 s later: skew and recovery points are true to within their errors, and a lost canary is red.

The plan's bound on the skew is smaller than 40 s, so that the first scenario is BREACHED although everything came back.
"""

import json

import pytest
from on_lab import DRILLS, hopsdrill, run_folder, tailored

from hopsdrill.journal import read
from hopsdrill.model import events as ev
from hopsdrill.verdict import Verdict, judge


pytestmark = pytest.mark.nightly
NONCE = "an auditor drew this: 7f3a"
NARROW = ("rondb", "hopsfs", "opensearch", "kubernetes")
FIRST = "begun 40 seconds after"


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """One run of the feature."""
    folder = tmp_path_factory.mktemp("skew")
    objectives = {
        "rto": {"within": "15m", "source": "not judged here"},
        "rpo": {"within": "8d", "source": "not judged here"},
        "skew": {"within": "30s", "source": "a contract of this test"},
    }
    plan = tailored(
        folder,
        "test_skew.py",
        "skew.feature",
        name="skew",
        objectives=objectives,
    )
    reports = folder / "reports"
    ended = hopsdrill("run", plan, "--json", "--challenge", NONCE, "--reports", reports, timeout=900)
    return ended, run_folder(reports)


def scenario_of(entries, text):
    """The full name of the scenario that has a text in its name."""
    names = {entry.event.scenario for entry in entries if isinstance(entry.event, ev.ScenarioPlanned)}
    (found,) = [name for name in names if text in name]
    return found


def test_the_first_scenario_recovers_and_breaches_the_skew(run):
    """Everything came back; the bound on the skew is what was missed, and by its source."""
    ended, folder = run
    entries = read(folder)
    judgement, name = judge(entries), scenario_of(entries, FIRST)
    reasons = [reason for reason in judgement.reasons if reason.scenario == name and reason.verdict is not Verdict.PASS]
    assert judgement.of(name) is Verdict.BREACHED, [*(each.text for each in reasons), ended.err[-2000:]]
    assert [each.rule for each in reasons] == ["objective-missed"]
    assert "a contract of this test" in reasons[0].text


def test_skew_and_recovery_points_are_measured_to_a_second(run):
    """By canaries which all say the auditor's nonce; the broker's gap is counted in messages."""
    _, folder = run
    entries = read(folder)
    name = scenario_of(entries, FIRST)
    events = [entry.event for entry in entries if getattr(entry.event, "scenario", "") == name]
    told = {each.store: each for each in events if isinstance(each, ev.CanariesAccounted)}
    assert {each.nonce for each in told.values()} == {NONCE}
    assert set(told) == {*NARROW, "kafka", "registry"}
    assert all(told[store].error_s <= 1 for store in NARROW)
    assert 89 <= told["rondb"].rpo_s <= 140
    (skew,) = [each for each in events if isinstance(each, ev.SkewMeasured)]
    cells = {(each.first, each.second): each for each in skew.cells}
    between = cells["rondb", "opensearch"]
    assert between.error_s <= 1
    assert -60 < between.seconds < -35
    assert cells["kafka", "rondb"].messages > 0
    (clocks,) = [each for each in events if isinstance(each, ev.ClocksMeasured)]
    assert {each.where for each in clocks.clocks} == {"cluster", "object store", *NARROW[:3], "kafka", "registry"}
    assert all(each.error_s is not None and each.error_s < 0.5 for each in clocks.clocks), clocks


def test_a_lost_canary_is_red_and_named(run):
    """In each store, by the account of its canaries."""
    ended, folder = run
    assert ended.code == 1
    found = json.loads((folder / "report.json").read_text())["fields"]["validation"]["proofs"]
    for store in NARROW:
        (red,) = [
            each
            for each in found
            if each["store"] == store and f"A canary of {store} " in each["scenario"] and each["status"] == "failed"
        ]
        assert red["proof"] == "canaries-are-lost-as-expected"
        assert f"canary 3 of {store}: " in red["differences"][0]
    assert (DRILLS / "skew.feature").exists()
