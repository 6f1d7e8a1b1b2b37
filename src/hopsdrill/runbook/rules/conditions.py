"""Conditions that hold for the wrong reason, and errors nobody sees."""

from collections.abc import Iterator

from tree_sitter import Node

from hopsdrill.runbook.book import Book
from hopsdrill.runbook.command import Command
from hopsdrill.runbook.finding import Hit, Severity, rule
from hopsdrill.runbook.outcome import REACHING, on_failure
from hopsdrill.runbook.rules.loops import LEAVES, waits
from hopsdrill.runbook.shell import Script


@rule(
    "condition-true-on-failure",
    Severity.ERROR,
    "A wait that ends, or a check that passes, when the program in it fails.",
    happens="a failing command prints nothing, nothing is not the text it is compared with, and the step goes on as if all were well",
    fix="compare with what is wanted, not with what is not (`-gt 0` in an `until`), or test the command's own exit code first",
)
def condition_true_on_failure(book: Book) -> Iterator[Hit]:
    """Loops that end, and branches that say yes."""
    for script, loop in waits(book):
        holds = on_failure(script, loop.child_by_field_name("condition"))
        ends = holds if loop.children[0].type == "until" else None if holds is None else not holds
        if ends:
            yield Hit(script.line(loop), "this loop ends at once when the command in its condition fails")
    for script in book.scripts:
        for branch in script.nodes("if_statement"):
            if on_failure(script, branch.child_by_field_name("condition")) and _says_yes(script, branch):
                yield Hit(script.line(branch), "this check passes when the command in its condition fails")


@rule(
    "error-hidden",
    Severity.WARNING,
    "Standard error, or the exit code, of a program that reaches out is thrown away.",
    happens="a missing kind, namespace, permission or connection looks the same as `not yet`, and nobody learns the cause",
    fix="leave standard error visible; where `not found` is expected, say so: --ignore-not-found",
)
def error_hidden(book: Book) -> Iterator[Hit]:
    """Output to nowhere, and ``|| true``."""
    for script, command in book.commands:
        reaching = [each.name for each in script.pipeline(command) if each.name in REACHING]
        if command.hides_errors() and reaching and _counts_for_something(script, command):
            yield Hit(command.line, f"errors of {reaching[0]}'s pipeline go to /dev/null")
        if command.name in REACHING and _shrugged(script, command):
            yield Hit(command.line, f"the exit code of {command.name} is thrown away by `|| true`")


def _says_yes(script: Script, branch: Node) -> bool:
    """The branch does not leave, but its alternative does: it is the good case."""
    halves: dict[bool, list[Command]] = {False: [], True: []}
    other = next(
        (each.start_byte for each in branch.children if each.type in {"else_clause", "elif_clause"}), branch.end_byte
    )
    condition = branch.child_by_field_name("condition")
    for each in script.within(branch):
        if condition is None or each.start >= condition.end_byte:
            halves[each.start >= other].append(each)
    leaves = {half: any(each.name in LEAVES for each in commands) for half, commands in halves.items()}
    return not leaves[False] and leaves[True]


def _counts_for_something(script: Script, command: Command) -> bool:
    """Not a mere look whether something is there: ``if kubectl get ns x >/dev/null 2>&1``."""
    del script
    node = command.node.parent
    while node is not None:
        if node.type in {"if_statement", "list"}:
            return False
        if node.type in {"command_substitution", "while_statement"}:
            return True
        node = node.parent
    return True


def _shrugged(script: Script, command: Command) -> bool:
    above = command.node.parent
    while above is not None and above.type in {"redirected_statement", "pipeline"}:
        above = above.parent
    if above is None or above.type != "list" or above.children[1].type != "||":
        return False
    return script.raw(above.children[-1]) in {"true", ":"} and command.start < above.children[1].start_byte
