"""The command line: parse, call, return an exit status; every error becomes words and a code here."""

import sys
import traceback
from typing import Annotated

import typer

from hopsdrill import __version__
from hopsdrill.cli import backups, findings, keys, lab, plan, platform, report, run, runbook
from hopsdrill.cli.coverage import coverage
from hopsdrill.cli.doctor import doctor
from hopsdrill.cli.rollback import rollback
from hopsdrill.cli.status import of_error
from hopsdrill.core.errors import DrillError, InternalError
from hopsdrill.core.redact import REDACTOR
from hopsdrill.verdict import ExitStatus


app = typer.Typer(
    help="Disaster-recovery drills for Hopsworks clusters: real backups, real restores, proof from the data.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(lab.app, name="lab")
app.add_typer(platform.app, name="platform")
app.add_typer(backups.app, name="backups")
app.add_typer(report.app, name="report")
app.add_typer(findings.app, name="findings")
app.add_typer(keys.app, name="keys")
app.add_typer(runbook.app, name="runbook")
for command in (doctor, plan.plan, run.run, plan.lint, run.gc, run.abort, plan.schema, coverage, rollback):
    app.command()(command)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"hopsdrill {__version__}")
        raise typer.Exit


@app.callback()
def options(
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", is_eager=True, callback=_version)
    ] = False,
) -> None:
    """Options that stand before the command."""
    del debug, version  # the first is read from the arguments, since an error may come before this; the second ended it


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit the process with its status."""
    given = sys.argv[1:] if arguments is None else arguments
    sys.exit(_run(given))


def _run(given: list[str]) -> int:
    try:
        result = typer.main.get_command(app)(given, prog_name="hopsdrill", standalone_mode=False)
    except DrillError as error:
        return _say(error, given)
    except typer.TyperException as error:
        return _usage(error)
    except (typer.Abort, KeyboardInterrupt):
        return ExitStatus.INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the last line of defence: no traceback reaches a user
        msg = f"hopsdrill broke: {type(error).__name__}: {error}"
        wrapped = InternalError(msg, hint="repeat the command with --debug and report what it prints")
        wrapped.__cause__ = error
        return _say(wrapped, given)
    return result if isinstance(result, int) else ExitStatus.PASS


def _usage(error: typer.TyperException) -> int:
    """What the parser refuses: its own words, and the usage line where it has one."""
    error.show() if hasattr(error, "show") else sys.stderr.write(f"hopsdrill: {error}\n")
    return ExitStatus.USAGE


def _say(error: DrillError, given: list[str]) -> int:
    if "--debug" in given:
        sys.stderr.write(REDACTOR.scrub("".join(traceback.format_exception(error))))
    sys.stderr.write(REDACTOR.scrub(f"hopsdrill: {error}\n"))
    return of_error(error)
