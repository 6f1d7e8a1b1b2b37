"""The YAML and JSON of a page: blocks of their own, and heredocs given to a command."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from hopsdrill.plan.strict_yaml import Document, Route, placed
from hopsdrill.runbook.command import Command
from hopsdrill.runbook.page import Block, Page
from hopsdrill.runbook.shell import Script


YAML = frozenset({"yaml", "yml"})
MOST_ALIASES = 20  # so that aliases of aliases make a document at most some thousand times as long


class _Bounded(yaml.SafeLoader):
    """Kubernetes reads YAML 1.1, as PyYAML does, and moments as texts; aliases may not make a document endless."""

    yaml_implicit_resolvers = {  # noqa: RUF012 - PyYAML's own shape
        first: [each for each in resolvers if each[0] != "tag:yaml.org,2002:timestamp"]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            self.aliases = getattr(self, "aliases", 0) + 1
            if self.aliases > MOST_ALIASES:
                raise yaml.composer.ComposerError(None, None, "too many aliases", self.peek_event().start_mark)  # type: ignore[no-untyped-call]
        return super().compose_node(parent, index)


@dataclass(frozen=True)
class Manifest:
    """One document.

    Attributes:
        value: dictionaries, lists and scalars; YAML 1.1, as Kubernetes and Helm read it.
        line: its first in the page.
        applied: a heredoc given to a command, rather than a block to be saved as a file.
        expands: variables of the shell in it are replaced.
        document: the places of its values, in lines of the page.
        offset: the page's lines before the text it was read from.
    """

    value: Any
    line: int
    applied: bool = False
    expands: bool = False
    document: Document = field(default_factory=lambda: Document(Path("page")))
    offset: int = 0

    def at(self, route: Route) -> int:
        """The page's line of a value, or of the nearest value above it."""
        places = self.document.places
        while route and route not in places:
            route = route[:-1]
        return places.get(route, (1, 1))[0] + self.offset if places else self.line

    @property
    def kind(self) -> str:
        """``apiVersion/Kind``; empty when it is no Kubernetes object."""
        if not isinstance(self.value, dict):
            return ""
        version, kind = self.value.get("apiVersion"), self.value.get("kind")
        return f"{version}/{kind}" if isinstance(version, str) and isinstance(kind, str) else ""

    def leaves(self) -> Iterator[tuple[Route, Any]]:
        """Every scalar with its route."""
        yield from leaves(self.value)


@dataclass(frozen=True)
class Unreadable:
    """A text that should be YAML or JSON and is not."""

    line: int
    problem: str


def leaves(value: Any, route: Route = ()) -> Iterator[tuple[Route, Any]]:
    """Every scalar of nested values with its route."""
    if isinstance(value, dict):
        for key, each in value.items():
            yield from leaves(each, (*route, str(key)))
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from leaves(each, (*route, index))
    else:
        yield route, value


def dotted(route: Route) -> str:
    """``spec.containers[0].name``."""
    return "".join(f"[{each}]" if isinstance(each, int) else f".{each}" for each in route).lstrip(".")


def of_page(page: Page, scripts: tuple[Script, ...]) -> Iterator[Manifest | Unreadable]:
    """All documents of a page, in its order within each sort."""
    for block in page.blocks:
        if block.language in YAML:
            yield from read(block.text, block.line)
        elif block.language in {"json", "jsonc"}:
            yield _json(block)
    for script in scripts:
        for command in script.commands:
            given = command.heredoc
            if given is not None and _reaches_kubectl(script, command):
                yield from read(given.text, given.line, applied=True, expands=given.expands)


def _reaches_kubectl(script: Script, command: Command) -> bool:
    """``kubectl apply -f - <<EOF`` and ``cat <<EOF | kubectl apply -f -``."""
    applies = (
        {"apply", "create", "replace"} & set(each.arguments)
        for each in script.pipeline(command)
        if each.name == "kubectl"
    )
    return any(applies)


def read(text: str, line: int, *, applied: bool = False, expands: bool = False) -> Iterator[Manifest | Unreadable]:
    """The documents of a YAML text whose first line is a page's line."""
    try:
        nodes = list(yaml.compose_all(text, Loader=_Bounded))
        for node in filter(None, nodes):
            document = Document(Path("page"))
            document.value = placed(node, (), document)
            first = line + node.start_mark.line
            yield Manifest(document.value, first, applied, expands, document, offset=line - 1)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        at = line + (mark.line if mark else 0)
        yield Unreadable(at, f"not YAML: {getattr(error, 'problem', None) or error}")
    except RecursionError:
        yield Unreadable(line, "not YAML that can be read: it holds itself")


def _json(block: Block) -> Manifest | Unreadable:
    try:
        json.loads(block.text)
    except json.JSONDecodeError as error:
        return Unreadable(block.line + error.lineno - 1, f"not JSON: {error.msg}")
    return next(iter(read(block.text, block.line)))  # JSON is YAML, which knows the places
