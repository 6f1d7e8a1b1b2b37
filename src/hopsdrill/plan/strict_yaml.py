"""YAML as plans need it: no surprises in types, no duplicate keys, and a place for every value.

Differences from PyYAML's safe loader: only ``true`` and ``false`` are booleans, there are no sexagesimal or octal
integers and no timestamps (all as in YAML 1.2), and a duplicate key or an alias is an error.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from hopsdrill.core.errors import PlanError


LARGEST = 1_000_000  # bytes; a plan has about two thousand
Place = tuple[int, int]  # line and column, from 1
Route = tuple[str | int, ...]  # keys and indexes from the top


class _Loader(yaml.SafeLoader):
    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012 - PyYAML's own shape

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call] # the stubs leave it untyped
            raise yaml.composer.ComposerError(None, None, "an alias; write the value out where it is used", mark)
        return super().compose_node(parent, index)


for _tag, _pattern, _first in (
    ("bool", r"true|false", "tf"),
    ("int", r"[-+]?(?:0|[1-9][0-9]*)", "-+0123456789"),
    ("float", r"[-+]?[0-9]+\.[0-9]+(?:[eE][-+]?[0-9]+)?", "-+0123456789"),
    ("null", r"null|~|", ["n", "~", ""]),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(f"^(?:{_pattern})$"), list(_first))


@dataclass
class Document:
    """A parsed file.

    Attributes:
        value: dictionaries, lists and scalars.
        places: where each value stands, by its route from the top.
        problems: messages with line and column; empty when the file is sound.
    """

    path: Path
    value: Any = None
    places: dict[Route, Place] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def at(self, route: Route) -> str:
        """``file:line:column`` of a value, or of the nearest value above it."""
        while route and route not in self.places:
            route = route[:-1]
        line, column = self.places.get(route, (1, 1))
        return f"{self.path}:{line}:{column}"


def parse(path: Path) -> Document:
    """Read one YAML file.

    Raises:
        PlanError: the file cannot be read, or is not YAML; names line and column and what to write instead.
    """
    document = Document(path)
    try:
        if path.stat().st_size > LARGEST:
            msg = f"{path} is too large for a plan: {path.stat().st_size} bytes, at most {LARGEST}."
            raise PlanError(msg, hint="is it the right file?")
        node = yaml.compose(path.read_text(), Loader=_Loader)
    except OSError as error:
        msg = f"Tried to read {path}; the system said: {error.strerror}."
        raise PlanError(msg, hint="check the path") from error
    except UnicodeDecodeError as error:
        msg = f"{path} is not UTF-8 text (byte {error.start})."
        raise PlanError(msg, hint="save it as UTF-8") from error
    except yaml.YAMLError as error:
        raise _not_yaml(path, error) from error
    if node is not None:
        document.value = placed(node, (), document)
    return document


def placed(node: yaml.Node, route: Route, document: Document) -> Any:
    """A node's value; the places of all that is in it, and keys that stand twice, go into the document."""
    document.places[route] = (node.start_mark.line + 1, node.start_mark.column + 1)
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, route, document)
    if isinstance(node, yaml.SequenceNode):
        return [placed(item, (*route, index), document) for index, item in enumerate(node.value)]
    return yaml.SafeLoader("").construct_object(node)


def _mapping(node: yaml.MappingNode, route: Route, document: Document) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key = str(key_node.value)
        inner = (*route, key)
        if key in found:
            first = document.at(inner)
            line, column = key_node.start_mark.line + 1, key_node.start_mark.column + 1
            text = f"{document.path}:{line}:{column}: the key {key!r} stands here a second time (first at {first}); remove one"
            document.problems.append(text)
        found[key] = placed(value_node, inner, document)
    return found


def _not_yaml(path: Path, error: yaml.YAMLError) -> PlanError:
    mark = getattr(error, "problem_mark", None)
    where = f"{path}:{mark.line + 1}:{mark.column + 1}" if mark else str(path)
    problem = getattr(error, "problem", None) or str(error)
    if "'@'" in problem:
        return PlanError(f"{where}: a value cannot start with @ unquoted.", hint='write it in quotes: "@weekly"')
    return PlanError(f"{where}: not YAML: {problem}.", hint="check indentation, quotes and colons around this place")
