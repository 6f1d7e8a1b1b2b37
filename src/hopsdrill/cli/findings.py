"""`hopsdrill findings`: what runs have shown to be wrong, whose it is, and whether a retest has closed it."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from hopsdrill.cli.lab import AsJson
from hopsdrill.cli.report import Reports
from hopsdrill.core.clock import now
from hopsdrill.core.errors import UsageError
from hopsdrill.history import Finding, findings, history
from hopsdrill.history.findings import Assignment, assign, load_register
from hopsdrill.verdict import ExitStatus


app = typer.Typer(
    help="Findings of runs: recognised from run to run, closed only by a retest that passed.", no_args_is_help=True
)


@app.command("list")
def list_findings(
    reports: Reports = Path("reports"),
    only_open: Annotated[bool, typer.Option("--open", help="Leave out the closed ones.")] = False,
    as_json: AsJson = False,
) -> None:
    """All findings, open ones first; exit code 1 when one is overdue."""
    known = [each for each in findings(history(reports), load_register(reports)) if each.open or not only_open]
    today = now().utc.date()
    if as_json:
        typer.echo(json.dumps([each.model_dump(mode="json") | {"open": each.open} for each in known], indent=1))
    else:
        typer.echo("\n".join(_line(each) for each in known) or "no findings")
    if any(each.overdue(today) for each in known):
        raise typer.Exit(ExitStatus.FAIL)


def _line(each: Finding) -> str:
    state = "open" if each.open else f"closed by {each.closed_by}"
    due = f", due {each.assigned.due}" if each.assigned.due else ""
    where = each.scenario.rpartition("::")[2] or each.drill
    return f"{each.id}  {each.severity:8} {state}; {each.assigned.owner or 'nobody'}{due}; seen {len(each.seen)} times\n    {where}: {each.text}"


@app.command("assign")
def assign_finding(
    identity: Annotated[str, typer.Argument(metavar="ID", help="A finding's ID, such as HD-1a2b3c4d.")],
    owner: Annotated[str, typer.Option("--owner", help="Who mends it.")],
    due: Annotated[datetime, typer.Option("--due", formats=["%Y-%m-%d"], help="Until when.")],
    note: Annotated[str, typer.Option("--note", help="What was agreed.")] = "",
    reports: Reports = Path("reports"),
) -> None:
    """Give a finding its owner and its day; only a passing retest closes it."""
    known = {each.id for each in findings(history(reports))}
    if identity not in known:
        msg = f"There is no finding {identity} in {reports}."
        raise UsageError(msg, hint=f"known: {', '.join(sorted(known)) or 'none'}")
    assign(reports, identity, Assignment(owner=owner, due=due.replace(tzinfo=UTC).date(), note=note))
    typer.echo(f"{identity}: {owner}, until {due:%Y-%m-%d}")
