"""``reports/index.html``: all runs on one page, their trends, and the last proven backup; opens offline, no script."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from hopsdrill.core.files import put
from hopsdrill.history.age import Proven, last_proven
from hopsdrill.history.findings import Finding
from hopsdrill.history.runs import History, Run, moment
from hopsdrill.report.gap import known as listed
from hopsdrill.verdict.wording import duration


WIDTH, HEIGHT, EDGE = 560, 120, 10  # of a trend's picture, in its own units


@dataclass(frozen=True)
class Trend:
    """A measure over the runs of one drill.

    Attributes:
        points: for an SVG polyline.
        dots: centre and run of each value.
        most: the highest value, which the upper edge stands for.
    """

    title: str
    points: str
    dots: list[tuple[float, float, str]]
    most: str


def write_index(reports: Path, found: History, known: list[Finding], now: datetime) -> Path:
    """Write the page, whole or not at all; gives its path.

    Raises:
        JournalError: the disk refuses.
    """
    made = Environment(
        loader=PackageLoader("hopsdrill.history"), autoescape=select_autoescape(["html.j2"]), undefined=StrictUndefined
    )
    ages = _ages(found)
    made.filters |= {"duration": duration, "known": listed}
    proven = last_proven(found)
    drills = sorted({run.drill for run in found.runs})
    text = made.get_template("index.html.j2").render(
        runs=list(reversed(found.runs)),
        unreadable=found.unreadable,
        proven=proven,
        trends=[trend for drill in drills for trend in _trends(drill, found.of(drill))] + _overall(found, ages),
        ages=ages,
        findings=known,
        today=now.date(),
    )
    put(reports / "index.html", text + "\n")
    return reports / "index.html"


def _trends(drill: str, runs: list[Run]) -> list[Trend]:
    measures = (
        ("recovery time", [(run.folder.name, run.rto) for run in runs]),
        ("loss of data", [(run.folder.name, run.rpo) for run in runs]),
    )
    made = [
        _trend(f"{drill}: {name}", [(run, each) for run, each in values if each is not None], duration)
        for name, values in measures
    ]
    proved = [(run.folder.name, float(len(run.statements))) for run in runs]
    made.append(_trend(f"{drill}: statements proved", proved if any(count for _, count in proved) else [], _count))
    return [each for each in made if each is not None]


def _overall(found: History, ages: dict[str, float]) -> list[Trend]:
    """What is no single drill's: how old the last proven backup was when each run had ended."""
    told = [(run.folder.name, ages[run.folder.name]) for run in found.runs if run.folder.name in ages]
    made = _trend("age of the last proven backup after each run", told, duration)
    return [made] if made else []


def _ages(found: History) -> dict[str, float]:
    """Age of the last proven backup at the end of each run, in seconds; a run before the first proven one has none."""
    told: dict[str, float] = {}
    newest: Proven | None = None
    for run in found.runs:
        proven = last_proven(History([run]))
        newest = max((each for each in (newest, proven) if each is not None), key=lambda each: each.taken, default=None)
        if newest is not None:
            told[run.folder.name] = newest.age(moment(run.entries[-1].at))
    return told


def _count(value: float) -> str:
    return f"{value:.0f}"


def _trend(title: str, values: list[tuple[str, float]], text: Callable[[float], str]) -> Trend | None:
    if len(values) < 2:  # noqa: PLR2004 - one value is no trend
        return None
    most = max(value for _, value in values) or 1.0
    step = (WIDTH - 2 * EDGE) / (len(values) - 1)
    dots = [
        (
            round(EDGE + number * step, 1),
            round(HEIGHT - EDGE - value / most * (HEIGHT - 2 * EDGE), 1),
            f"{run}: {text(value)}",
        )
        for number, (run, value) in enumerate(values)
    ]
    return Trend(title, " ".join(f"{x},{y}" for x, y, _ in dots), dots, text(most))
