"""What bash itself, and shellcheck where it is there, say of shell blocks."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

from hopsdrill.core.process import run, which
from hopsdrill.runbook.book import Book
from hopsdrill.runbook.finding import Hit, Severity, rule


SAID = re.compile(r"line (\d+): (.*)")
OPENED = re.compile(r"at line (\d+)")
# unassigned variables and unused ones are judged for the page as a whole, not block by block; the others ask for a file or a shebang
LEFT_OUT = "SC1090,SC1091,SC2034,SC2148,SC2154,SC2164"


@rule(
    "shell-syntax",
    Severity.ERROR,
    "Commands that bash cannot read (`bash -n`).",
    happens="the shell stops at this place, or waits for the rest of it",
    fix="correct quotes, brackets, do/done or the heredoc's end mark; `bash -n` shows the place",
)
def shell_syntax(book: Book) -> Iterator[Hit]:
    """Errors and warnings of ``bash -n``."""
    bash = which("bash") if book.scripts else None
    for script in book.scripts if bash else ():
        text = script.source.decode()
        done = run([bash or "", "-n"], timeout=20, check=False, input_text=text)
        found = SAID.search(done.stderr)
        if found is not None:
            at = OPENED.search(found[2]) or found  # "unexpected end" is said of the line after the last
            number = min(int(at[1]), len(text.splitlines()))
            yield Hit(script.block.line + number - 1, f"bash says: {found[2]}")


@rule(
    "shellcheck",
    Severity.WARNING,
    "What shellcheck calls an error or a warning; where it is not installed, the check is listed as not run.",
    happens="the command does something else than it looks like",
    fix="see the page of this code on shellcheck.net",
)
def shellcheck(book: Book) -> Iterator[Hit]:
    """Its findings by line."""
    if book.shellcheck is None:
        return
    words: list[str | Path] = [
        book.shellcheck,
        "--shell=bash",
        "--severity=warning",
        "--format=json1",
        f"--exclude={LEFT_OUT}",
        "-",
    ]
    for script in book.scripts:
        done = run(words, timeout=60, check=False, input_text=script.source.decode())
        for each in json.loads(done.stdout)["comments"]:
            yield Hit(script.block.line + each["line"] - 1, f"SC{each['code']}: {each['message']}")
