"""The first screen of a report, for a terminal."""

from pathlib import Path

from rich.console import Group
from rich.panel import Panel
from rich.table import Table
from rich.text import Text as Styled

from hopsdrill.report.gap import Gap, Text, known
from hopsdrill.report.model import Report
from hopsdrill.report.render import clean


COLOUR = {"PASS": "green", "FAIL": "red"}
OTHER = "yellow"


def first_screen(report: Report, folder: Path) -> Group:
    """What a person sees when a drill ends."""
    colour = COLOUR.get(report.verdict or "", OTHER)
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="bold", no_wrap=True)
    grid.add_column(overflow="fold")
    for label, text in _rows(report, folder):
        grid.add_row(label, Styled(str(clean(text))))
    head = Styled(f"{report.verdict or 'NOT CONDUCTED'}  ", style=f"bold {colour}") + Styled(
        str(clean(report.title)), style="bold"
    )
    meaning = Styled(f"{clean(report.headline)}: {report.meaning}")
    return Group("", Panel(Group(head, meaning), border_style=colour), grid, "")


def _rows(report: Report, folder: Path) -> list[tuple[str, str]]:
    told = report.summary
    stood_in = [
        f"{each.store}: {each.part} plays {each.plays}. Not exercised: {each.not_exercised}"
        for each in known(report.stand_ins)
    ]
    return [
        ("Not covered", _lines(report.not_covered, known(report.not_covered)) or "nothing was declared to be left out"),
        ("Stood in", _lines(report.stand_ins, [*stood_in, *known(report.substitutions)]) or "nothing"),
        ("Could we recover?", told.recovered),
        ("From which backup", _text(told.backup)),
        ("In what time", _text(told.time)),
        ("Losing what", _text(told.loss)),
        *(("Done by hand", each.text) for each in report.fields.by_hand),
        ("Decision needed", told.decision),
        ("Next drill due", _text(told.next_drill)),
        ("Run it again", _text(told.rerun)),
        ("Report", str(folder / "report.html")),
    ]


def _lines(value: object, lines: list[str]) -> str:
    return f"gap: {value.gap}" if isinstance(value, Gap) else "\n".join(lines)


def _text(value: Text) -> str:
    return f"gap: {value.gap}" if isinstance(value, Gap) else value
