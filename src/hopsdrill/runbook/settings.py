"""Values of charts, wherever a page sets them: in YAML blocks and by ``--set`` on helm's command line."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from hopsdrill.plan.strict_yaml import Route
from hopsdrill.runbook.book import Book
from hopsdrill.runbook.invocation import Invocation


SETTERS = ("--set", "--set-string", "--set-literal", "--set-json")
WHOLE = re.compile(r"-?(?:0|[1-9][0-9]*)")


@dataclass(frozen=True)
class Setting:
    """One value.

    Attributes:
        route: keys and indexes from the top.
        value: as Helm reads it.
        line: in the page.
        by: ``values`` for a YAML block, or the flag.
        group: the same for all that stand in one block or command.
    """

    route: Route
    value: Any
    line: int
    by: str
    group: int


def settings(book: Book) -> Iterator[Setting]:
    """All of them."""
    for manifest in book.values:
        for route, value in manifest.leaves():
            yield Setting(route, value, manifest.at(route), "values", manifest.line)
    for _, command, call in book.invocations("helm"):
        yield from of_call(call, command.line)


def of_call(call: Invocation, group: int) -> Iterator[Setting]:
    """Those on one command line."""
    lines = {each.text: each.line for each in call.given}
    for flag in SETTERS:
        for text in call.flags.get(flag, []):
            line = lines.get(text or "", group)
            for pair in (
                [text] if flag in {"--set-json", "--set-literal"} else re.split(r"(?<!\\),(?![^{]*\})", text or "")
            ):
                key, equals, value = (pair or "").partition("=")
                if equals:
                    yield Setting(route_of(key), _read(flag, value), line, flag, group)


def route_of(text: str) -> Route:
    """``a.b[0].c`` as keys and indexes; a dot with a backslash before it belongs to the key."""
    found: list[str | int] = []
    for part in re.split(r"(?<!\\)\.", text):
        key, *indexes = re.split(r"\[(\d+)\]", part.replace("\\.", "."))
        found += [*([key] if key else []), *(int(each) for each in indexes if each.isdigit())]
    return tuple(found)


def path_of(route: Route) -> str:
    """The dotted path of the keys."""
    return ".".join(str(each) for each in route)


def _read(flag: str, value: str) -> Any:
    if flag != "--set":
        return value
    if value in {"true", "false", "null"}:
        return {"true": True, "false": False, "null": None}[value]
    return int(value) if WHOLE.fullmatch(value) else value
