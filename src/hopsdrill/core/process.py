"""The one way to run a process."""

import os
import shutil
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from hopsdrill.core.errors import DeadlineExceeded, OperationError, PreconditionError
from hopsdrill.core.redact import REDACTOR


# daemons and iptables live in sbin, which a cron job's or CI runner's PATH may lack
SBIN = ("/usr/local/sbin", "/usr/sbin", "/sbin")
TAIL_LINES = 20


@dataclass(frozen=True)
class Completed:
    """A process that ended.

    Attributes:
        argv: as run, secrets masked.
        returncode: exit code; negative is the signal that ended it.
        stdout: captured text, **not** masked: it may be data a caller needs.
        stderr: captured text, masked.
        duration: wall-clock seconds.
    """

    argv: tuple[str, ...]
    returncode: int
    stdout: str
    stderr: str
    duration: float


def search_path() -> str:
    """The PATH of this process with the sbin folders added at its end."""
    present = [part for part in os.environ.get("PATH", os.defpath).split(os.pathsep) if part]
    return os.pathsep.join([*present, *(part for part in SBIN if part not in present)])


def which(name: str) -> Path:
    """Find a program.

    Raises:
        PreconditionError: it is not on the PATH.
    """
    found = shutil.which(name, path=search_path())
    if found is None:
        msg = f"The program {name!r} is not installed (looked in {search_path()})."
        raise PreconditionError(msg, hint="hopsdrill doctor --fix installs what the lab needs")
    return Path(found).absolute()


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment a child gets: ours, sbin on PATH, no ambient cluster, no instance metadata."""
    env = {**os.environ, "PATH": search_path(), "AWS_EC2_METADATA_DISABLED": "true"}
    env.pop("KUBECONFIG", None)  # a cluster is always named, never inherited
    return {**env, **(extra or {})}


def tail(text: str, lines: int = TAIL_LINES) -> str:
    """The last lines of a text."""
    return "\n".join(text.rstrip().splitlines()[-lines:])


def run(  # noqa: PLR0913 - each is a keyword with a default, and there is no second function like this
    argv: Sequence[str | Path],
    *,
    timeout: float,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    check: bool = True,
    input_text: str | None = None,
) -> Completed:
    """Run a program to its end, without a shell and without the terminal's input.

    Args:
        argv: an absolute path to the program and its arguments; no secrets.
        timeout: seconds; then the process is killed.
        env: added to this process's environment.
        cwd: working directory.
        check: raise when the exit code is not 0.
        input_text: what the program reads from its standard input; closed when absent.

    Raises:
        DeadlineExceeded: it did not end in time.
        OperationError: it could not be started, or ended with another code than 0.
    """
    words = tuple(str(word) for word in argv)
    if not Path(words[0]).is_absolute():
        msg = f"refusing to run {words[0]!r}: not an absolute path"
        raise OperationError(msg)
    shown = tuple(REDACTOR.scrub(word) for word in words)
    started = time.monotonic()
    source = {"stdin": subprocess.DEVNULL} if input_text is None else {"input": input_text}
    try:
        done = subprocess.run(  # noqa: PLW1510 - the exit code is judged below, with a better message
            words,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=timeout,
            env=environment(env),
            cwd=cwd,
            **source,
        )
    except subprocess.TimeoutExpired as error:
        msg = f"`{' '.join(shown)}` did not end within {timeout:.0f} s and was killed."
        raise DeadlineExceeded(msg) from error
    except OSError as error:
        msg = f"`{' '.join(shown)}` could not be started: {error.strerror}."
        raise OperationError(msg) from error
    result = Completed(shown, done.returncode, done.stdout, REDACTOR.scrub(done.stderr), time.monotonic() - started)
    if check and result.returncode != 0:
        raise OperationError(failure_text(result))
    return result


def failure_text(result: Completed) -> str:
    """Say how a process failed: the command, its code, the end of what it said."""
    said = tail(result.stderr or REDACTOR.scrub(result.stdout)) or "(nothing)"
    return f"`{' '.join(result.argv)}` ended with exit code {result.returncode}; it said:\n{said}"
