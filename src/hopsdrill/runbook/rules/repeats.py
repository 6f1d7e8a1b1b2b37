"""Commands that fail the second time."""

import re
from collections.abc import Iterator

from hopsdrill.runbook.book import Book
from hopsdrill.runbook.command import Command
from hopsdrill.runbook.finding import Hit, Severity, rule
from hopsdrill.runbook.invocation import Invocation
from hopsdrill.runbook.rules.placeholders import is_placeholder
from hopsdrill.runbook.shell import Script


MADE = frozenset(
    {
        "backup create",
        "restore create",
        "schedule create",
        "backup-location create",
        "create backup",
        "create restore",
        "create schedule",
    }
)
FRESH = re.compile(r"\bdate\b|\$RANDOM|\$\{?RANDOM|uuidgen|openssl rand|\$\$")


@rule(
    "not-idempotent",
    Severity.WARNING,
    "A command that creates something of a fixed name and fails when it is there.",
    happens="who repeats the step after an interruption gets `already exists`, and what is there may hold the values of the first attempt",
    fix="`kubectl create ... --dry-run=client -o yaml | kubectl apply -f -`; `helm upgrade --install`; a name with the time in it",
)
def not_idempotent(book: Book) -> Iterator[Hit]:
    """Creating calls without a guard."""
    fresh = _fresh(book)
    for script, command, call in book.invocations():
        if (
            _creates(call)
            and not _guarded(script, command)
            and not any(_is_fresh(each.text, fresh) for each in call.arguments[:1])
        ):
            what = f"{call.program} {call.command}"
            yield Hit(command.line, f"`{what}` fails when {_named(call)} is there already")


def _creates(call: Invocation) -> bool:
    if call.program == "kubectl":
        verb, _, what = call.command.partition(" ")
        return verb == "create" and what != "token" and not call.has("--dry-run") and not call.has("--help")
    if call.program == "helm":
        return call.command == "install" and not call.has("-g", "--generate-name") and not call.has("--dry-run")
    return call.command in MADE and bool(call.arguments) and not call.has("-o", "--output")


def _named(call: Invocation) -> str:
    return repr(call.arguments[0].text) if call.arguments else "what it creates"


def _fresh(book: Book) -> set[str]:
    """Variables whose value is another one each time."""
    found = set()
    for script in book.scripts:
        for each in script.nodes("variable_assignment"):
            name, _, value = script.raw(each).partition("=")
            if FRESH.search(value):
                found.add(name)
    return found


def _is_fresh(name: str, fresh: set[str]) -> bool:
    return (
        is_placeholder(name)
        or bool(FRESH.search(name))
        or any(each in fresh for each in re.findall(r"\$\{?(\w+)", name))
    )


def _guarded(script: Script, command: Command) -> bool:
    """Inside a branch or after ``||``: somebody has looked first."""
    node = command.node.parent
    while node is not None:
        if node.type in {"if_statement", "elif_clause", "else_clause"}:
            return True
        if node.type == "list" and node.children[1].type == "||" and command.start > node.children[1].start_byte:
            return True
        node = node.parent
    return any({"apply", "replace"} & set(each.arguments[:1]) for each in script.pipeline(command))
