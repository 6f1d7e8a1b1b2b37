"""`hopsdrill runbook`: a Markdown page's commands and manifests as something that can be checked and performed."""

import json
import shutil
from collections import Counter
from dataclasses import replace
from enum import IntEnum
from pathlib import Path
from typing import Annotated

import typer

from hopsdrill.cli.lab import AsJson
from hopsdrill.cli.report import Reports
from hopsdrill.cli.run import Challenge, Kept, carry_out
from hopsdrill.core.errors import UsageError
from hopsdrill.core.process import search_path
from hopsdrill.plan.loader import load_given_profile
from hopsdrill.runbook import GENERAL, RULES, Checked, Rule, Severity, read
from hopsdrill.runbook import check as checked
from hopsdrill.runbook.rehearsal import load_terms, order_for, perform, steps_of


app = typer.Typer(
    help="Runbooks: a page's commands and manifests, checked by rules, and performed as a drill.", no_args_is_help=True
)


class RunbookStatus(IntEnum):
    """Exit codes of ``hopsdrill runbook check``."""

    CLEAN = 0
    FINDINGS = 1
    UNREADABLE = 2
    INTERNAL = 3

    @property
    def meaning(self) -> str:
        """One line for people."""
        return MEANINGS[self]


MEANINGS = {
    RunbookStatus.CLEAN: "no finding; a check that could not run, such as shellcheck's, is named on standard error and under `not_run`",
    RunbookStatus.FINDINGS: "at least one finding",
    RunbookStatus.UNREADABLE: "the page cannot be read, or the command line cannot be used",
    RunbookStatus.INTERNAL: "hopsdrill itself broke",
}


@app.command()
def check(
    page: Annotated[Path, typer.Argument(help="A Markdown page.")],
    profile: Annotated[
        str,
        typer.Option("--profile", help="Whose names the Hopsworks rules know: a packaged profile's name, or a file."),
    ] = "hopsworks",
    general: Annotated[bool, typer.Option("--general", help="Leave the Hopsworks rules out.")] = False,
    skip: Annotated[
        list[str] | None, typer.Option("--skip", help="A rule that does not count; may be given several times.")
    ] = None,
    least: Annotated[
        Severity, typer.Option("--severity", help="Leave out findings that are less bad.")
    ] = Severity.NOTE,
    as_json: AsJson = False,
) -> None:
    """Find what is wrong with a runbook before it is needed; nothing on the page is run."""
    rules = _chosen(GENERAL if general else RULES, skip or [], least)
    found = shutil.which("shellcheck", path=search_path())
    told = checked(read(page), load_given_profile(profile), rules=rules, shellcheck=Path(found) if found else None)
    if as_json:
        typer.echo(json.dumps(told.model_dump(mode="json"), indent=1))
    else:
        _tell(told)
    raise typer.Exit(RunbookStatus.FINDINGS if told.findings else RunbookStatus.CLEAN)


@app.command()
def run(
    page: Annotated[Path, typer.Argument(help="A Markdown page.")],
    terms: Annotated[
        Path | None,
        typer.Option(
            "--terms",
            help="Where, how long, what replaces what: a YAML file; unless given, PAGE.lab.yaml beside PAGE.md.",
        ),
    ] = None,
    cluster: Annotated[
        str,
        typer.Option("--cluster", help="A cluster of the lab, instead of the one the terms name."),
    ] = "",
    reports: Reports = Path("reports"),
    as_json: AsJson = False,
    keep_on_failure: Kept = False,
    challenge: Challenge = "",
) -> None:
    """Perform a page in the lab, block by block, as a drill: journal, evidence, verdict, signed report."""
    text, loaded = read(page), load_terms(page, terms, cluster)
    words = ["hopsdrill", "runbook", "run", str(page)]
    words += [*(["--terms", str(terms)] if terms else []), *(["--cluster", cluster] if cluster else [])]
    order = replace(order_for(text, loaded, reports, words), keep=keep_on_failure, challenge=challenge)
    steps_of(text, loaded, order.profile, {old: each.text for old, each in loaded.replace.items()})
    carry_out(order, lambda drill: perform(drill, text, loaded), as_json=as_json)


@app.command("rules")
def list_rules(as_json: AsJson = False) -> None:
    """All rules: what each looks for, and how bad a finding is."""
    if as_json:
        keys = ("name", "severity", "about", "happens", "fix")
        typer.echo(json.dumps([{key: getattr(each, key) for key in keys} for each in RULES], indent=1))
        return
    width = max(len(each.name) for each in RULES)
    typer.echo("\n".join(f"{each.name:{width}}  {each.severity:7}  {each.about}" for each in RULES))


def _chosen(rules: tuple[Rule, ...], skipped: list[str], least: Severity) -> tuple[Rule, ...]:
    unknown = sorted(set(skipped) - {each.name for each in RULES})
    if unknown:
        msg = f"There is no rule {', '.join(unknown)}."
        raise UsageError(msg, hint="hopsdrill runbook rules lists them")
    order = list(Severity)
    return tuple(
        each for each in rules if each.name not in skipped and order.index(each.severity) <= order.index(least)
    )


def _tell(told: Checked) -> None:
    for each in told.findings:
        typer.echo(f"{told.page}:{each.line}: {each.severity} {each.rule}: {each.wrong}")
        typer.echo(f"    happens: {each.happens}\n    fix: {each.fix}")
    for reason in told.not_run:
        typer.echo(f"not run: {reason}", err=True)
    count = Counter(each.severity for each in told.findings)
    words = (
        ", ".join(f"{count[each]} {each}{'s' if count[each] != 1 else ''}" for each in Severity if count[each])
        or "no finding"
    )
    typer.echo(
        f"{words}; looked at {told.blocks} blocks, {told.commands} commands, {told.documents} documents", err=True
    )
