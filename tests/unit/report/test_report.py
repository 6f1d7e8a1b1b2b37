"""Reports: everything in them follows from the journal."""

import io
import json
import re
from xml.etree import ElementTree as ET

import journal_tape as tape
import pytest
import sample_journal as sample
from markupsafe import escape
from rich.console import Console

from hopsdrill.core.errors import SecretFoundError
from hopsdrill.core.redact import REDACTOR
from hopsdrill.journal import read
from hopsdrill.model import events as ev
from hopsdrill.report import build, first_screen, write
from hopsdrill.report.gap import gaps
from hopsdrill.report.render import field_rows, html, markdown
from hopsdrill.verdict.wording import NO_SOURCE


PASSING = sample.passing()
FAILED = tape.replaced(
    PASSING,
    ev.ProofRecorded,
    {"proof": "rows-match-the-snapshot"},
    status=ev.Status.FAILED,
    differences=["fraud.t1[7] amount: 1.00 -> 2.00"],
)
VARIANTS = {
    "PASS": PASSING,
    "FAIL": FAILED,
    "INVALID": tape.replaced(PASSING, ev.ActionProbed, {"action": "data-directories-were-emptied"}, effective=False),
    "UNKNOWN": tape.without(PASSING, ev.ProofRecorded, proof="objects-match-the-backup"),
    "BREACHED": tape.replaced(PASSING, ev.ObjectiveMeasured, {"objective": "rto"}, measured_s=5000.0),
    "ABORTED": PASSING[:-20],
}


def written(tmp_path, events):
    """A run on disk."""
    return tape.write(tmp_path / "run", events, sample.EVIDENCE)


def report_of(tmp_path, events):
    """A run's report."""
    folder = written(tmp_path, events)
    return build(folder, read(folder))


@pytest.mark.parametrize("verdict", VARIANTS)
def test_every_verdict_makes_a_whole_report(tmp_path, verdict):
    """Each verdict's journal gives all four artefacts, and the first screen names the verdict."""
    folder = written(tmp_path, VARIANTS[verdict])
    report = write(folder)
    assert report.verdict == verdict
    assert json.loads((folder / "report.json").read_text())["verdict"] == verdict
    assert f'<div class="word">{verdict}</div>' in (folder / "report.html").read_text()
    assert (folder / "report.md").read_text().startswith(f"# {verdict}: ")
    assert ET.parse(folder / "junit.xml").getroot().tag == "testsuite"


def test_a_failure_names_what_differs_on_the_first_screen(tmp_path):
    """Nobody has to look further to learn which row is wrong."""
    report = report_of(tmp_path, FAILED)
    assert report.summary.recovered.startswith("No. ")
    assert "fraud.t1[7] amount: 1.00 -> 2.00" in report.summary.recovered


def test_the_same_journal_gives_the_same_bytes(tmp_path):
    """Written twice, nothing changes."""
    folder = written(tmp_path, PASSING)
    write(folder)
    before = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    write(folder)
    assert before == {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def test_every_gap_is_shown(tmp_path):
    """A field nobody filled in stands in HTML and Markdown with its reason."""
    folder = written(tmp_path, PASSING)
    report = write(folder)
    page, text = (folder / "report.html").read_text(), (folder / "report.md").read_text()
    found = list(gaps(report.fields))
    assert len(found) > 10
    assert [(path, why) for path, why in found if str(escape(why)) not in page] == []
    assert all(path in text.replace("\\", "") for path, _ in found)


def test_all_32_fields_are_there(tmp_path):
    """None is left out, none is twice."""
    rows = field_rows(report_of(tmp_path, PASSING))
    assert [number for number, *_ in rows] == list(range(1, 33))
    assert all(about and content for _, _, about, content in rows)


def test_the_page_needs_nothing_from_outside(tmp_path):
    """No script, no address to fetch, no style sheet but its own."""
    folder = written(tmp_path, PASSING)
    write(folder)
    page = (folder / "report.html").read_text()
    assert "<script" not in page
    assert not re.search(r"""(src|href)\s*=\s*["'](?!#)""", page)
    assert "url(" not in page
    assert "default-src 'none'" in page


HOSTILE = "<script>alert(1)</script> \x1b[31mred\x1b[0m | `code` \u202e \x00 " + "x" * 5000


def test_hostile_texts_stay_texts(tmp_path):
    """Markup is escaped, terminal colours and control characters are taken out, length breaks nothing."""
    events = tape.replaced(
        PASSING, ev.ProofRecorded, {"proof": "rows-match-the-snapshot"}, observed=HOSTILE, expected=HOSTILE
    )
    folder = written(tmp_path, events)
    write(folder)
    page = (folder / "report.html").read_text()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page
    assert not any(mark in page + (folder / "report.md").read_text() for mark in ("\x1b", "\x00"))
    assert "<script>" not in (folder / "report.md").read_text()
    ET.parse(folder / "junit.xml")


def test_a_run_that_was_not_conducted_says_why(tmp_path):
    """Exit code 4, the reason on the first screen, one error in junit.xml."""
    refused = ev.NotConducted(why="interlock", message="the cluster is not ours", hint="use the lab")
    events = [*PASSING[:1], tape.Timed(5, refused), tape.Timed(6, ev.RunFinished())]
    folder = written(tmp_path, events)
    report = write(folder)
    assert (report.verdict, report.exit_code) == (None, 4)
    assert "the cluster is not ours" in report.summary.recovered
    assert ET.parse(folder / "junit.xml").getroot().get("errors") == "1"


def test_a_torn_journal_still_makes_a_report(tmp_path):
    """What kill -9 leaves is an ABORTED run with a whole report."""
    folder = written(tmp_path, PASSING[:40])
    with (folder / "journal.ndjson").open("ab") as file:
        file.write(b'{"seq": 40, "at"')
    assert write(folder).verdict == "ABORTED"


@pytest.mark.parametrize(
    ("verdict", "failures", "errors"),
    [("PASS", "0", "0"), ("FAIL", "1", "0"), ("BREACHED", "1", "0"), ("INVALID", "0", "1"), ("UNKNOWN", "0", "1")],
)
def test_junit_counts_what_did_not_pass(tmp_path, verdict, failures, errors):
    """FAIL and BREACHED are failures, INVALID and UNKNOWN are errors, nothing is ever skipped."""
    folder = written(tmp_path, VARIANTS[verdict])
    write(folder)
    suite = ET.parse(folder / "junit.xml").getroot()
    assert (suite.get("failures"), suite.get("errors"), suite.get("skipped")) == (failures, errors, "0")


def test_junit_has_every_step_inside_its_case(tmp_path):
    """With its result and time; those that did not run are told, too."""
    events = tape.replaced(
        PASSING, ev.StepFinished, {"scenario": sample.MAIN, "index": 5}, status=ev.Status.FAILED, error="it timed out"
    )
    cut = next(n for n, (_, each) in enumerate(events) if isinstance(each, ev.StepStarted) and each.index == 8)
    folder = written(tmp_path, [*events[:cut], *events[-1:]])
    write(folder)
    main, refused = ET.parse(folder / "junit.xml").getroot().findall("testcase")
    lines = main.find("system-out").text.strip().splitlines()
    assert [line.split()[0] for line in lines] == [*["passed"] * 5, "failed", "it", *["passed"] * 2, "not", "not"]
    assert "restored in place from that backup with forceDataClear (41.3 s)" in lines[5]
    assert "it timed out" in main.find("error").text
    others = refused.find("system-out").text.strip().splitlines()
    assert [line.startswith("not run") for line in others] == [True] * 3


def test_changed_and_missing_evidence_is_told(tmp_path):
    """Every file is held against its digest."""
    folder = written(tmp_path, PASSING)
    (folder / "evidence" / sample.DIGEST["helm-upgrade.txt"]).write_text("something else")
    (folder / "evidence" / sample.DIGEST["loss-rondb.json"]).unlink()
    states = {each.names[0]: each.state for each in build(folder, read(folder)).fields.evidence}
    assert states == {"helm-upgrade.txt": "changed", "loss-rondb.json": "missing", "fingerprint-rondb.json": "intact"}


def test_an_artefact_that_would_hold_a_secret_is_not_written(tmp_path, monkeypatch):
    """Whatever made it: there is one way to write, and it refuses."""
    monkeypatch.setattr(REDACTOR, "_forms", set())
    folder = written(tmp_path, PASSING)
    REDACTOR.register("restored in place")
    with pytest.raises(SecretFoundError, match=r"report\.json was to hold"):
        write(folder)
    assert not (folder / "report.json").exists()


def screen(report, folder, width):
    """The first screen, as a terminal of so many columns shows it."""
    console = Console(width=width, record=True, file=io.StringIO())
    console.print(first_screen(report, folder))
    return console.export_text()


def test_the_first_screen_fits_a_terminal(tmp_path):
    """At 80 columns no line is longer, and every answer is there."""
    folder = written(tmp_path, PASSING)
    text = screen(build(folder, read(folder)), folder, 80)
    assert max(len(line) for line in text.splitlines()) <= 80
    assert all(
        word in text for word in ("PASS", "Could we recover?", "Not covered", "Stood in", "Losing what", "Run it again")
    )


def test_what_was_done_by_hand_is_on_the_first_screen_of_every_form(tmp_path):
    """Whoever reads that all came back must see by whose hand."""
    folder = written(tmp_path, PASSING)
    report, words = write(folder), "the marker of the earlier restore was deleted"
    texts = [screen(report, folder, 200), (folder / "report.md").read_text(), (folder / "report.html").read_text()]
    for text in texts:
        before, _, after = text.partition("Done by hand")
        assert "Losing what" in before
        assert words in after.partition("Decision needed")[0]
    bare = report_of(tmp_path / "bare", tape.without(PASSING, ev.Noted, topic="manual-step"))
    assert "Done by hand" not in markdown(bare)


def test_recovery_time_is_a_lower_bound_and_says_what_was_not_measured(tmp_path):
    """Phases that were not exercised read so, and the total is marked."""
    report = report_of(tmp_path, PASSING)
    assert report.summary.time.startswith("at least 42.6 s")
    assert "detect not measured" in report.summary.time


def test_the_recovery_point_is_given_twice(tmp_path):
    """Measured in this drill, and at worst by schedule."""
    loss = report_of(tmp_path, PASSING).summary.loss
    assert "20.5 s of data in this drill" in loss
    assert "up to 7 d 9 s at worst by schedule" in loss


def test_where_the_backup_lies_and_how_it_is_kept_there_is_told(tmp_path):
    """Or that nobody asked, for a journal of an earlier version."""
    (told,) = report_of(tmp_path, PASSING).fields.backup
    assert told.location == "bucket hopsworks at http://127.0.0.1:9000"
    assert (told.encryption, told.immutability) == ("none by the bucket", "object lock, GOVERNANCE, 30 d")
    assert told.ttl_left == "kubernetes until 2026-12-24T15:20:42Z"
    before = tape.replaced(PASSING, ev.RecoveryPoint, None, location="", encryption="", immutability="", expires={})
    (told,) = report_of(tmp_path / "before", before).fields.backup
    assert told.encryption.gap == "nobody asked the object store"
    assert told.ttl_left.gap == "no backup says until when it is kept"


def test_rendering_is_a_function_of_the_report(tmp_path):
    """HTML and Markdown need nothing but the report and the entries."""
    folder = written(tmp_path, PASSING)
    entries = read(folder)
    report = build(folder, entries)
    assert html(report, entries) == html(report, entries)
    assert markdown(report) == markdown(report)


def test_what_broke_is_named_with_its_scenario_once(tmp_path):
    """Not "ended as failed" as often as something followed from it."""
    events = tape.replaced(
        sample.passing(), ev.StepFinished, {"index": 5}, status=ev.Status.FAILED, error="it timed out"
    )
    events = tape.replaced(events, ev.ScenarioFinished, {"scenario": sample.MAIN}, status=ev.Status.FAILED)
    told = report_of(tmp_path, events).summary.recovered
    title = sample.MAIN.rpartition("::")[2]
    assert told.startswith(f"Nobody can say. {title}: step ")
    assert told.count("it timed out") == 1
    assert "ended as" not in told


def test_an_objective_carries_its_source_through_every_artefact(tmp_path):
    """What sets a bound stands in the verdict's reason, on the page, in the JSON, in Markdown and in junit.xml."""
    missed = {"measured_s": 5000.0, "source": "contract 7, clause 3"}
    events = tape.replaced(PASSING, ev.ObjectiveMeasured, {"objective": "rto"}, **missed)
    events = tape.replaced(events, ev.ObjectiveMeasured, {"objective": "rpo"}, source="")
    folder = written(tmp_path, events)
    report = write(folder)
    reason = next(each.text for each in report.fields.verdict.reasons if each.rule == "objective-missed")
    assert report.verdict == "BREACHED"
    assert reason.endswith("allowed (contract 7, clause 3)")
    told = json.loads((folder / "report.json").read_text())["fields"]["verdict"]["objectives"]
    assert {each["objective"]: each["source"] for each in told}["rto"] == "contract 7, clause 3"
    assert {each["objective"]: each["source"] for each in told}["rpo"] == {"gap": NO_SOURCE}
    assert [each["met"] for each in told if each["objective"] == "rto"] == [False]
    assert "contract 7, clause 3" in (folder / "report.html").read_text()
    row = next(line for line in (folder / "report.md").read_text().splitlines() if line.startswith("| rto "))
    assert row.endswith("| contract 7, clause 3 | MISSED |")
    properties = {each.get("name"): each.get("value") for each in ET.parse(folder / "junit.xml").iter("property")}
    assert properties["objective.rto"].endswith("(contract 7, clause 3); MISSED")
    assert NO_SOURCE in properties["objective.rpo"]


def test_an_attested_step_is_told_as_attested_everywhere(tmp_path):
    """Whose word it is, and never an error as if it had been measured; measured phases carry theirs."""
    word = ev.PhaseAttested(
        phase=ev.Phase.DETECT, who="Ada", began="2026-11-24T15:00:00.000Z", ended="2026-11-24T15:04:00.000Z"
    )
    note = "attested by Ada, not measured"
    events = tape.replaced(
        PASSING, ev.PhaseMeasured, {"phase": ev.Phase.DETECT}, seconds=240.0, attested_by="Ada", note=note
    )
    events = tape.replaced(events, ev.PhaseMeasured, {"phase": ev.Phase.RESTORE}, error_s=0.126)
    folder = written(tmp_path, [events[0], tape.Timed(events[0].ms, word), *events[1:]])
    report = write(folder)
    assert report.verdict == "PASS"
    assert "detect 4 min (attested), decide not measured" in report.summary.time
    assert "restore 41.4 s ± 0.126 s" in report.summary.time
    page, text = (folder / "report.html").read_text(), (folder / "report.md").read_text()
    assert f'detect</td><td class="n">4 min (attested)</td><td>{note}</td>' in page
    assert f"| detect | 4 min (attested) | {note} |" in text
    assert "| restore | 41.4 s ± 0.126 s |" in text
    told = json.loads((folder / "report.json").read_text())["fields"]["rto"][0]["phases"]
    assert [each["basis"] for each in told] == ["attested", *2 * ["not measured"], *2 * ["measured"]]
    assert told[0]["error_s"] == {"gap": "attested"}
    assert told[1]["error_s"] == {"gap": "not measured"}
    assert told[4]["error_s"] == {"gap": "not stated"}  # a journal from before it was


def test_the_rule_by_which_the_clock_starts_is_the_plan_s(tmp_path):
    """A journal from before plans had one tells what it said itself."""
    plan = {**PASSING[0].event.plan, "objectives": {"start_clock": "declaration"}}
    report = report_of(tmp_path, tape.replaced(PASSING, ev.RunStarted, plan=plan))
    assert report.fields.rto[0].start_rule == "from the declaration, which is the decision to recover"
    plan = {**plan, "objectives": {}}
    (tmp_path / "old").mkdir()
    report = report_of(tmp_path / "old", tape.replaced(PASSING, ev.RunStarted, plan=plan))
    assert report.fields.rto[0].start_rule == "the clock starts when the writer is stopped"
