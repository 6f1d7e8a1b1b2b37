"""What a page lists before it chooses: the recorded backups of stores, and Velero's."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tree_sitter import Node

from hopsdrill.runbook.book import Book
from hopsdrill.runbook.command import Command
from hopsdrill.runbook.invocation import Invocation, invocation
from hopsdrill.runbook.outcome import comparison
from hopsdrill.runbook.shell import Script


CONFIG_MAPS = frozenset({"cm", "configmap", "configmaps"})
BACKUPS = re.compile(r"backups?(?:\.velero\.io)?")
RECORDED = re.compile(r"fromjson|\bto_entries\b|\bkeys\b")  # a ConfigMap whose keys are IDs and whose values are JSON
JOINS = frozenset({"comm", "diff", "join"})
MATCHES = re.compile(r"-\w*[fF]\w*|-\w*x\w*")  # grep by whole lines or from a file


@dataclass(frozen=True)
class Listing:
    """A ``kubectl get`` and what its output is piped through."""

    script: Script
    command: Command
    call: Invocation
    pipeline: tuple[Command, ...]

    @property
    def name(self) -> str:
        """The one object it reads; empty when it lists."""
        return self.call.arguments[1].text if len(self.call.arguments) > 1 else ""

    def through(self, program: str) -> list[Command]:
        """The parts of the pipe that are this program."""
        return [each for each in self.pipeline if each.name == program]

    @property
    def filters(self) -> str:
        """The programs that jq is given."""
        return " ".join(" ".join(each.arguments) for each in self.through("jq"))


def of_stores(book: Book) -> list[Listing]:
    """Listings of a store's recorded backups: one or several ConfigMaps, taken apart entry by entry."""
    return [each for each in _listings(book) if _what(each) in CONFIG_MAPS and RECORDED.search(each.filters)]


def of_velero(book: Book) -> list[Listing]:
    """Listings of Velero's backups."""
    return [each for each in _listings(book) if BACKUPS.fullmatch(_what(each))]


def compares(book: Book) -> bool:
    """Whether the page holds the backups of several stores against one another."""
    return any(_joins(command) for _, command in book.commands) or any(
        _both_open(script, node) for script in book.scripts for node in script.nodes("binary_expression", "command")
    )


def _joins(command: Command) -> bool:
    if command.name == "grep":
        return any(MATCHES.fullmatch(each) for each in command.arguments)
    return command.name in JOINS or (command.name == "hopsdrill" and command.arguments[:1] == ["backups"])


def _both_open(script: Script, node: Node) -> bool:
    """Two things are compared of which neither is written out."""
    told = comparison(script, node)
    return (
        told is not None
        and told.operator in {"=", "==", "!="}
        and all(script.word(side).dynamic for side in told.sides)
    )


def _listings(book: Book) -> Iterator[Listing]:
    for script, command in book.commands:
        call = invocation(command)
        if call is not None and f"{call.program} {call.command}" == "kubectl get" and call.arguments:
            yield Listing(script, command, call, tuple(script.pipeline(command)))


def _what(listing: Listing) -> str:
    return listing.call.arguments[0].text
