"""HTML and Markdown from a report: one file each, no script, nothing fetched."""

import json
import re
from functools import cache
from itertools import groupby
from operator import attrgetter
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup, escape
from pydantic import BaseModel

from hopsdrill.model.events import Component, Entry, Resource
from hopsdrill.report.gap import Gap, gaps, known
from hopsdrill.report.measured import measured_text, met_text, phase_text, seconds_text
from hopsdrill.report.model import Report
from hopsdrill.report.pictures import meter, phases, window
from hopsdrill.report.schema import ABOUT
from hopsdrill.report.stores import skew_matrix
from hopsdrill.verdict import RULES
from hopsdrill.verdict.wording import duration


CONTROL = re.compile(
    r"\x1b\[[0-9;?]*[A-Za-z]|[\x00-\x08\x0b-\x1f\x7f]"
)  # terminal colours and other control characters
MARKDOWN = re.compile(r"([\\`*_{}\[\]<>|#])")
TICKS = re.compile("`([^`]+)`")
LINE = 300  # characters of a journal entry shown in the table
# Fields that have a section of their own are not repeated in the table.
SECTIONS = {
    "steps": "see the section Steps",
    "rto": "see the section Recovery time",
    "rpo": "see the section Recovery point and loss",
    "validation": "see the section Proofs",
    "actions": "see the section Actions",
    "controls": "see the section Controls",
    "evidence": "see the section Evidence",
    "backup": "see the section Recovery point and loss",
    "findings": "see the section Findings",
    "corrective_actions": "see the section Findings",
    "deviations": "see the section Deviations and remarks",
    "integrity_before_restore": "see the section Proofs",
    "completeness": "see the section Completeness",
    "verdict": "see the section Why this verdict",
}
MOST = 40  # rows of one field in the table

Row = tuple[str, str, bool]


@cache  # a template takes longer to compile than to fill
def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("hopsdrill.report"),
        autoescape=select_autoescape(["html", "html.j2"]),
        undefined=StrictUndefined,
    )
    made.tests["gap"] = lambda value: isinstance(value, Gap)
    made.filters |= {"measured": measured_text, "seconds": seconds_text, "took": phase_text, "met": met_text}
    made.filters |= {"duration": duration, "line": entry_line, "md": markdown_text, "grouped": grouped}
    made.filters |= {"known": known, "phases": phases, "meter": meter, "conditions": conditions, "ticks": ticks}
    made.filters |= {"matrix": skew_matrix}
    made.finalize = clean
    return made


def grouped(items: list[BaseModel], name: str) -> list[tuple[str, list[BaseModel]]]:
    """Neighbours that share an attribute's value, in their order; Jinja's own ``groupby`` sorts them."""
    return [(str(key), list(each)) for key, each in groupby(items, attrgetter(name))]


def ticks(text: str) -> Markup:
    """A text whose commands stand between backticks."""
    return Markup(TICKS.sub(r"<code>\1</code>", str(escape(clean(text)))))  # noqa: S704 - all but our own marks is escaped


def conditions(name: str) -> str:
    """When a rule holds, in the words of the published table."""
    return next((each.condition for each in RULES if each.name == name), "")


def clean(value: Any) -> Any:
    """Take control characters out of any text that is printed."""
    return CONTROL.sub("", value) if type(value) is str else value


def markdown_text(value: object) -> str:
    """A text that means nothing to Markdown, on one line."""
    return MARKDOWN.sub(r"\\\1", " ".join(CONTROL.sub("", str(value)).split()))


def entry_line(entry: Entry) -> str:
    """An event's content on one line."""
    text = json.dumps(entry.event.model_dump(mode="json", exclude={"type", "plan"}), ensure_ascii=False)
    return text if len(text) <= LINE else f"{text[:LINE]}…"


def html(report: Report, entries: tuple[Entry, ...]) -> str:
    """The text of report.html."""
    template = _environment().get_template("report.html.j2")
    return (
        template.render(r=report, f=report.fields, entries=entries, table=list(field_rows(report)), window=window)
        + "\n"
    )


def markdown(report: Report) -> str:
    """The text of report.md."""
    return _environment().get_template("report.md.j2").render(r=report, f=report.fields, gaps=list(gaps(report.fields)))


def field_rows(report: Report) -> list[tuple[int, str, str, list[Row]]]:
    """The 32 fields, each with its number, name and what it holds, as rows of label, text and whether it is a gap."""
    fields = report.fields
    return [
        (number, name.replace("_", " "), ABOUT[name], _section(name) or _rows(getattr(fields, name)))
        for number, name in enumerate(type(fields).model_fields, 1)
    ]


def _section(name: str) -> list[Row]:
    return [("", SECTIONS[name], False)] if name in SECTIONS else []


def _rows(value: object, label: str = "") -> list[Row]:
    if isinstance(value, Gap):
        return [(label, f"gap: {value.gap}", True)]
    if isinstance(value, BaseModel):
        inner = [
            row for name in type(value).model_fields for row in _rows(getattr(value, name), name.replace("_", " "))
        ]
        return inner[:MOST] + (
            [("", f"and {len(inner) - MOST} more, in report.json", False)] if len(inner) > MOST else []
        )
    if isinstance(value, dict):
        return [(str(name), str(each), False) for name, each in value.items()]
    if isinstance(value, list | tuple):
        return [(label, "; ".join(_one(each) for each in value) or "none", False)]
    return [(label, "yes" if value is True else "no" if value is False else str(value), False)]


def _one(value: object) -> str:
    if isinstance(value, Resource):
        return f"{value.kind} {f'{value.namespace}/' if value.namespace else ''}{value.name}"
    if isinstance(value, Component):
        return f"{value.name} {value.version}"
    if isinstance(value, BaseModel):
        kept = {name: each for name, each in value.model_dump(mode="json").items() if each not in ("", [], None)}
        return ", ".join(f"{name} {each}" for name, each in kept.items())
    return str(value)
