"""The mapping of controls: its data, what it says of a run, and its published page."""

import json
import subprocess
import sys
from pathlib import Path

import journal_tape as tape
import pytest
import sample_journal as sample

from hopsdrill.core.errors import InternalError
from hopsdrill.journal import read
from hopsdrill.model import events as ev
from hopsdrill.plan.statements import statements
from hopsdrill.report import build, write
from hopsdrill.report.controls import PACKAGED, load
from hopsdrill.report.doc import page


PUBLISHED = Path(__file__).parents[3] / "docs" / "reference" / "controls.md"
KNOWN = load()
EVIDENCED, NOT = "evidenced in this run", "not evidenced in this run"
PASSING = sample.passing()
# its needs are proofs, an action and objectives, and the sample has all of them
OF_THE_SAMPLE = ("NIST SP 800-53 rev. 5", "CP-10")


def mapping(tmp_path, events):
    """What the report of a run with these events says about controls."""
    folder = tape.write(tmp_path / "run", events, sample.EVIDENCE)
    return build(folder, read(folder)).fields.controls


def status(found, standard, control):
    """What it says about one."""
    return next(each for each in found.accounts if (each.standard, each.control) == (standard, control))


DECLARED = """
import importlib, json, pkgutil, hopsdrill_steps
from hopsdrill.plan.declare import declaration_of
found = set()
for module in pkgutil.walk_packages(hopsdrill_steps.__path__, "hopsdrill_steps."):
    for each in vars(importlib.import_module(module.name)).values():
        found |= {*declaration_of(each).proofs, *declaration_of(each).actions}
print(json.dumps(sorted(found)))
"""


def declared():
    """Every proof and action that a step declares; in a process of its own, for pytest rewrites steps when a drill imports them."""
    said = subprocess.run([sys.executable, "-c", DECLARED], check=True, capture_output=True, text=True, timeout=120)
    return set(json.loads(said.stdout))


def test_published_page_is_current():
    """Run ``python -m hopsdrill.report.doc > docs/reference/controls.md`` when this fails."""
    assert PUBLISHED.read_text() == page()


def test_every_proof_and_action_is_declared_by_a_step():
    """A name that no step records would leave its controls without evidence for ever."""
    named = {name for need in KNOWN.needs.values() for name in [*need.proofs, *need.actions]}
    assert named - declared() == set()


def test_every_statement_is_one_of_the_packaged_ones():
    """And none is named that there is not."""
    assert {each for need in KNOWN.needs.values() for each in need.statements} - set(statements()) == set()


def test_a_passing_run_gives_evidence_for_some_controls_and_not_for_others(tmp_path):
    """What was not exercised is named, and never counted."""
    found = mapping(tmp_path, PASSING)
    assert status(found, *OF_THE_SAMPLE).status == EVIDENCED
    unscheduled = status(found, "ISO/IEC 27001:2022", "A.8.13")
    assert (unscheduled.status, unscheduled.missing) == (NOT, ["backups-run-by-schedule"])
    assert "complied with" in found.reading


def test_what_rests_on_a_stand_in_says_so(tmp_path):
    """The sample's database is played by another, and so is part of all that is about no single store."""
    found = mapping(tmp_path, PASSING)
    assert status(found, *OF_THE_SAMPLE).stand_ins == ["rondb"]
    assert status(found, "DORA (Regulation (EU) 2022/2554)", "art. 12(6)").stand_ins == ["rondb"]


def test_what_the_plan_does_not_say_is_missing(tmp_path):
    """A gap of the report is no evidence, and its reason is told."""
    found = mapping(tmp_path, PASSING)
    assert status(found, "NIST SP 800-53 rev. 5", "CP-4").missing == ["people-are-named"]
    assert next(each for each in found.needs if each.name == "people-are-named").missing == [
        "roles.operator: the plan does not say"
    ]


SPOILED = {
    "a proof failed": (
        tape.replaced(PASSING, ev.ProofRecorded, {"proof": "rows-match-the-snapshot"}, status=ev.Status.FAILED),
        "rows-match-the-snapshot failed (entry ",
    ),
    "a proof is unknown": (
        tape.replaced(PASSING, ev.ProofRecorded, {"proof": "objects-match-the-backup"}, status=ev.Status.UNKNOWN),
        "objects-match-the-backup unknown (entry ",
    ),
    "a planned proof was not recorded": (
        tape.without(PASSING, ev.ProofRecorded, proof="objects-match-the-backup"),
        "objects-match-the-backup was planned and not recorded: A weekly backup",
    ),
    "an action had no effect": (
        tape.replaced(PASSING, ev.ActionProbed, {"action": "data-directories-were-emptied"}, effective=False),
        "data-directories-were-emptied had no effect",
    ),
    "another action of its scenario had no effect": (
        tape.replaced(PASSING, ev.ActionProbed, {"action": "rows-changed-after-the-backup"}, effective=False),
        "was recorded in a scenario that is INVALID",
    ),
    "the objective was missed": (
        tape.replaced(PASSING, ev.ObjectiveMeasured, {"objective": "rto"}, measured_s=5000.0),
        "rto was missed",
    ),
    "the objective was not measured": (
        tape.replaced(PASSING, ev.ObjectiveMeasured, {"objective": "rpo"}, measured_s=None),
        "rpo was not measured (entry ",
    ),
    "an objective is not there": (
        tape.without(PASSING, ev.ObjectiveMeasured, objective="rpo-worst-case"),
        "rpo-worst-case was not measured",
    ),
    "the run did not end": (PASSING[:-1], "the run as a whole is ABORTED"),
    "hopsdrill broke": (
        [*PASSING[:-1], tape.Timed(PASSING[-1].ms, ev.InternalFailure(message="broke")), PASSING[-1]],
        "the run as a whole is UNKNOWN",
    ),
    "nothing was tried": (
        [
            *PASSING[:1],
            tape.Timed(5, ev.NotConducted(why="interlock", message="not ours", hint="")),
            tape.Timed(6, ev.RunFinished()),
        ],
        "the drill was not conducted",
    ),
}


@pytest.mark.parametrize("how", SPOILED)
def test_nothing_but_good_evidence_counts(tmp_path, how):
    """Each way in which evidence may be bad takes the control away, with its reason."""
    events, reason = SPOILED[how]
    found = mapping(tmp_path, events)
    account = status(found, *OF_THE_SAMPLE)
    assert account.status == NOT
    told = [line for need in found.needs if need.name in account.missing for line in need.missing]
    assert any(reason in line for line in told), told


def test_a_missed_objective_leaves_what_was_proved(tmp_path):
    """Recovered too late is recovered: the data's controls stand, those of the time do not."""
    found = mapping(tmp_path, SPOILED["the objective was missed"][0])
    assert status(found, "ISO 22301:2019", "8.4.5").status == EVIDENCED
    assert status(found, "NIST CSF 2.0", "RC.RP-05").missing == ["time-is-met"]


def test_no_proof_can_be_taken_away_from_an_evidenced_control(tmp_path):
    """Whichever proof of the sample is removed, no control gains, and those that need it lose."""
    before = {(each.standard, each.control) for each in mapping(tmp_path, PASSING).accounts if each.status == EVIDENCED}
    for number, proof in enumerate(sample.PROOFS):
        events = tape.without(PASSING, ev.ProofRecorded, proof=proof)
        after = {
            (each.standard, each.control)
            for each in mapping(tmp_path / str(number), events).accounts
            if each.status == EVIDENCED
        }
        assert after < before


def test_all_forms_of_the_report_tell_it(tmp_path):
    """JSON has every control; HTML every control, need and uncovered one; Markdown what is missing."""
    folder = tape.write(tmp_path / "run", PASSING, sample.EVIDENCE)
    write(folder)
    told = json.loads((folder / "report.json").read_text())["fields"]["controls"]
    assert len(told["accounts"]) == sum(len(each.controls) for each in KNOWN.standards)
    shown, text = (folder / "report.html").read_text(), (folder / "report.md").read_text()
    ids = [one.id for each in KNOWN.standards for one in each.duties]
    assert [each for each in ids if f'<td class="c">{each}</td>' not in shown] == []
    assert [each for each in KNOWN.needs if f'id="n-{each}"' not in shown] == []
    assert "## Controls" in text
    assert [each for each in told["needs"] if not each["there"] and f"`{each['name']}`" not in text] == []


BROKEN = {
    "no kind": ("actions: [the-new-cluster-was-empty]", "statements: []", "exactly one of proofs, actions"),
    "two kinds": (
        "actions: [the-new-cluster-was-empty]",
        "actions: [a]\n    proofs: [b]",
        "it has proofs and actions",
    ),
    "an unknown key": ("remains: the media,", "rest: the media,", "rest: Extra inputs are not permitted"),
    "an unknown need": ("needs: [loss-is-known, ", "needs: [luck, ", "CP-10(2) needs 'luck', which is not among"),
    "an unused need": ("needs:\n", "needs:\n  luck: {text: luck, proofs: [luck]}\n", "'luck' is used by no control"),
    "only paper": ("needs: [harm-was-real, damage-is-found]", "needs: [next-is-due]", "CP-4(5) needs nothing that was"),
    "twice": ("id: CP-4(3)", "id: CP-4(4)", "CP-4(4) is there twice"),
    "an unknown field": ("fields: [next_drill]", "fields: [next_drill.when]", "'next_drill.when', which is no field"),
    "an unknown objective": ("objectives: [rto]", "objectives: [rta]", "Input should be 'rto', 'rpo'"),
    "a key twice": ("needs:\n", "needs: {}\nneeds:\n", "stands here a second time"),
    "nothing": (None, "", "controls.yaml:1:1"),
}


@pytest.mark.parametrize("how", BROKEN)
def test_a_damaged_mapping_is_refused_with_the_place(tmp_path, how):
    """Each fault is named, with file and line."""
    old, new, reason = BROKEN[how]
    text = PACKAGED.read_text()
    assert old is None or text.count(old) >= 1
    file = tmp_path / "controls.yaml"
    file.write_text(new if old is None else text.replace(old, new, 1))
    with pytest.raises(InternalError) as caught:
        load(file)
    assert reason in str(caught.value)
    assert str(file) in str(caught.value)
