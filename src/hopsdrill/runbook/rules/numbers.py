"""Identifiers that become numbers on their way."""

import re
from collections.abc import Iterator

from hopsdrill.runbook.book import Book
from hopsdrill.runbook.finding import Hit, Severity, rule
from hopsdrill.runbook.manifest import dotted
from hopsdrill.runbook.settings import settings


IDENTIFIES = re.compile(r"(?:(?<=[a-z])I[dD]|(?:^|_)id|snapshot_?name|version|tag|revision)$|^id$", re.IGNORECASE)
DECIMALS = re.compile(r"(?:version|tag)$", re.IGNORECASE)
LONG = 6  # digits; shorter ones are mostly true numbers, such as a node's ID


@rule(
    "number-for-text",
    Severity.ERROR,
    "An identifier is written so that it becomes a number: unquoted in YAML, or by `--set` instead of `--set-string`.",
    happens="a schema that wants a text refuses it; a long one comes out as 2.5e+08, one with a leading zero as another number, and nothing of that name exists",
    fix='put it in quotes in YAML ("254811200"), and use --set-string on the command line',
)
def number_for_text(book: Book) -> Iterator[Hit]:
    """Numbers under keys that identify."""
    for each in settings(book):
        key = str(each.route[-1]) if each.route else ""
        long = isinstance(each.value, int) and not isinstance(each.value, bool) and len(str(abs(each.value))) >= LONG
        if (long and IDENTIFIES.search(key)) or (isinstance(each.value, float) and DECIMALS.search(key)):
            how = "unquoted" if each.by == "values" else f"given by {each.by}"
            yield Hit(each.line, f"{dotted(each.route)} is {each.value}, {how}: a number where an identifier is meant")
