"""What runs have proved of a statement, from their journals; shards of one plan, and runs of several, are merged."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from hopsdrill.coverage.static import Covered, Row
from hopsdrill.history import Run
from hopsdrill.report.gap import known


PLACEHOLDER = re.compile(r"<[^<>]+>")


@dataclass(frozen=True)
class Result:
    """The latest run of one scenario, or of one row of an outline."""

    scenario: str
    verdict: str
    run: str
    at: datetime


@dataclass(frozen=True)
class Proof:
    """A statement and the latest results of its scenarios.

    Attributes:
        never: its scenarios that no run has had.
    """

    row: Row
    results: list[Result]
    never: list[Covered]

    def lacks(self, now: datetime, longest: timedelta | None = None) -> str:
        """Why it does not count as proved; empty when it does."""
        bad = [each for each in self.results if each.verdict != "PASS"]
        if self.row.lacks:
            return self.row.lacks
        if self.never:
            return f"never run: {self.never[0].name}"
        if bad:
            return f"{bad[0].verdict} in {bad[0].run}: {bad[0].scenario.rpartition('::')[2]}"
        oldest = min(each.at for each in self.results)
        return f"last proved {oldest:%Y-%m-%d}, too long ago" if longest is not None and now - oldest > longest else ""


def proven(rows: Iterable[Row], runs: Iterable[Run]) -> list[Proof]:
    """Hold every statement against runs, given in the order of their beginning."""
    latest: dict[str, Result] = {}
    for run in runs:
        for told in known(run.report.fields.steps.scenarios):
            if told.status is not None:
                latest[told.scenario] = Result(told.scenario, str(told.verdict), run.folder.name, run.started)
    return [_proof(row, latest) for row in rows]


def _proof(row: Row, latest: dict[str, Result]) -> Proof:
    found = {each: [result for name, result in latest.items() if _is(each, name)] for each in row.scenarios}
    results = {result.scenario: result for matches in found.values() for result in matches}
    return Proof(
        row, sorted(results.values(), key=lambda each: each.scenario), [each for each in found if not found[each]]
    )


def _is(scenario: Covered, name: str) -> bool:
    """Whether a run's scenario is this one, or one row of this outline."""
    pattern = ".+".join(re.escape(part) for part in PLACEHOLDER.split(scenario.name))
    return re.fullmatch(rf"{re.escape(scenario.feature)}::{pattern}(\[.*\])?", name) is not None
