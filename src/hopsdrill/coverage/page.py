"""The published page of statements: ``hopsdrill coverage --write docs/traceability.md``."""

from collections.abc import Iterable

from hopsdrill.coverage.static import Covered, Row


HEAD = """\
# Statements and the scenarios that prove them

Generated from the code (`hopsdrill coverage --write docs/traceability.md`); a test fails when this page is out of date.

Each statement is proved by the scenarios that carry its tag; one marked "and its negative" also has scenarios, in italics, with the wrong input or the
broken state, and the clear error or red verdict it must give. The grade says how the lab proves it: by the **real component**, by a **stand-in from
source** (it does what the product's published source does), or by **our invention** (the product's way is not public). `hopsdrill coverage --runs reports`
adds when each was last proved.
"""


def page(rows: Iterable[Row]) -> str:
    """The whole page, as Markdown."""
    told = list(rows)
    lacking = [f"* {row.statement.id}: {row.lacks}" for row in told if row.lacks and not row.statement.held]
    held = [f"* {row.statement.id}: {row.statement.held}" for row in told if row.statement.held]
    parts = [HEAD, "| | statement | grade | scenarios |\n|---|---|---|---|", *map(_line, told), ""]
    parts += ["## Not covered\n", *(lacking or ["Nothing."]), ""]
    parts += ["## Held, with the reason\n", *(held or ["Nothing."]), ""]
    return "\n".join(parts)


def _line(row: Row) -> str:
    statement = row.statement
    wants = " (and its negative)" if statement.negative else ""
    named = "<br>".join(_scenario(each) for each in row.scenarios) or "none"
    return f"| {statement.id} | {statement.text}{wants} | {statement.grade}: {statement.because} | {named} |"


def _scenario(each: Covered) -> str:
    name = each.name.replace("|", "\\|").replace("<", "&lt;")
    return (
        f"[{'_' if each.negative else ''}{name}{'_' if each.negative else ''}](../features/{each.feature}#L{each.line})"
    )
