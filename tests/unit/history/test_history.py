"""What many runs say together."""

import json
from datetime import UTC, datetime

import journal_tape as tape
import pytest
import sample_journal as sample

from hopsdrill.cli.main import _run
from hopsdrill.cli.report import keep_indexed
from hopsdrill.core.errors import PlanError
from hopsdrill.history import differences, findings, history, last_proven, write_index
from hopsdrill.history.findings import SLOWER, Assignment, assign, load_register
from hopsdrill.model import events as ev


NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
DAY_MS = 86_400_000
FAILED = "rows-match-the-snapshot"


def failing():
    """Rows are missing."""
    return tape.replaced(sample.passing(), ev.ProofRecorded, {"proof": FAILED}, status=ev.Status.FAILED)


def slow(seconds):
    """The recovery took so long; the plan allows twice the median."""
    plan = sample.plan().model_dump(mode="json", by_alias=True)
    plan["objectives"]["slower_by"] = 2
    events = tape.replaced(sample.passing(), ev.ObjectiveMeasured, {"objective": "rto"}, measured_s=seconds)
    return tape.replaced(events, ev.RunStarted, plan=plan)


@pytest.fixture
def reports(tmp_path):
    """Makes a reports folder of runs, one a day, in their order."""

    def make(*runs):
        for number, events in enumerate(runs):
            later = [tape.Timed(ms + number * DAY_MS, event) for ms, event in events]
            tape.write(tmp_path / f"2026112{number}T000000Z-run", later, sample.EVIDENCE)
        return tmp_path

    return make


def test_the_last_proven_backup_is_that_of_a_passing_run(reports):
    """A later run that failed proves nothing."""
    found = history(reports(sample.passing(), failing()))
    proven = last_proven(found)
    assert proven.run.folder.name.startswith("20261120")
    assert proven.ids["rondb"] == sample.RONDB_ID
    assert proven.age(NOW) == pytest.approx((NOW - tape.START).total_seconds(), abs=300)
    assert last_proven(found, "another-drill") is None


def a_point(scenario, moment, rondb):
    """A backup that was taken, whether or not anybody restored it."""
    return ev.RecoveryPoint(
        scenario=scenario,
        ids={"rondb": rondb},
        moment=moment,
        rule="the start of the snapshot all parts were read from",
        schedule="@weekly",
        worst_case_s=604_809.4,
        size_bytes=1,
        object_count=1,
    )


@pytest.mark.parametrize("scenario", [sample.MAIN, sample.REFUSED])
def test_a_backup_that_nobody_restored_is_not_proven(reports, scenario):
    """A fresh one taken after the restore, in the scenario that restored or in one that did not, is younger and says nothing."""
    events = sample.passing()
    at = next(number for number, (_, event) in enumerate(events) if isinstance(event, ev.DisasterDeclared)) + 1
    events.insert(at, tape.Timed(events[at][0], a_point(scenario, "2026-11-24T18:00:00.000Z", "999999999")))
    assert last_proven(history(reports(events))).ids["rondb"] == sample.RONDB_ID


def test_a_finding_is_recognised_and_closed_by_a_retest_only(reports):
    """Failed twice, then passed: one finding, seen twice, closed by the third run."""
    known = findings(history(reports(failing(), failing(), sample.passing())))
    assert [(each.rule, each.seen, each.closed_by) for each in known if each.rule == "proof-failed"] == [
        ("proof-failed", ["20261120T000000Z-run", "20261121T000000Z-run"], "20261122T000000Z-run")
    ]
    assert known[0].id.startswith("HD-")


def test_a_finding_that_comes_back_is_open_again(reports):
    """Under its old ID."""
    (first,) = [each for each in findings(history(reports(failing()))) if each.rule == "proof-failed"]
    (again,) = [
        each
        for each in findings(history(reports(failing(), sample.passing(), failing())))
        if each.rule == "proof-failed"
    ]
    assert (again.id, again.open, len(again.seen)) == (first.id, True, 2)


def test_an_aborted_run_closes_nothing(reports):
    """Its scenario did not pass."""
    aborted = [each for each in sample.passing() if not isinstance(each.event, ev.ScenarioFinished | ev.RunFinished)]
    known = findings(history(reports(failing(), aborted)))
    assert [each.open for each in known if each.rule == "proof-failed"] == [True]


def test_a_recovery_that_got_slower_than_allowed_is_a_finding(reports):
    """Against the median of the passing runs before it; what is within the bound is none."""
    known = findings(history(reports(slow(60.0), slow(64.0), slow(120.0), slow(140.0))))
    assert [(each.rule, each.seen) for each in known] == [(SLOWER, ["20261123T000000Z-run"])]
    assert "140 s" in known[0].text
    assert "median of 3 passing runs before is 64 s" in known[0].text


def test_owner_and_day_are_kept_and_overdue_is_told(reports, capsys):
    """By the command line, as people do it."""
    folder = reports(failing())
    (finding,) = [each for each in findings(history(folder)) if each.rule == "proof-failed"]
    assert (
        _run(["findings", "assign", finding.id, "--owner", "Ada", "--due", "2026-01-01", "--reports", str(folder)]) == 0
    )
    assert load_register(folder) == {finding.id: Assignment(owner="Ada", due="2026-01-01")}
    capsys.readouterr()
    assert _run(["findings", "list", "--json", "--reports", str(folder)]) == 1
    told = {each["id"]: each for each in json.loads(capsys.readouterr().out)}
    assert (told[finding.id]["assigned"]["owner"], told[finding.id]["open"]) == ("Ada", True)
    assert (
        _run(["findings", "assign", "HD-none", "--owner", "Ada", "--due", "2026-01-01", "--reports", str(folder)]) == 2
    )


def test_a_register_that_is_none_is_named(tmp_path):
    """With what it holds."""
    (tmp_path / "findings.yaml").write_text("- owner: Ada\n")
    with pytest.raises(PlanError, match="no register of findings"):
        load_register(tmp_path)
    (tmp_path / "findings.yaml").write_text("{}\n")
    assign(tmp_path, "HD-1", Assignment(owner="Ada"))
    assert load_register(tmp_path)["HD-1"].owner == "Ada"


def test_a_register_that_is_none_does_not_change_how_a_run_ended(reports, capsys):
    """The index is a by-product: what prevents it is said, with what to do."""
    folder = reports(sample.passing())
    (folder / "findings.yaml").write_text("- owner: Ada\n")
    keep_indexed(folder)
    said = capsys.readouterr().err
    assert "index.html was not written anew" in said
    assert "next: it holds, by finding" in said
    assert not (folder / "index.html").exists()


def test_age_has_an_exit_code(reports, capsys):
    """None proven and too old are 1, a bound that is none is 2."""
    folder = reports(sample.passing())
    assert _run(["report", "age", "--reports", str(folder), "--max", "100000d"]) == 0
    assert _run(["report", "age", "--reports", str(folder), "--max", "1s"]) == 1
    assert _run(["report", "age", "--reports", str(folder), "--max", "soon"]) == 2
    assert _run(["report", "age", "--reports", str(folder / "empty")]) == 1
    assert "no run in" in capsys.readouterr().out


def test_two_runs_of_the_same_events_say_the_same(reports, capsys):
    """And a failed one differs by its verdict, scenario and proof."""
    folder = reports(sample.passing(), sample.passing(), failing())
    one, two, three = history(folder).runs
    assert differences(one, two) == []
    lines = {what: (first, second) for what, first, second in differences(one, three)}
    assert lines["verdict"] == ("PASS", "FAIL")
    assert lines[f"scenario {sample.MAIN}"] == ("PASS", "FAIL")
    (found,) = [each.id for each in three.report.fields.findings.items]
    assert lines[f"finding {found}"] == ("none", lines[f"finding {found}"][1])
    assert {tuple(lines[what]) for what in lines if what.startswith("control ")} == {
        ("evidenced in this run", "not evidenced in this run")
    }
    others = [what for what in lines if not what.startswith(("control ", "finding "))]
    name = f"proof {sample.MAIN.rpartition('::')[2]}: {FAILED} of rondb"
    assert others == ["verdict", f"scenario {sample.MAIN}", name]
    assert _run(["report", "diff", str(one.folder), str(three.folder)]) == 1
    assert _run(["report", "diff", str(one.folder), str(two.folder)]) == 0
    assert "the runs say the same" in capsys.readouterr().out


def of_two_stores(status):
    """A passing run in which the proof is made of two stores, of the first with this status."""
    events = []
    for each in sample.passing():
        if getattr(each.event, "proof", "") == FAILED:
            events.append(tape.Timed(each.ms, each.event.model_copy(update={"store": "hopsfs", "status": status})))
        events.append(each)
    return events


def test_the_same_proof_of_another_store_is_another_line(reports):
    """What failed for one store is told although it passed for the one that came after it."""
    one, two = history(reports(of_two_stores(ev.Status.PASSED), of_two_stores(ev.Status.FAILED))).runs
    told = [what for what, _, _ in differences(one, two) if what.startswith("proof ")]
    assert told == [f"proof {sample.MAIN.rpartition('::')[2]}: {FAILED} of hopsfs"]


def test_two_recoveries_of_other_length_differ_by_phase_and_total(reports):
    """So that it can be seen where the time went."""
    changed = tape.replaced(slow(60.0), ev.PhaseMeasured, {"phase": ev.Phase.RESTORE}, seconds=58.0)
    one, two = history(reports(slow(42.6), changed)).runs
    lines = {what: (first, second) for what, first, second in differences(one, two)}
    assert lines["recovery time"] == ("42.6 s", "1 min")
    assert lines[f"restore of {sample.MAIN.rpartition('::')[2]}"] == ("41.4 s", "58 s")


def test_the_index_shows_trends_with_their_values_in_the_table(reports):
    """Of recovery time, loss, statements proved, and the age of the last proven backup when each run had ended."""
    folder = reports(slow(60.0), failing(), slow(90.0))
    found = history(folder)
    text = write_index(folder, found, findings(found), NOW).read_text()
    for title in ("recovery time", "loss of data", "statements proved", "age of the last proven backup after each run"):
        assert text.count(f"{title}, at most") == 1, title
    assert [run.statements for run in found.runs] == [["HDR-34"], [], ["HDR-34"]]
    rows = [row for row in text.split("<tr>") if row.startswith('<td class="w"><a href')]
    ages = [row.split('<td class="n">')[5].partition("<")[0] for row in rows]
    assert ages == ["2 d 1 min 6 s", "1 d 1 min 6 s", "1 min 6 s"]  # of one backup, which gets older


def test_the_index_lists_every_run_also_one_that_does_not_open(reports):
    """A folder whose journal was changed is no run less."""
    folder = reports(slow(60.0), failing(), slow(90.0))
    spoiled = folder / "20261121T000000Z-run" / "journal.ndjson"
    spoiled.write_text(spoiled.read_text().replace('"seq":3', '"seq":4'))
    found = history(folder)
    text = write_index(folder, found, findings(found), NOW).read_text()
    assert "20261121T000000Z-run" in text
    assert "does not open" in text
    assert text.count("<circle") >= 2
    assert "<script" not in text
    assert write_index(folder, found, findings(found), NOW).read_text() == text
