"""`hopsdrill plan`, `lint` and `schema`: looking at a drill without a cluster."""

import json
from dataclasses import asdict
from enum import StrEnum
from itertools import groupby
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import BaseModel

from hopsdrill.cli.report import Reports
from hopsdrill.core.errors import PlanError
from hopsdrill.core.paths import data_dir
from hopsdrill.model.events import Entry
from hopsdrill.model.plan import Objective, Plan
from hopsdrill.model.profile import Profile
from hopsdrill.plan.loader import find_plan, load_plan, load_profile
from hopsdrill.plugin.collect import Collector
from hopsdrill.plugin.operations import Operation, operations
from hopsdrill.plugin.session import collect
from hopsdrill.report import schema as report_schema
from hopsdrill.run.feasible import planned, require_planned
from hopsdrill.run.rates import timed
from hopsdrill.runbook.rehearsal import Terms
from hopsdrill.safety.feasibility import Judgement
from hopsdrill.verdict.wording import NO_SOURCE, duration


Named = Annotated[Path, typer.Argument(help="A plan's file, or the name of a packaged plan.")]


class Kind(StrEnum):
    """What there is a schema of."""

    PLAN = "plan"
    PROFILE = "profile"
    REPORT = "report"
    JOURNAL = "journal"
    TERMS = "terms"


def opened(given: Path) -> tuple[Path, Plan, Profile, Collector]:
    """Load a plan with all that belongs to it.

    Raises:
        PlanError: lists everything that is wrong.
    """
    path = find_plan(given)
    plan = load_plan(path)
    profile, found = load_profile(plan, path), collect(plan, path)
    if found.problems:
        msg = f"{path} cannot be run:\n" + "\n".join(f"  {line}" for line in found.problems)
        raise PlanError(msg, hint="mend these lines; nothing was started")
    return path, plan, profile, found


def plan(
    plan: Named,
    reports: Reports = Path("reports"),
    as_json: Annotated[bool, typer.Option("--json", help="Data on standard output, as JSON.")] = False,
) -> None:
    """Every operation a drill will perform, in order, the destructive ones marked, and whether it can pass at all."""
    path, loaded, profile, found = opened(plan)
    known = timed(reports, loaded)
    listed, judged = list(operations(found.scenarios.values(), profile)), planned(loaded, profile, known)
    if as_json:
        told = {"feasibility": [asdict(each) for each in judged], "operations": [asdict(each) for each in listed]}
        typer.echo(json.dumps({"plan": loaded.name, **told}, indent=1))
    else:
        typer.echo("\n".join([*_head(path, loaded, profile), *_judged(judged), *_lines(listed)]))
    require_planned(loaded, profile, known)


def _head(path: Path, loaded: Plan, profile: Profile) -> list[str]:
    target, aims = loaded.target, loaded.objectives
    where = (
        f"lab cluster {target.lab_cluster}"
        if target.lab_cluster
        else f"context {target.context} of {target.kubeconfig}"
    )
    return [
        f"{loaded.title} ({path})",
        f"  target      {where}, release {profile.release} in namespace {profile.namespace}, chart {profile.chart} {profile.version}",
        f"  objectives  RTO {_bound(aims.rto)} from the {aims.start_clock}; RPO {_bound(aims.rpo)}{f'; skew {_bound(aims.skew)}' if aims.skew else ''}",
        *(f"  not covered {each}" for each in loaded.exclusions),
    ]


def _bound(aim: Objective) -> str:
    return f"{duration(aim.within.total_seconds())} ({aim.source or NO_SOURCE})"


def _judged(judged: list[Judgement]) -> list[str]:
    """Feasibility: what the plan's own settings and earlier runs say; bucket, space and what runs are looked at by `run`."""
    words = {True: "feasible    ", False: "NOT FEASIBLE"}
    return [
        f"  {words[each.ok]} {each.name}: {each}" if each.known else f"  not known    {each.name}: {each.arithmetic}"
        for each in judged
    ]


def _lines(listed: list[Operation]) -> list[str]:
    lines: list[str] = []
    for scenario, of_scenario in groupby(listed, key=lambda each: each.scenario):
        lines += ["", scenario.rpartition("::")[2]]
        for step, of_step in groupby(of_scenario, key=lambda each: each.step):
            lines.append(f"  {step}")
            lines += [
                f"    {'DESTRUCTIVE ' if each.destructive else ''}{each.name} -> {each.target}" for each in of_step
            ]
    count = sum(each.destructive for each in listed)
    return [*lines, "", f"{len(listed)} operations, {count} of them destructive"]


def lint(
    plans: Annotated[list[Path] | None, typer.Argument(help="Plans; without any, all packaged ones.")] = None,
) -> None:
    """Check plans, profiles, features, bindings and steps without a cluster."""
    for given in plans or sorted(data_dir("drills").glob("*.yaml")):
        path, loaded, profile, found = opened(given)
        require_planned(loaded, profile)
        steps = sum(len(each.steps) for each in found.scenarios.values())
        typer.echo(f"ok  {path}: {len(found.scenarios)} scenarios, {steps} steps")


def schema(of: Annotated[Kind, typer.Argument(help="Of what.")]) -> None:
    """Print a JSON schema."""
    models: dict[Kind, type[BaseModel]] = {
        Kind.PLAN: Plan,
        Kind.PROFILE: Profile,
        Kind.JOURNAL: Entry,
        Kind.TERMS: Terms,
    }
    made: dict[str, Any] = report_schema() if of is Kind.REPORT else models[of].model_json_schema()
    typer.echo(json.dumps(made, indent=1))
