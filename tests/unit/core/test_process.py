"""The one way to run a process."""

import sys
import time
from pathlib import Path

import pytest

from hopsdrill.core.errors import DeadlineExceeded, OperationError, PreconditionError
from hopsdrill.core.process import run, which
from hopsdrill.core.redact import REDACTOR


PYTHON = Path(sys.executable)


def python(code, **options):
    """Run a line of Python as a process."""
    return run([PYTHON, "-c", code], **{"timeout": 20, **options})


def test_output_and_code_are_captured():
    """What a program prints and how it ends is returned."""
    done = python("import sys; print('out'); print('err', file=sys.stderr); sys.exit(3)", check=False)

    assert (done.stdout, done.stderr, done.returncode) == ("out\n", "err\n", 3)


def test_failure_says_what_was_run_and_what_it_said():
    """A failing program's command, code and last lines stand in the error."""
    with pytest.raises(OperationError, match=r"(?s)exit code 7.*no space left"):
        python("import sys; print('no space left', file=sys.stderr); sys.exit(7)")


def test_deadline_kills_the_process():
    """A program that does not end is killed at its deadline."""
    start = time.monotonic()
    with pytest.raises(DeadlineExceeded, match="did not end within 1 s"):
        python("import time; time.sleep(60)", timeout=1)

    assert time.monotonic() - start < 15


def test_standard_input_is_closed():
    """A program that asks gets end-of-file instead of the user's terminal."""
    assert python("import sys; print(repr(sys.stdin.read()))").stdout == "''\n"


def test_input_text_reaches_the_program():
    """Text given as input is what the program reads."""
    assert python("print(input())", input_text="over stdin").stdout == "over stdin\n"


def test_relative_program_is_refused():
    """A bare name is not run: it could be anybody's program."""
    with pytest.raises(OperationError, match="not an absolute path"):
        run(["python3"], timeout=5)


def test_missing_program_says_so():
    """A program that is not there gives our error, not Python's."""
    with pytest.raises(OperationError, match="could not be started"):
        run(["/nonexistent/program"], timeout=5)
    with pytest.raises(PreconditionError, match="not installed"):
        which("no-such-program-anywhere")


def test_ambient_cluster_is_not_inherited(monkeypatch):
    """KUBECONFIG of the user's shell never reaches a child."""
    monkeypatch.setenv("KUBECONFIG", "/root/.kube/production")

    assert python("import os; print(os.environ.get('KUBECONFIG'))").stdout == "None\n"


def test_secrets_leave_commands_and_errors():
    """A registered secret is masked in what an error shows."""
    REDACTOR.register("hunter2-hunter2")
    with pytest.raises(OperationError) as caught:
        python("import sys; sys.exit('password is hunter2-hunter2')")

    assert "hunter2-hunter2" not in str(caught.value)
    assert "[redacted]" in str(caught.value)


def test_lines_are_seen_as_they_come():
    """A follower gets each line of the error output, and the result still has all of it."""
    seen = []
    done = python(
        "import sys; print('one', file=sys.stderr); print('out'); print('two', file=sys.stderr)", on_line=seen.append
    )

    assert seen == ["one", "two"]
    assert (done.stdout, done.stderr) == ("out\n", "one\ntwo\n")


def test_deadline_ends_children_too(tmp_path):
    """A grandchild that holds the pipes open does not outlive the deadline."""
    start = time.monotonic()
    with pytest.raises(DeadlineExceeded):
        python(
            "import subprocess, sys; subprocess.run([sys.executable, '-c', 'import time; time.sleep(60)'])", timeout=1
        )

    assert time.monotonic() - start < 15
