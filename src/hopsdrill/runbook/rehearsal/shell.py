"""One block in a shell of its own, as the page has it: variables and the folder carry over from block to block.

The script has the page's name and every command on the page's line, so bash's own messages name the place on the page. A command that
fails ends the block, as it would end a careful reader; so does a failing part of a pipe.
"""

import os
from dataclasses import dataclass, field
from pathlib import Path

from hopsdrill.core.errors import DeadlineExceeded
from hopsdrill.core.process import run, which
from hopsdrill.runbook.rehearsal.script import Kind, Step


LARGEST_FILE = 200_000  # blocks of 1024 bytes that a command may write to one file, its output included
SHOWN = 32_768  # bytes kept of an output's begin, and as many of its end
OWN = "REHEARSAL_"  # variables of ours in a block's environment
# on the script's first line; DEBUG is not inherited by functions, so the place is always one of the page
PREAMBLE = (
    f'ulimit -f {LARGEST_FILE}; exec >"$REHEARSAL_SAID" 2>&1; set -aeo pipefail; '
    """trap 'printf "%s\\n%s" "$LINENO" "$BASH_COMMAND" >"$REHEARSAL_AT"' DEBUG"""
)
CODA = '\ntrap - DEBUG; command env -0 >"$REHEARSAL_STATE"\n'


@dataclass(frozen=True)
class Ended:
    """How a block ended.

    Attributes:
        failure: empty when every command ended with 0, else which one did not, and how.
        said: what its commands printed, both streams together, cut in its middle when it is long; **not** masked.
    """

    failure: str
    said: str


@dataclass
class Shell:
    """Runs blocks one after the other.

    Args:
        folder: the reader's own folder, which is also its home.
        name: the page's file name.
        variables: what the first block's environment has beside ours.
    """

    folder: Path
    name: str
    variables: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._own, self._work = self.folder / "rehearsal", self.folder / "home"
        for each in (self._own, self._work):
            each.mkdir(mode=0o700)
        self._state = {**self.variables, "HOME": str(self._work), "PWD": str(self._work)}

    def perform(self, step: Step) -> Ended:
        """Run, apply or write one block.

        Raises:
            OperationError: bash could not be started.
        """
        if step.kind is Kind.WRITE:
            return self._write(step)
        if step.kind is Kind.APPLY:
            self._file(step.file).write_text(step.text)
            return self._bash(step, f"kubectl apply -f {step.file}")
        return self._bash(step, step.text)

    def _write(self, step: Step) -> Ended:
        path = self._file(step.file)
        if not path.resolve().is_relative_to(self._work.resolve()):
            return Ended(f"{step.file} is not below the reader's folder; nothing was written", "")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(step.text)
        return Ended("", f"{len(step.text.encode())} bytes in {step.file}\n")

    def _file(self, name: str) -> Path:
        return Path(self._state["PWD"]) / name

    def _bash(self, step: Step, text: str) -> Ended:
        script, said, at, state = (self._own / name for name in (self.name, "said", "at", "state"))
        script.write_text(PREAMBLE + "\n" * max(1, step.line - 1) + text + CODA)
        for each in (said, at, state):
            each.unlink(missing_ok=True)
        own = {f"{OWN}SAID": str(said), f"{OWN}AT": str(at), f"{OWN}STATE": str(state)}
        failure = ""
        try:
            done = run(
                [which("bash"), script],
                timeout=step.deadline,
                env={**self._state, **own},
                cwd=Path(self._state["PWD"]),
                check=False,
            )
            if done.returncode:
                failure = f"{_place(at, step)} ended with exit code {done.returncode}"
        except DeadlineExceeded:
            failure = (
                f"{_place(at, step)} had not ended after {step.deadline:.0f} s, the block's deadline, and was killed"
            )
        self._carry(state)
        return Ended(failure, _bounded(said))

    def _carry(self, state: Path) -> None:
        """Keep the block's variables for the next one; a block that failed or left by `exit` has none to keep."""
        if state.exists():
            pairs = (each.partition("=") for each in state.read_text(errors="replace").split("\0") if each)
            self._state = {name: value for name, _, value in pairs if not name.startswith(OWN)}


def _place(at: Path, step: Step) -> str:
    """The command that was under way, and its line on the page."""
    if not at.exists():
        return f"the block at line {step.line}"
    line, _, command = at.read_text(errors="replace").partition("\n")
    first = command.strip().splitlines()[0] if command.strip() else "the block"
    where = int(line) if line.isdigit() and step.line <= int(line) <= step.last else step.line
    return f"line {where}: `{first}`"


def _bounded(path: Path) -> str:
    """What a file holds; of a long one its begin and its end."""
    if not path.exists():
        return ""
    size = path.stat().st_size
    with path.open("rb") as file:
        if size <= 2 * SHOWN:
            return file.read().decode(errors="replace")
        head = file.read(SHOWN)
        file.seek(-SHOWN, os.SEEK_END)
        tail = file.read()
    left = size - 2 * SHOWN
    return f"{head.decode(errors='replace')}\n[{left} bytes left out]\n{tail.decode(errors='replace')}"
