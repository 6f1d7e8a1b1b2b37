"""The command line: exit codes, words, and no traceback unless asked."""

import json
import subprocess
import sys

import pytest

from hopsdrill.cli import main, status
from hopsdrill.cli import plan as plan_module
from hopsdrill.core import errors


def called(capsys, *words):
    """Run the command line; gives code, output and errors."""
    with pytest.raises(SystemExit) as ended:
        main(list(words))
    out = capsys.readouterr()
    return int(ended.value.code or 0), out.out, out.err


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["--version"], 0, "hopsdrill 0."),
        (["--help"], 0, "Commands"),
        (["frobnicate"], 2, "No such command"),
        (["run"], 2, "Missing argument"),
        (["run", "nowhere"], 2, "packaged plans: in-place-restore"),
        (["run", "in-place-restore", "--frob"], 2, "No such option"),
        (["run", "smoke", "--attest", "restore=A,2026-01-01T00:00Z,2026-01-01T00:01Z"], 2, "restore is measured"),
        (["run", "smoke", "--attest", "detect=A,2026-01-01T00:00Z,2999-01-01T00:00Z"], 2, "lies in the future"),
        (["lint", "nowhere.yaml"], 2, "There is no plan"),
        (["schema", "nothing"], 2, "nothing"),
        (["report", "show", "nowhere"], 8, "Tried to read the journal"),
        (["lab", "up", "--cluster", "Not A Name"], 2, "is no cluster name"),
        (["lab", "down", "--cluster", "second", "--purge"], 2, "give one of them"),
    ],
)
def test_each_way_of_calling_ends_with_its_code_and_words(capsys, words, code, said):
    """The code is the documented one, the words say what to do, and nobody sees a traceback."""
    ended, out, err = called(capsys, *words)
    assert ended == code
    assert said in out + err
    assert "Traceback" not in out + err


def test_plan_lists_every_operation_and_marks_the_destructive_ones(capsys):
    """Names of the profile are put in; destructive operations carry the word."""
    code, out, _ = called(capsys, "plan", "in-place-restore")
    assert code == 0
    assert "DESTRUCTIVE restore in place -> hopsworks" in out
    assert "back up k8s-backups-main -> velero" in out
    assert "{" not in out
    _, text, _ = called(capsys, "plan", "in-place-restore", "--json")
    listed = json.loads(text)["operations"]
    assert sum(each["destructive"] for each in listed) > 3


@pytest.mark.parametrize("kind", list(plan_module.Kind))
def test_every_schema_is_json(capsys, kind):
    """Each prints a JSON schema on standard output."""
    code, out, _ = called(capsys, "schema", kind)
    assert code == 0
    assert "properties" in json.loads(out) or "$defs" in json.loads(out)


def test_a_defect_of_our_own_is_exit_code_3_and_debug_shows_it(capsys, monkeypatch):
    """Without --debug one line, with it the traceback."""

    def broken(given):
        raise ZeroDivisionError(given)

    monkeypatch.setattr(plan_module, "find_plan", broken)
    code, _, err = called(capsys, "plan", "x")
    assert code == 3
    assert "Traceback" not in err
    assert "--debug" in err
    _, _, err = called(capsys, "--debug", "plan", "x")
    assert "ZeroDivisionError" in err
    assert "Traceback" in err


def test_every_error_has_an_exit_code():
    """The tree of errors is covered; what is not listed is our own defect."""
    kinds = [
        errors.UsageError,
        errors.PlanError,
        errors.PreconditionError,
        errors.InterlockError,
        errors.OperationError,
    ]
    assert [status.of_error(kind("x")) for kind in kinds] == [2, 2, 4, 4, 4]
    assert status.of_error(errors.DeadlineExceeded("x")) == 4
    assert status.of_error(errors.VerificationError("x")) == 1
    assert status.of_error(errors.SecretFoundError("x")) == 9
    assert status.of_error(errors.InternalError("x")) == 3
    assert status.of_error(errors.InterruptedRun(15)) == 143


def test_a_run_without_a_lab_is_not_conducted_and_leaves_a_report(tmp_path):
    """Exit code 4, nothing but words on standard error, and a report that says so."""
    env = {
        "PATH": "/usr/bin:/bin",
        "HOPSDRILL_STATE": str(tmp_path / "state"),
        "HOPSDRILL_CACHE": str(tmp_path / "cache"),
        "HOME": str(tmp_path),
    }
    done = subprocess.run(
        [sys.executable, "-m", "hopsdrill", "run", "in-place-restore", "--json", "--reports", str(tmp_path / "reports")],
        capture_output=True, text=True, env=env, cwd=tmp_path, check=False,
    )  # fmt: skip
    assert done.returncode == 4, done.stderr
    told = json.loads(done.stdout)
    assert told["verdict"] is None
    assert "There is no lab" in told["summary"]["recovered"]
    assert "Traceback" not in done.stderr
    names = {path.name for path in (tmp_path / told["folder"]).iterdir()}
    assert {"journal.ndjson", "junit.xml", "report.html", "report.json", "report.md"} <= names
