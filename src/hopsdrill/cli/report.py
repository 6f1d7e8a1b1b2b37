"""`hopsdrill report`: reading a run's report, and writing it anew from the journal."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from hopsdrill.journal import read
from hopsdrill.report import build, first_screen, write


app = typer.Typer(help="Reports of runs: everything is computed from the journal.", no_args_is_help=True)
Folder = Annotated[Path, typer.Argument(help="A run's folder, such as reports/<run-id>.")]


@app.command()
def show(
    folder: Folder, as_json: Annotated[bool, typer.Option("--json", help="The whole report as JSON.")] = False
) -> None:
    """Compute verdict and first screen again from the journal; the exit code is the run's."""
    report = build(folder, read(folder))
    if as_json:
        typer.echo(report.to_json(), nl=False)
    else:
        Console().print(first_screen(report, folder))
    raise typer.Exit(report.exit_code)


@app.command("build")
def build_again(folder: Folder) -> None:
    """Write report.json, report.html, report.md and junit.xml anew."""
    report = write(folder)
    typer.echo(f"{report.headline}: {folder / 'report.html'}")
