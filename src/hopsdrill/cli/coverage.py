"""`hopsdrill coverage`: which statements are proved, by what, how strongly, and when last."""

import json
from datetime import datetime, timedelta
from enum import IntEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Column, Table

from hopsdrill.cli.lab import AsJson
from hopsdrill.cli.plan import opened
from hopsdrill.cli.report import bound
from hopsdrill.core.clock import now
from hopsdrill.core.files import put
from hopsdrill.coverage import Proof, Row, covered, page, proven
from hopsdrill.history import history
from hopsdrill.plan.loader import features_of


class CoverageStatus(IntEnum):
    """Exit codes of ``hopsdrill coverage``."""

    COVERED = 0
    LACKING = 1
    HELD = 10

    @property
    def meaning(self) -> str:
        """One line for people."""
        return MEANINGS[self]


MEANINGS = {
    CoverageStatus.COVERED: "every statement has its scenarios; with `--runs`, all of them passed in their latest run",
    CoverageStatus.LACKING: "a statement lacks a scenario, or its negative; with `--runs`, one was never run, did not pass, or is too old",
    CoverageStatus.HELD: "nothing is lacking but statements that are held back; `--allow-held` makes that 0",
}


def coverage(
    plans: Annotated[
        list[Path] | None, typer.Argument(help="Plans whose features count; all packaged features unless given.")
    ] = None,
    runs: Annotated[
        list[Path] | None,
        typer.Option("--runs", help="A folder with runs; may be given several times, as shards leave several."),
    ] = None,
    longest: Annotated[str, typer.Option("--max-age", help="With --runs: a proof counts so long, such as 100d.")] = "",
    allow_held: Annotated[
        bool, typer.Option("--allow-held", help="Statements that are held back are no failure.")
    ] = False,
    write: Annotated[Path | None, typer.Option("--write", help="Write the page of statements to this file.")] = None,
    as_json: AsJson = False,
) -> None:
    """Statements against scenarios; with --runs, against what runs have proved."""
    rows = covered([path for plan in plans for path in _features(plan)] if plans else None)
    if write is not None:
        put(write, page(rows))
    proofs = _proofs(rows, runs or [])
    limit = bound(longest)
    lacking = _lacking(rows, proofs, timedelta(seconds=limit) if limit is not None else None)
    typer.echo(_as_json(rows, proofs, lacking)) if as_json else _tell(rows, proofs, lacking)
    raise typer.Exit(_status(rows, lacking, allow_held=allow_held))


def _features(plan: Path) -> list[Path]:
    path, loaded, _, _ = opened(plan)
    return features_of(loaded, path)


def _proofs(rows: list[Row], folders: list[Path]) -> dict[str, Proof]:
    if not folders:
        return {}
    found = [history(folder) for folder in folders]
    for each in found:
        for name, why in each.unreadable.items():
            typer.echo(f"{name} does not count: {why}", err=True)
    runs = sorted((run for each in found for run in each.runs), key=lambda run: (run.started, run.folder.name))
    return {each.row.statement.id: each for each in proven(rows, runs)}


def _lacking(rows: list[Row], proofs: dict[str, Proof], longest: timedelta | None) -> dict[str, str]:
    told = {
        row.statement.id: proofs[row.statement.id].lacks(now().utc, longest) if proofs else row.lacks for row in rows
    }
    return {name: text for name, text in told.items() if text}


def _status(rows: list[Row], lacking: dict[str, str], *, allow_held: bool) -> CoverageStatus:
    held = {row.statement.id for row in rows if row.statement.held}
    if lacking.keys() - held:
        return CoverageStatus.LACKING
    return CoverageStatus.COVERED if allow_held or not held else CoverageStatus.HELD


def _as_json(rows: list[Row], proofs: dict[str, Proof], lacking: dict[str, str]) -> str:
    told = [
        {
            **row.statement.model_dump(mode="json"),
            "lacks": lacking.get(row.statement.id, ""),
            "scenarios": [vars(each) for each in row.scenarios],
            "results": [vars(each) | {"at": each.at.isoformat()} for each in _results(row, proofs)],
        }
        for row in rows
    ]
    return json.dumps(told, indent=1)


def _results(row: Row, proofs: dict[str, Proof]) -> list:  # type: ignore[type-arg]
    return proofs[row.statement.id].results if proofs else []


def _tell(rows: list[Row], proofs: dict[str, Proof], lacking: dict[str, str]) -> None:
    table = Table(
        "",
        Column("statement", ratio=5),
        Column("grade", ratio=2),
        "scenarios",
        *(["proved"] if proofs else []),
        Column("lacks", ratio=3),
        box=SIMPLE,
        expand=True,
    )
    for row in rows:
        dates = [each.at for each in _results(row, proofs)]
        when = [_day(min(dates)) if dates else "never"] if proofs else []
        lacks = f"held: {row.statement.held}" if row.statement.held else lacking.get(row.statement.id, "")
        negatives = sum(each.negative for each in row.scenarios)
        count = f"{len(row.scenarios) - negatives}" + (f" + {negatives}" if row.statement.negative or negatives else "")
        table.add_row(row.statement.id, row.statement.text, row.statement.grade, count, *when, lacks)
    console = Console()
    console.print(table)
    console.print(
        f"{len(rows) - len(lacking)} of {len(rows)} statements lack nothing"
        + (f"; lacking: {', '.join(lacking)}" if lacking else "")
    )


def _day(at: datetime) -> str:
    return f"{at:%Y-%m-%d}"
