"""What the journal says of a session, however it goes."""

import subprocess
import sys
from pathlib import Path

import pytest

from hopsdrill.model import events as ev


def test_a_passing_scenario_is_journalled_step_by_step(project):
    """Declared before it began, each step opened and closed, PASS."""
    project.run()
    assert str(project.verdict) == "PASS"
    assert project.done == ["set", "up", "given", "when", "then", "torn", "down"]
    assert [event.text for event in project.of(ev.StepStarted)] == ["something", "it happens", "it is proved"]
    assert {event.status for event in project.of(ev.StepFinished)} == {ev.Status.PASSED}


def replaced(project, body):
    """Run with another When."""
    project.steps = project.steps.replace('    mark("when")\n', body)
    return project.run()


def test_a_step_that_breaks_ends_the_scenario(project):
    """The step failed with its message, later steps did not run, the fixture was torn down; nothing is concluded."""
    replaced(project, '    raise ValueError("broken")\n')
    assert str(project.verdict) == "UNKNOWN"
    assert "then" not in project.done
    assert project.done[-2:] == ["torn", "down"]
    assert "ValueError: broken" in project.of(ev.StepFinished)[1].error


def test_what_pytest_said_is_kept_without_the_machine_s_paths(project, monkeypatch):
    """The traceback is there, and where this checkout and its interpreter lie is not, although pytest names them in full from elsewhere."""
    monkeypatch.chdir(project.folder)
    replaced(project, '    raise ValueError("broken")\n')
    kept = [path.read_text() for path in (project.folder / "run" / "evidence").iterdir()]
    (said,) = [text for text in kept if "ValueError: broken" in text]
    assert "_pytest/fixtures.py" in said
    assert sys.prefix not in said
    assert str(Path(__file__).parents[2]) not in said


def test_a_skip_in_a_step_is_never_a_pass(project):
    """A step that skips closes as skipped, and the verdict is UNKNOWN."""
    replaced(project, '    pytest.skip("not today")\n')
    assert project.of(ev.StepFinished)[1].status is ev.Status.SKIPPED
    assert str(project.verdict) == "UNKNOWN"


def test_an_interrupt_tears_down_and_closes_the_step(project):
    """Ctrl-C in a step: the fixture is torn down, the step is closed as unknown, nothing is raised to the caller."""
    replaced(project, "    raise KeyboardInterrupt\n")
    assert project.done[-2:] == ["torn", "down"]
    assert project.of(ev.StepFinished)[1].status is ev.Status.UNKNOWN
    assert str(project.verdict) == "UNKNOWN"


def test_an_error_while_setting_up_is_the_steps(project):
    """A fixture that fails fails the step that wanted it."""
    project.steps = project.steps.replace('    mark("set up")\n', '    raise RuntimeError("no thing")\n')
    project.run()
    assert "RuntimeError: no thing" in project.of(ev.StepFinished)[0].error
    assert str(project.verdict) == "UNKNOWN"


def test_an_error_while_tearing_down_is_remarked(project):
    """A teardown that fails does not hide the scenario's end, and stands in the journal."""
    project.steps = project.steps.replace('    mark("torn down")\n', '    raise RuntimeError("stuck")\n')
    project.run()
    assert any("stuck" in event.text for event in project.of(ev.Noted))


FAILED_PROOF = '    drill.recorder.proof("proved", store="rondb", passed=False, expected="1", observed="2", differences=["t[1]: 1 -> 2"])\n'


def test_a_failed_proof_fails_the_step_but_later_proofs_still_run(project):
    """All proofs are wanted: the scenario goes on, and ends as failed."""
    project.feature = project.feature + "    And it is proved again\n"
    again = '\n@then("it is proved again")\n@declares(proofs=["again"])\ndef again(drill):\n    drill.recorder.proof("again", store="rondb", passed=True, expected="1", observed="1")\n'
    project.steps = project.steps.replace(
        '    drill.recorder.proof("proved", store="rondb", passed=True, expected="1", observed="1")\n', FAILED_PROOF
    )
    project.steps += again
    project.run()
    assert [event.proof for event in project.of(ev.ProofRecorded)] == ["proved", "again"]
    assert [event.status for event in project.of(ev.StepFinished)][2:] == [ev.Status.FAILED, ev.Status.PASSED]
    assert project.of(ev.ScenarioFinished)[0].status is ev.Status.FAILED
    assert str(project.verdict) == "FAIL"


DESTRUCTIVE = """
    with drill.recorder.operation("drop everything", "DROP", target="t", destructive=True):
        mark("dropped")
"""


def test_an_undeclared_destructive_operation_is_refused(project):
    """What `hopsdrill plan` did not show is not done."""
    project.steps = project.steps.replace("def happens():", "def happens(drill):")
    replaced(project, DESTRUCTIVE)
    assert "dropped" not in project.done
    assert "was not declared by any step" in project.of(ev.StepFinished)[1].error


def test_a_declared_destructive_operation_is_done(project):
    """The same operation, declared, is done; the scenario must carry the tag."""
    project.steps = project.steps.replace("def happens():", "def happens(drill):").replace(
        '@when("it happens")\n',
        '@when("it happens")\n@declares(operations=[PlannedOperation(name="drop everything", target="t", destructive=True)])\n',
    )
    assert any("tag it @destructive" in line for line in project.problems())
    project.feature = project.feature.replace("  Scenario", "  @destructive\n  Scenario")
    replaced(project, DESTRUCTIVE)
    assert "dropped" in project.done
    assert str(project.verdict) == "PASS"


def test_scenarios_run_in_the_order_of_the_plan(project):
    """Features in the plan's order, scenarios in the file's."""
    (project.folder / "a_later.feature").write_text(project.feature.replace("Small", "Later").replace("One", "Later"))
    project.plan = project.plan.replace("[small.feature]", "[small.feature, a_later.feature]")
    project.steps = project.steps.replace('scenarios("small.feature")', 'scenarios("a_later.feature", "small.feature")')
    project.run()
    assert [event.scenario.rpartition("::")[2] for event in project.of(ev.ScenarioStarted)] == ["One", "Later"]


@pytest.mark.parametrize(("share", "name", "other"), [("1/2", "One", "a_later"), ("2/2", "Later", "small")])
def test_a_share_runs_its_features_and_says_what_the_others_have(project, share, name, other):
    """What is elsewhere is an exclusion: the report of a share does not look like one of the whole plan."""
    (project.folder / "a_later.feature").write_text(project.feature.replace("Small", "Later").replace("One", "Later"))
    project.plan = project.plan.replace("[small.feature]", "[small.feature, a_later.feature]")
    project.steps = project.steps.replace('scenarios("small.feature")', 'scenarios("a_later.feature", "small.feature")')
    project.run(share)
    assert [event.scenario.rpartition("::")[2] for event in project.of(ev.ScenarioPlanned)] == [name]
    assert [event.scenario.rpartition("::")[2] for event in project.of(ev.ScenarioFinished)] == [name]
    (noted,) = [event for event in project.of(ev.Noted) if event.topic == "exclusion"]
    assert noted.text == f"this run is share {share[0]} of 2; the other shares have {other}.feature"


def test_nothing_of_the_callers_pytest_leaks_in(project, monkeypatch):
    """PYTEST_ADDOPTS and settings beside the binding change nothing."""
    monkeypatch.setenv("PYTEST_ADDOPTS", "--collect-only -k nothing")
    (project.folder / "pytest.ini").write_text("[pytest]\naddopts = -k nothing\n")
    project.run()
    assert str(project.verdict) == "PASS"


@pytest.mark.parametrize("arguments", [[], ["-p", "no:randomly"]])
def test_a_plain_pytest_elsewhere_is_not_affected(tmp_path, arguments):
    """Hopsdrill installed beside a project does nothing to its tests."""
    (tmp_path / "test_plain.py").write_text(
        "def test_plain(request):\n    assert not request.config.pluginmanager.has_plugin('hopsdrill.plugin')\n"
    )
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *arguments, str(tmp_path)],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert Path(tmp_path / "reports").exists() is False
