"""The Jobs of a restore: all of them deleted before it is repeated, and seen to end."""

import re
from collections.abc import Iterator

from hopsdrill.runbook.book import Book
from hopsdrill.runbook.finding import Hit, Severity, rule
from hopsdrill.runbook.invocation import Invocation
from hopsdrill.runbook.settings import path_of, settings
from hopsdrill.runbook.shell import PLACEHOLDER


JOBS = re.compile(r"jobs?(?:\.batch)?")
CHANGES = re.compile(PLACEHOLDER.pattern + r"|\$\{[^}]*\}|\$\w+|\b\d{9}\b")
WATCHES = frozenset({"wait", "get", "logs", "describe"})
ID = "{id}"


@rule(
    "markers-incomplete",
    Severity.ERROR,
    "Before a restore is repeated, some of its marker Jobs are deleted and others are not.",
    happens="the store whose Job is left counts as restored already and is skipped, or the upgrade is refused",
    fix="delete the Jobs of every store",
)
def markers_incomplete(book: Book) -> Iterator[Hit]:
    """Deleted Jobs against those of the profile, and those the page waits for."""
    deleted: dict[str, int] = {}
    named: set[str] = set()
    for _, command, call in book.invocations("kubectl"):
        for name in _jobs(call):
            if call.command == "delete":
                deleted[name] = command.line
            elif call.command in WATCHES and name != ID:  # a helper that is told which
                named.add(name)
    own = {job for each in _stores(book) for job in each}
    of_platform = own if own & set(deleted) else set()
    missing = sorted((named | of_platform) - set(deleted))
    if any(ID in name for name in deleted) and missing:
        yield Hit(max(deleted.values()), f"not deleted: {', '.join(each.replace(ID, '<ID>') for each in missing)}")


@rule(
    "restore-end-unseen",
    Severity.WARNING,
    "Helm's exit code is taken for the end of a restore.",
    happens="helm returns, or runs into its timeout, while the restore's Jobs are still at work or have failed",
    fix="wait for each restore Job with a deadline of its own, and look at its failures; then prove the data",
)
def restore_end_unseen(book: Book) -> Iterator[Hit]:
    """Upgrades that restore, on a page that looks at no Job."""
    path = book.profile.restore_values["backup_id"]
    lines = {each.group for each in settings(book) if path_of(each.route) == path and each.value is not None}
    by_file = bool(lines - {command.line for _, command, _ in book.invocations("helm")})
    watches = any(
        call.command in WATCHES and any(JOBS.match(each.text) for each in call.arguments[:1])
        for _, _, call in book.invocations("kubectl")
    )
    for _, command, call in book.invocations("helm") if not watches else ():
        restores = command.line in lines or (by_file and call.has("-f", "--values"))
        if call.command in {"upgrade", "install"} and restores:
            yield Hit(command.line, "nothing on the page looks at the Jobs of this restore")


def _stores(book: Book) -> Iterator[list[str]]:
    yield from (each.restore_jobs for each in book.profile.recorded.values())
    if book.profile.hopsfs is not None:
        yield book.profile.hopsfs.restore_jobs


def _jobs(call: Invocation) -> list[str]:
    words = [each.text for each in call.arguments]
    if words and "/" in words[0]:
        return [_plain(each.partition("/")[2]) for each in words if JOBS.fullmatch(each.partition("/")[0])]
    return [_plain(each) for each in words[1:]] if words and JOBS.fullmatch(words[0]) else []


def _plain(name: str) -> str:
    return CHANGES.sub(ID, name)
