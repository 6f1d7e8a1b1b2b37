"""The published page of commands: ``python -m hopsdrill.cli.doc > docs/reference/cli.md``."""

import sys
from collections.abc import Iterator, Mapping
from typing import Any

import typer

from hopsdrill.cli.coverage import CoverageStatus
from hopsdrill.cli.main import app
from hopsdrill.cli.rollback import RollbackStatus
from hopsdrill.cli.runbook import RunbookStatus
from hopsdrill.integrity import VerifyStatus
from hopsdrill.proof.seal import SealStatus
from hopsdrill.verdict import ExitStatus


HEAD = """\
# Commands

Generated from the code (`python -m hopsdrill.cli.doc`); a test fails when this page is out of date.

Data goes to standard output, words to standard error; `--json` prints data as JSON. `--debug` before the command shows an error's traceback.
"""
MEANING = {
    ExitStatus.PASS: "PASS, or done",
    ExitStatus.FAIL: "FAIL",
    ExitStatus.USAGE: "the command line, a plan or a feature cannot be used",
    ExitStatus.INTERNAL: "hopsdrill itself broke",
    ExitStatus.NOT_CONDUCTED: "not conducted: the environment is not ready, or an interlock is shut",
    ExitStatus.NOTHING_SELECTED: "nothing was selected",
    ExitStatus.BREACHED: "BREACHED",
    ExitStatus.CLEANUP_INCOMPLETE: "something that was created is still there",
    ExitStatus.NOT_JUDGEABLE: "not judgeable: UNKNOWN, INVALID, ABORTED, or a journal that does not open",
    ExitStatus.WITHHELD: "an artefact held a secret and was withheld",
    ExitStatus.INTERRUPTED: "SIGINT",
    ExitStatus.TERMINATED: "SIGTERM",
}


def page() -> str:
    """The whole page, as Markdown."""
    codes = _table("Exit codes", MEANING)
    codes += _table("Exit codes of `report verify`", {status: status.meaning for status in VerifyStatus})
    commands = [
        text for name, command in _commands(typer.main.get_command(app), "") for text in _section(name, command)
    ]
    codes += _table("Exit codes of `backups check`", {status: status.meaning for status in SealStatus})
    codes += _table("Exit codes of `coverage`", {status: status.meaning for status in CoverageStatus})
    codes += _table("Exit codes of `runbook check`", {status: status.meaning for status in RunbookStatus})
    codes += _table("Exit codes of `rollback`", {status: status.meaning for status in RollbackStatus})
    return "\n".join([HEAD, *commands, *codes])


def _table(title: str, meanings: Mapping[Any, str]) -> list[str]:
    """Where several hold, the order of ``report verify``'s table is that of precedence."""
    rows = [f"| {int(status)} | {meaning} |" for status, meaning in meanings.items()]
    return [f"## {title}\n", "| code | means |\n|---|---|", *rows, ""]


def _commands(group: Any, prefix: str) -> Iterator[tuple[str, Any]]:
    for name, command in sorted(group.commands.items()):
        if hasattr(command, "commands"):
            yield from _commands(command, f"{prefix}{name} ")
        else:
            yield f"{prefix}{name}", command


def _section(name: str, command: Any) -> Iterator[str]:
    arguments = [param for param in command.params if param.param_type_name == "argument"]
    words = " ".join(f"{param.name.upper()}" if param.required else f"[{param.name.upper()}]" for param in arguments)
    yield f"## `hopsdrill {name}{' ' + words if words else ''}`\n"
    yield f"{command.help.splitlines()[0]}\n"
    options = [param for param in command.params if param.param_type_name == "option" and param.name != "help"]
    if options:
        yield "| option | |\n|---|---|"
        yield from (f"| `{'`, `'.join(param.opts)}` | {param.help or ''}{_variable(param)} |" for param in options)
        yield ""


def _variable(param: Any) -> str:
    return f" Also by `{param.envvar}`." if param.envvar else ""


if __name__ == "__main__":
    sys.stdout.write(page())
