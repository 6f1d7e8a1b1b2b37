"""The one way to run a process."""

import contextlib
import os
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

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
    on_line: Callable[[str], None] | None = None,
) -> Completed:
    """Run a program to its end, without a shell and without the terminal's input.

    Args:
        argv: an absolute path to the program and its arguments; no secrets.
        timeout: seconds; then the process and its children are killed.
        env: added to this process's environment.
        cwd: working directory.
        check: raise when the exit code is not 0.
        input_text: what the program reads from its standard input; closed when absent.
        on_line: called with each line of the standard error as it comes, for progress.

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
    child = _start(words, shown, env, cwd, with_input=input_text is not None)
    try:
        stdout, stderr = _drain(child, input_text, on_line, timeout)
    except subprocess.TimeoutExpired as error:
        msg = f"`{' '.join(shown)}` did not end within {timeout:.0f} s and was killed."
        raise DeadlineExceeded(msg) from error
    finally:
        _end(child)
    result = Completed(shown, child.returncode, stdout, REDACTOR.scrub(stderr), time.monotonic() - started)
    if check and result.returncode != 0:
        raise OperationError(failure_text(result))
    return result


@contextmanager
def running(argv: Sequence[str | Path], *, ready: Callable[[str], bool], timeout: float) -> Iterator[str]:
    """Run a program beside the body; gives the line of its standard output that says it is ready, and ends it afterwards.

    Args:
        argv: an absolute path to the program and its arguments; no secrets.
        ready: tells that line.
        timeout: seconds until it must have said it.

    Raises:
        OperationError: it could not be started, or ended before it was ready.
        DeadlineExceeded: it was not ready in time.
    """
    words = tuple(str(word) for word in argv)
    shown = tuple(REDACTOR.scrub(word) for word in words)
    child = _start(words, shown, None, None, with_input=False)
    alarm = threading.Timer(timeout, child.kill)
    alarm.start()
    started = time.monotonic()
    try:
        line = next((each.rstrip("\n") for each in child.stdout or () if ready(each)), None)
        alarm.cancel()
        if line is None:
            _not_ready(child, shown, time.monotonic() - started, timeout)
        # what it says later must not fill its pipes; it is not wanted
        for stream in (child.stdout, child.stderr):
            threading.Thread(target=_forget, args=(stream,), daemon=True).start()
        yield str(line)
    finally:
        alarm.cancel()
        if child.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
        child.wait()


def _not_ready(child: subprocess.Popen[str], shown: tuple[str, ...], seconds: float, timeout: float) -> None:
    said = REDACTOR.scrub(tail(child.stderr.read() if child.stderr else "")) or "(nothing)"
    if seconds >= timeout:
        msg = f"`{' '.join(shown)}` was not ready within {timeout:.0f} s; it said:\n{said}"
        raise DeadlineExceeded(msg)
    msg = f"`{' '.join(shown)}` ended before it was ready; it said:\n{said}"
    raise OperationError(msg)


def _forget(stream: IO[str] | None) -> None:
    with contextlib.suppress(ValueError, OSError):  # closed when the child was ended
        for _ in stream or ():
            pass
    if stream is not None:
        stream.close()


def _start(
    words: tuple[str, ...], shown: tuple[str, ...], env: Mapping[str, str] | None, cwd: Path | None, *, with_input: bool
) -> subprocess.Popen[str]:
    try:
        return subprocess.Popen(
            words,
            stdin=subprocess.PIPE if with_input else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            env=environment(env),
            cwd=cwd,
            start_new_session=True,  # so that a deadline ends its children too, and Ctrl-C reaches us alone
        )
    except OSError as error:
        msg = f"`{' '.join(shown)}` could not be started: {error.strerror}."
        raise OperationError(msg) from error


def _drain(
    child: subprocess.Popen[str], input_text: str | None, on_line: Callable[[str], None] | None, timeout: float
) -> tuple[str, str]:
    if on_line is None:
        return child.communicate(input_text, timeout=timeout)
    lines: list[str] = []

    def follow(stream: IO[str]) -> None:
        for line in stream:
            lines.append(line)
            on_line(line.rstrip("\n"))

    assert child.stdout is not None  # noqa: S101 - opened as pipes above
    assert child.stderr is not None  # noqa: S101
    follower = threading.Thread(target=follow, args=(child.stderr,), daemon=True)
    follower.start()
    output: list[str] = []
    reader = threading.Thread(target=lambda stream: output.append(stream.read()), args=(child.stdout,), daemon=True)
    reader.start()
    child.wait(timeout=timeout)
    follower.join()
    reader.join()
    return "".join(output), "".join(lines)


def _end(child: subprocess.Popen[str]) -> None:
    if child.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()
    for stream in (child.stdin, child.stdout, child.stderr):
        if stream is not None:
            with contextlib.suppress(BrokenPipeError):
                stream.close()


def failure_text(result: Completed) -> str:
    """Say how a process failed: the command, its code, the end of what it said."""
    said = tail(result.stderr or REDACTOR.scrub(result.stdout)) or "(nothing)"
    return f"`{' '.join(result.argv)}` ended with exit code {result.returncode}; it said:\n{said}"
