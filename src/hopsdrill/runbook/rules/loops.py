"""Loops that wait: until when, and for what."""

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase

from tree_sitter import Node

from hopsdrill.runbook.book import Book
from hopsdrill.runbook.finding import Hit, Severity, rule
from hopsdrill.runbook.outcome import comparison, reaches
from hopsdrill.runbook.shell import Script


LEAVES = frozenset({"break", "exit", "return"})
ORDERS = frozenset({"-lt", "-le", "-gt", "-ge", "<", ">", "<=", ">="})
SUCCESS = frozenset({"Complete", "Completed", "Succeeded", "Success", "SUCCESS", "Successful"})
# how a Velero backup or restore ends otherwise; source: velero v1.17, pkg/apis/velero/v1
VELERO_ENDS = ("Failed", "PartiallyFailed", "FailedValidation")
VELERO_KINDS = re.compile(r"(?:restore|backup)s?(?:\.velero\.io)?(?:/.*)?")
OTHER_ENDS = re.compile(r"fail|error|abort|cancel|degraded|incompatible", re.IGNORECASE)
SHORTEST = 4  # letters of a pattern that is more than "anything"


def is_wait(script: Script, loop: Node) -> bool:
    """A loop that sleeps, or asks something outside; not one that reads lines."""
    names = [each.name for each in script.within(loop)]
    return "read" not in names[:1] and ("sleep" in names or reaches(script, loop))


def waits(book: Book) -> Iterator[tuple[Script, Node]]:
    """Every ``while`` and ``until`` that waits."""
    for script in book.scripts:
        yield from ((script, loop) for loop in script.loops if loop.type == "while_statement" and is_wait(script, loop))


@rule(
    "loop-without-deadline",
    Severity.ERROR,
    "A wait without an end: a loop that counts nothing and compares no time, or `kubectl rollout status` without --timeout.",
    happens="when what is waited for never comes, the step hangs for ever and says nothing",
    fix="give it a deadline: `end=$((SECONDS+600))` before, and in the loop leave with an error once `(( SECONDS > end ))`; or use `kubectl wait --timeout`",
)
def loop_without_deadline(book: Book) -> Iterator[Hit]:
    """Loops and waits without a bound."""
    for script, loop in waits(book):
        condition, body = loop.child_by_field_name("condition"), loop.child_by_field_name("body")
        leaves = any(each.name in LEAVES for each in script.within(body))
        if not _counts(script, condition) and not (leaves and _counts(script, body)):
            yield Hit(script.line(loop), "this loop has no deadline")
    for _, command, call in book.invocations("kubectl"):
        if call.command == "rollout status" and not call.has("--timeout"):
            yield Hit(command.line, "kubectl rollout status waits without --timeout")


@rule(
    "wait-one-phase",
    Severity.ERROR,
    "A wait that knows success only, though what it waits for can also end badly.",
    happens="after a failure the loop goes on as if the work were still under way, until its deadline or for ever",
    fix="leave the loop with an error on every other terminal phase too, and print the object's reason",
)
def wait_one_phase(book: Book) -> Iterator[Hit]:
    """Loops that compare with a success and name no failure."""
    for script in book.scripts:
        for loop in script.loops:
            success = _success(script, loop)
            if success and (missing := _untested(script, loop)):
                yield Hit(script.line(loop), f"this loop ends on {success} only; it never tests {', '.join(missing)}")


def _success(script: Script, loop: Node) -> str:
    """The word of success a loop compares with."""
    tests = script.nodes("binary_expression", "command", within=loop)
    for told in filter(None, (comparison(script, each) for each in tests)):
        found = {script.word(side).text for side in told.sides} & SUCCESS
        if found and told.operator in {"=", "==", "!=", "=~"}:
            return found.pop()
    cases = (
        script.raw(each) for item in script.nodes("case_item", within=loop) for each in item.children if each.is_named
    )
    return next((text for text in cases if text in SUCCESS), "")


def _untested(script: Script, loop: Node) -> list[str]:
    words = [each for each in re.findall(r"[A-Za-z*?]+", script.raw(loop)) if len(each.strip("*?")) >= SHORTEST]
    if _is_velero(script, loop):
        return [phase for phase in VELERO_ENDS if not any(fnmatchcase(phase, word) for word in words)]
    return [] if any(OTHER_ENDS.search(word) for word in words) else ["a failure"]


def _is_velero(script: Script, loop: Node) -> bool:
    calls = [each for each in script.within(loop) if each.name in {"kubectl", "velero"}]
    return any(each.name == "velero" or any(VELERO_KINDS.fullmatch(w) for w in each.arguments[:2]) for each in calls)


def _counts(script: Script, node: Node | None) -> bool:
    """Whether it compares a number that no program outside has given, or looks at the clock."""
    if node is None:
        return False
    tests = script.nodes("binary_expression", "command", within=node)
    told = [each for each in (comparison(script, test) for test in tests) if each is not None]
    return any(each.operator in ORDERS and not any(reaches(script, side) for side in each.sides) for each in told)
