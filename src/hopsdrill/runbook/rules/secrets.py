"""Secrets that a page writes to disk."""

import re
from collections.abc import Iterator

from hopsdrill.runbook.book import Book
from hopsdrill.runbook.command import Command
from hopsdrill.runbook.finding import Hit, Severity, rule
from hopsdrill.runbook.shell import Script


SECRET = re.compile(r"(?:secret|passw(?:or)?d|token|access_?key|private_?key)[\w.-]*[\"']?\s*[=:]\s*\S", re.IGNORECASE)
TIGHT = re.compile(r"0?[0-7]?77|0?[46]00|u=r\w*,(?:go|g|o)=.*|go?-rwx|go-.*|[ug]?o?=,.*")
WRITES = frozenset({">", ">>", ">|", "&>"})
REMOVES = frozenset({"rm", "shred", "trap"})


@rule(
    "secret-on-disk",
    Severity.WARNING,
    "A secret is written into a file that others may read, or that stays.",
    happens="with the usual umask the file is readable by every account of the machine, and it is still there after the restore",
    fix="`umask 077` before it is written and `rm` or a `trap` after it was used; or hand it over without a file: --from-file=key=/dev/stdin",
)
def secret_on_disk(book: Book) -> Iterator[Hit]:
    """Heredocs and echoes of secrets into files."""
    for script, command in book.commands:
        for target in _written(command):
            faults = [
                *([] if _tight(script, command, target) else ["readable by others"]),
                *([] if _removed(book, target) else ["never removed"]),
            ]
            if faults:
                yield Hit(command.line, f"a secret is written to {target}: {' and '.join(faults)}")


def _written(command: Command) -> list[str]:
    text = command.heredoc.text if command.heredoc else " ".join(command.arguments)
    if command.name not in {"cat", "echo", "printf", "tee"} or not SECRET.search(text):
        return []
    if command.name == "tee":
        return [each for each in command.arguments if not each.startswith("-")]
    return [
        each.target
        for each in command.redirects
        if each.operator in WRITES and not each.target.startswith(("/dev/", "&"))
    ]


def _tight(script: Script, written: Command, target: str) -> bool:
    for each in script.commands:
        allows = any(TIGHT.fullmatch(word) for word in each.arguments)
        if each.name == "umask" and allows and each.start < written.start:
            return True
        if each.name in {"chmod", "install"} and allows and target in each.arguments and each.start < written.start:
            return True
        if each.name == "mktemp" and target.startswith("$"):
            return True
    return False


def _removed(book: Book, target: str) -> bool:
    return any(each.name in REMOVES and target in " ".join(each.arguments) for _, each in book.commands)
