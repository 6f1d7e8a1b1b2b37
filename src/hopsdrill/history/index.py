"""``reports/index.html``: all runs on one page, their trends, and the last proven backup; opens offline, no script."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from hopsdrill.core.files import put
from hopsdrill.history.age import last_proven
from hopsdrill.history.findings import Finding
from hopsdrill.history.runs import History, Run
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
    made.filters |= {"duration": duration, "known": listed}
    proven = last_proven(found)
    drills = sorted({run.drill for run in found.runs})
    text = made.get_template("index.html.j2").render(
        runs=list(reversed(found.runs)),
        unreadable=found.unreadable,
        proven=proven,
        trends=[trend for drill in drills for trend in _trends(drill, found.of(drill))],
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
        _trend(f"{drill}: {name}", [(run, each) for run, each in values if each is not None])
        for name, values in measures
    ]
    return [each for each in made if each is not None]


def _trend(title: str, values: list[tuple[str, float]]) -> Trend | None:
    if len(values) < 2:  # noqa: PLR2004 - one value is no trend
        return None
    most = max(value for _, value in values) or 1.0
    step = (WIDTH - 2 * EDGE) / (len(values) - 1)
    dots = [
        (
            round(EDGE + number * step, 1),
            round(HEIGHT - EDGE - value / most * (HEIGHT - 2 * EDGE), 1),
            f"{run}: {duration(value)}",
        )
        for number, (run, value) in enumerate(values)
    ]
    return Trend(title, " ".join(f"{x},{y}" for x, y, _ in dots), dots, duration(most))
