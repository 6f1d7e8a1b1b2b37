"""The command line: parse, call, return an exit status; every error becomes words and a code here."""

import sys
import traceback
from typing import Annotated

import click
import typer

from hopsdrill import __version__
from hopsdrill.cli import lab
from hopsdrill.cli.doctor import doctor
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
app.command()(doctor)


@app.callback()
def options(
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
    version: Annotated[bool, typer.Option("--version", help="Print the version.", is_eager=True)] = False,
) -> None:
    """Options that stand before the command."""
    del debug  # read from the arguments below: an error may come before this runs
    if version:
        typer.echo(f"hopsdrill {__version__}")
        raise typer.Exit


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit the process with its status."""
    given = sys.argv[1:] if arguments is None else arguments
    sys.exit(_run(given))


def _run(given: list[str]) -> int:
    try:
        result = typer.main.get_command(app)(given, prog_name="hopsdrill", standalone_mode=False)
    except DrillError as error:
        return _say(error, given)
    except click.ClickException as error:
        error.show()
        return ExitStatus.USAGE
    except (click.Abort, KeyboardInterrupt):
        return ExitStatus.INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the last line of defence: no traceback reaches a user
        msg = f"hopsdrill broke: {type(error).__name__}: {error}"
        wrapped = InternalError(msg, hint="repeat the command with --debug and report what it prints")
        wrapped.__cause__ = error
        return _say(wrapped, given)
    return result if isinstance(result, int) else ExitStatus.PASS


def _say(error: DrillError, given: list[str]) -> int:
    if "--debug" in given:
        sys.stderr.write(REDACTOR.scrub("".join(traceback.format_exception(error))))
    sys.stderr.write(REDACTOR.scrub(f"hopsdrill: {error}\n"))
    return of_error(error)
