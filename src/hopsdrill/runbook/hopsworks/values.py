"""The values a restore is asked for with: complete, and taken out again."""

import re
from collections.abc import Iterator

from hopsdrill.runbook.book import Book
from hopsdrill.runbook.finding import Hit, Severity, rule
from hopsdrill.runbook.settings import Setting, path_of, settings


REMOVED = re.compile(r"\b(?:remov|delet|unset|drop|clear|take)\w*|\bnull\b", re.IGNORECASE)
SECURITY = re.compile(r"-\.?(?:opendistro|opensearch|plugins)[\w-]*security")


def groups(book: Book) -> dict[int, dict[str, Setting]]:
    """Settings by block or command, each by its path."""
    found: dict[int, dict[str, Setting]] = {}
    for each in settings(book):
        found.setdefault(each.group, {})[path_of(each.route)] = each
    return found


@rule(
    "restore-block-left",
    Severity.WARNING,
    "The values that ask for a restore are set and never taken out again.",
    happens="the next upgrade is refused, or restores once more",
    fix="after the restore was proved, remove the block (or set the ID to null) and upgrade again",
)
def restore_block_left(book: Book) -> Iterator[Hit]:
    """Once, where the ID is first set."""
    path = book.profile.restore_values["backup_id"]
    block = path.split(".")[-2]
    asked = [each for each in settings(book) if path_of(each.route) == path]
    given = [each for each in asked if each.value is not None]
    taken = len(given) < len(asked) or any(block in each.text and REMOVED.search(each.text) for each in book.page.prose)
    if given and not taken:
        yield Hit(given[0].line, f"{block} is set here, and nothing on the page takes it out again")


@rule(
    "override-without-id",
    Severity.ERROR,
    "One store's backup ID is set without the global one.",
    happens="the stores that have no ID of their own, the file system first, are not restored",
    fix="set the global ID beside it",
)
def override_without_id(book: Book) -> Iterator[Hit]:
    """Group by group."""
    names = book.profile.restore_values
    for told in groups(book).values():
        for key in ("rondb_id", "opensearch_id", "registry_id"):
            own = told.get(names.get(key, ""))
            if own is not None and own.value is not None and names["backup_id"] not in told:
                yield Hit(own.line, f"{names[key]} is set without {names['backup_id']}")


@rule(
    "in-place-guard",
    Severity.ERROR,
    "An in-place restore is asked for without its ID or its acknowledgement, or an upgrade has an ID without asking for one.",
    happens="helm refuses to render: nothing is restored",
    fix="set the ID, in place, and the acknowledgement together",
)
def in_place_guard(book: Book) -> Iterator[Hit]:
    """The platform's own guards."""
    names = book.profile.restore_values
    files = {
        command.line for _, command, call in book.invocations("helm") if call.has("-f", "--values", "--reuse-values")
    }
    upgrades = {command.line for _, command, call in book.invocations("helm") if call.command == "upgrade"}
    for group, told in groups(book).items():
        if group in files:
            continue
        asked = {key: told[path].value for key, path in names.items() if path in told}
        line = min((told[path].line for path in names.values() if path in told), default=group)
        if asked.get("in_place") is True:
            lacking = [names[key] for key in ("backup_id", "force") if not asked.get(key)]
            if lacking:
                yield Hit(line, f"{names['in_place']} is set without {' and '.join(lacking)}")
        elif asked.get("backup_id") and group in upgrades:
            yield Hit(line, f"an upgrade sets {names['backup_id']} without {names['in_place']}")


@rule(
    "payload-exclusion",
    Severity.WARNING,
    "A restore's choice of indices leaves some out and thereby replaces the default, which leaves out the security index.",
    happens="the restore takes the security index along, which OpenSearch refuses without an administrator's certificate",
    fix="name the security index among those left out: `-.opendistro_security,-myindex`",
)
def payload_exclusion(book: Book) -> Iterator[Hit]:
    """Lists of exclusions without it."""
    for manifest in book.values:
        for route, value in manifest.leaves():
            if route[-1:] != ("indices",) or not isinstance(value, str):
                continue
            parts = [each.strip() for each in value.split(",")]
            if all(each.startswith("-") for each in parts) and not any(SECURITY.match(each) for each in parts):
                yield Hit(manifest.at(route), f"indices {value!r} does not leave out the security index")
