"""The runs of a reports folder, each read from its journal; no report.json is believed."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from hopsdrill.core.errors import JournalError
from hopsdrill.journal import read
from hopsdrill.journal.writer import NAME
from hopsdrill.model.events import Entry, RunStarted
from hopsdrill.report import Report, build
from hopsdrill.report.gap import Gap, known


STATEMENT = re.compile(r"HDR-\d{2}")


@dataclass(frozen=True)
class Run:
    """One run.

    Attributes:
        drill: the plan's name; runs of one drill are compared with each other.
    """

    folder: Path
    entries: tuple[Entry, ...]
    report: Report

    @property
    def drill(self) -> str:
        """Empty where the journal does not begin as a run's."""
        first = self.entries[0].event
        return str(first.plan.get("name", "")) if isinstance(first, RunStarted) else ""

    @property
    def started(self) -> datetime:
        """When its first entry was written."""
        return moment(self.entries[0].at)

    @property
    def rto(self) -> float | None:
        """Measured recovery time, seconds."""
        found = self.report.fields.rto
        total = None if isinstance(found, Gap) or not found else found[0].total
        return (
            None if total is None or isinstance(total, Gap) or isinstance(total.measured_s, Gap) else total.measured_s
        )

    @property
    def rpo(self) -> float | None:
        """Measured loss, seconds of data."""
        found = self.report.fields.rpo.accounts
        measured = None if isinstance(found, Gap) or not found else found[0].measured
        return (
            None
            if measured is None or isinstance(measured, Gap) or isinstance(measured.measured_s, Gap)
            else measured.measured_s
        )

    @property
    def statements(self) -> list[str]:
        """Statements that have a scenario in this run, and whose every scenario in it passed; by their tags."""
        told = known(self.report.fields.steps.scenarios)
        tags = {tag for each in told for tag in each.tags if STATEMENT.fullmatch(tag)}
        return sorted(tags - {tag for each in told if each.verdict != "PASS" for tag in each.tags})

    @property
    def passed(self) -> tuple[int, int]:
        """Scenarios that passed, of how many."""
        told = known(self.report.fields.steps.scenarios)
        return sum(each.verdict == "PASS" for each in told), len(told)


@dataclass
class History:
    """All runs in the order of their beginning, and the folders that do not open, with the reason."""

    runs: list[Run] = field(default_factory=list)
    unreadable: dict[str, str] = field(default_factory=dict)

    def of(self, drill: str) -> list[Run]:
        """Runs of one drill."""
        return [run for run in self.runs if run.drill == drill]


def history(reports: Path) -> History:
    """Read every run's folder below ``reports``; one that does not open is listed, never left out."""
    found = History()
    for path in sorted(reports.glob(f"*/{NAME}")):
        try:
            entries = read(path.parent)
            if not entries:
                found.unreadable[path.parent.name] = "its journal is empty"
                continue
            found.runs.append(Run(path.parent, entries, build(path.parent, entries)))
        except JournalError as error:
            found.unreadable[path.parent.name] = error.message
    found.runs.sort(key=lambda run: (run.started, run.folder.name))
    return found


def moment(text: str) -> datetime:
    """A journal's time as a time."""
    return datetime.fromisoformat(text)
