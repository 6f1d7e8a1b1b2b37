"""`hopsdrill run`, `gc` and `abort`: conducting a drill, and cleaning up after one."""

import json
import os
import signal
from dataclasses import replace
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console

from hopsdrill.cli.lab import AsJson
from hopsdrill.cli.plan import opened
from hopsdrill.cli.progress import Teller
from hopsdrill.cli.report import Reports, keep_indexed
from hopsdrill.core.clock import now
from hopsdrill.core.errors import PreconditionError
from hopsdrill.integrity import attest, declare_intent, stamp_attestation, stamp_service
from hopsdrill.journal import read, withhold
from hopsdrill.lab import load
from hopsdrill.plan.attested import attested
from hopsdrill.plan.loader import features_of
from hopsdrill.plan.shard import shard as deal
from hopsdrill.plugin.session import conduct
from hopsdrill.report import Report, first_screen, write
from hopsdrill.report.gap import known
from hopsdrill.run import Order, Session, execute
from hopsdrill.run.feasible import require_planned
from hopsdrill.run.gc import sweep
from hopsdrill.run.lease import holder
from hopsdrill.run.rates import timed
from hopsdrill.signing import KeyStore
from hopsdrill.verdict import ExitStatus


Kept = Annotated[
    bool, typer.Option("--keep-on-failure", help="Leave everything standing when a scenario did not pass.")
]
Challenge = Annotated[
    str, typer.Option("--challenge", help="What an auditor gave, so that no older run can be shown in its place.")
]
Attested = Annotated[
    list[str] | None,
    typer.Option(
        "--attest",
        metavar="PHASE=WHO,FROM,TO",
        help="A manual step before the run, by somebody's word: detect=WHO,DISASTER,DETECTED or decide=WHO,DETECTED,DECIDED, "
        "times as 2026-11-26T21:04:00Z; or @FILE with one a line.",
    ),
]


def run(
    plan: Annotated[Path, typer.Argument(help="A plan's file, or the name of a packaged plan.")],
    reports: Reports = Path("reports"),
    as_json: AsJson = False,
    keep_on_failure: Kept = False,
    challenge: Challenge = "",
    shard: Annotated[str, typer.Option("--shard", help="Only a share of the plan's features, such as 1/3.")] = "",
    attest: Attested = None,
) -> None:
    """Conduct a drill: real backup, real restore, proofs, report."""
    manual = attested(attest or [], now().utc)
    path, loaded, profile, _ = opened(plan)
    require_planned(loaded, profile, timed(reports, loaded))
    share = deal(loaded, features_of(loaded, path), shard) if shard else None
    if share is not None and not share.features:
        typer.echo(f"{plan} has no feature for {share}", err=True)
        raise typer.Exit(ExitStatus.NOTHING_SELECTED)
    command = ["hopsdrill", "run", str(plan), *(["--shard", shard] if shard else [])]
    part = share.name if share else ""
    order = Order(loaded, path, profile, reports, command, keep=keep_on_failure, challenge=challenge, share=part)
    carry_out(replace(order, attested=manual), lambda drill: conduct(drill, path, share), as_json=as_json)


def carry_out(order: Order, session: Session, *, as_json: bool) -> NoReturn:
    """Conduct what is ordered, sign what it leaves, show its first screen, and end with its exit code."""
    signer = KeyStore().runner()
    signed = replace(
        order,
        key=signer.public_key.keyid,
        begun=lambda recorder, first: declare_intent(recorder, first, signer),
    )
    folder = execute(signed, session, listener=Teller())
    report = leave(folder)
    _show(report, folder, as_json=as_json)
    keep_indexed(order.reports)
    raise typer.Exit(report.exit_code)


def leave(folder: Path) -> Report:
    """Withhold what holds a secret, write a run's artefacts and sign all it leaves."""
    withhold(folder)
    report = write(folder)
    attest(folder, report, read(folder), KeyStore().runner())
    if stamp_service():
        try:
            stamp_attestation(folder)
        except PreconditionError as error:
            typer.echo(
                f"hopsdrill: the attestation bears no time stamp. {error}\n  later: hopsdrill report stamp {folder}",
                err=True,
            )
    return report


def _show(report: Report, folder: Path, *, as_json: bool) -> None:
    if as_json:
        kept = report.model_dump(mode="json", exclude={"fields"})
        scenarios = {each.scenario: each.verdict for each in known(report.fields.steps.scenarios)}
        typer.echo(json.dumps({**kept, "folder": str(folder), "scenarios": scenarios}, indent=1))
    else:
        Console().print(first_screen(report, folder))


def gc(reports: Reports = Path("reports"), as_json: AsJson = False) -> None:
    """Remove what interrupted or kept runs left behind in the lab."""
    swept = sweep(reports)
    for each in swept:
        if (reports / each.run / "journal.ndjson").exists():
            leave(reports / each.run)
    if as_json:
        typer.echo(json.dumps([vars(each) for each in swept], indent=1))
    else:
        lines = [
            f"{each.run}: {verb} {item}"
            for each in swept
            for verb, items in (
                ("removed", each.removed),
                ("LEFT", each.left),
                ("left alone.", [each.held] * bool(each.held)),
            )
            for item in items
        ]
        typer.echo("\n".join(lines) or "nothing was left behind")
    if any(each.left for each in swept):
        raise typer.Exit(ExitStatus.CLEANUP_INCOMPLETE)


def abort() -> None:
    """End the run that is under way: its teardown runs, and it leaves a report."""
    found = {name: holder(name) for name in load().clusters}
    held = {name: who for name, who in found.items() if who is not None}
    for name, (pid, title) in held.items():
        os.kill(pid, signal.SIGTERM)
        typer.echo(f"cluster {name}: told {title} (process {pid}) to end")
    if not held:
        typer.echo("no run is under way")
