"""Statements against feature files: no cluster, no run."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from hopsdrill.core.paths import data_dir
from hopsdrill.model.statement import Statement
from hopsdrill.plan.statements import statements
from hopsdrill.plugin.compat import scenario_tags
from hopsdrill.plugin.lint import relative


NEGATIVE = "negative"


@dataclass(frozen=True)
class Covered:
    """A scenario that carries a statement's tag.

    Attributes:
        name: as the feature file has it, placeholders included.
        negative: it shows the wrong input or the broken state.
    """

    feature: str
    name: str
    line: int
    negative: bool


@dataclass
class Row:
    """One statement and its scenarios."""

    statement: Statement
    scenarios: list[Covered] = field(default_factory=list)

    @property
    def lacks(self) -> str:
        """What is missing; empty when nothing is."""
        kinds = {each.negative for each in self.scenarios}
        if not kinds:
            return "no scenario"
        if not self.statement.negative:
            return ""
        missing = {True, False} - kinds
        return f"no scenario {'with' if True in missing else 'beside its'} @negative" if missing else ""


def covered(features: Sequence[Path] | None = None) -> list[Row]:
    """All statements in order, each with the scenarios that carry its tag.

    Args:
        features: feature files; all packaged ones unless given.

    Raises:
        PlanError: a feature file is no Gherkin.
    """
    rows = {each.id: Row(each) for each in statements().values()}
    for path in packaged() if features is None else features:
        for name, line, tags in scenario_tags(path):
            scenario = Covered(relative(path.resolve()), name, line, NEGATIVE in tags)
            for tag in tags:
                if tag in rows:
                    rows[tag].scenarios.append(scenario)
    return list(rows.values())


def packaged() -> list[Path]:
    """Every packaged feature file, in order."""
    return sorted(data_dir("features").rglob("*.feature"))
