"""Velero's restores: from which backup, when, and what their end means."""

import re
from collections.abc import Iterator

from hopsdrill.runbook.book import Book
from hopsdrill.runbook.finding import Hit, Severity, rule
from hopsdrill.runbook.hopsworks.listings import of_velero
from hopsdrill.runbook.manifest import Manifest
from hopsdrill.runbook.rules.loops import is_wait


START = ".status.startTimestamp"
SORT = re.compile(r"sort_by\(\s*(\.[\w.]+)")
SCHEDULE = re.compile(r"velero\.io/schedule-name|schedule")
PHASE = re.compile(r"\.status\.phase|\bCompleted\b")


@rule(
    "sync-any-backup",
    Severity.ERROR,
    "A wait for Velero's synchronisation is content with any backup: in any phase, or of any schedule.",
    happens="it ends while the backup that is needed is not there yet; the restore that follows is FailedValidation",
    fix="count the Completed backups of the schedule that is restored: -l velero.io/schedule-name=... and .status.phase, per schedule",
)
def sync_any_backup(book: Book) -> Iterator[Hit]:
    """Waits on a listing of backups that look at neither."""
    for listing in of_velero(book):
        loop = next(
            (each for each in listing.script.loops if each.start_byte <= listing.command.start < each.end_byte), None
        )
        if loop is None or listing.name or not is_wait(listing.script, loop):
            continue
        text = f"{listing.filters} {' '.join(listing.command.arguments)} {' '.join(w for each in listing.pipeline for w in each.arguments)}"
        lacking = [name for name, told in (("phase", PHASE), ("schedule", SCHEDULE)) if not told.search(text)]
        if lacking:
            yield Hit(listing.script.line(loop), f"this wait accepts a backup of any {' and of any '.join(lacking)}")


@rule(
    "latest-not-veleros",
    Severity.WARNING,
    "The latest backup is computed in another order, or of another choice, than Velero's own.",
    happens="the backup that is shown as the latest is not the one that a restore by schedule takes: the newest by start, Completed, of all locations",
    fix="sort by .status.startTimestamp without filtering by location, and restore by backupName what was chosen",
)
def latest_not_veleros(book: Book) -> Iterator[Hit]:
    """Sorted listings of backups."""
    for listing in of_velero(book):
        given = listing.call.value("--sort-by")
        if given is not None and given.strip("{}") != START:
            yield Hit(listing.command.line, f"backups are ordered by {given}, Velero orders by {START}")
        for each in listing.through("jq"):
            text = " ".join(each.arguments)
            by = SORT.search(text)
            if by is not None and (by[1] != START or "storageLocation" in text):
                order = [f"ordered by {by[1]}, Velero by {START}"] if by[1] != START else []
                place = ["filtered by location, Velero takes all locations"] if "storageLocation" in text else []
                yield Hit(each.line, f"the latest backup is {'; and '.join([*order, *place])}")


@rule(
    "restore-source",
    Severity.ERROR,
    "A Restore names both a backup and a schedule, or neither.",
    happens="Velero ends it as FailedValidation: either a backup or a schedule must be specified, but not both",
    fix="set exactly one of spec.backupName and spec.scheduleName",
)
def restore_source(book: Book) -> Iterator[Hit]:
    """Exactly one of the two."""
    for manifest in _restores(book):
        spec = manifest.value.get("spec")
        if isinstance(spec, dict):
            named = [key for key in ("backupName", "scheduleName") if spec.get(key)]
            if len(named) != 1:
                yield Hit(
                    manifest.at(("spec",)),
                    "the Restore names both a backup and a schedule"
                    if named
                    else "the Restore names no backup and no schedule",
                )


@rule(
    "restore-name-fixed",
    Severity.WARNING,
    "A Restore has a fixed name.",
    happens="Velero processes a Restore once: applied again it does nothing, and a wait reads the old Completed",
    fix="put the time into the name, or use metadata.generateName with kubectl create",
)
def restore_name_fixed(book: Book) -> Iterator[Hit]:
    """Names without a variable in them."""
    for manifest in _restores(book):
        name = (manifest.value.get("metadata") or {}).get("name")
        if isinstance(name, str) and not re.search(r"[$<]", name):
            yield Hit(manifest.at(("metadata", "name")), f"the Restore is always called {name!r}")


@rule(
    "restore-warnings-unread",
    Severity.WARNING,
    "A Velero restore counts as done by its phase alone; its warnings are not read.",
    happens="objects that exist already are skipped with a warning, and the phase is Completed all the same: old Secrets stay",
    fix="print .status.warnings and .status.errors and `velero restore describe`; set existingResourcePolicy: update where the backup must win",
)
def restore_warnings_unread(book: Book) -> Iterator[Hit]:
    """Once, at the first restore of the page."""
    lines = [each.line for each in _restores(book)]
    lines += [
        command.line
        for _, command, call in book.invocations("velero")
        if call.command in {"restore create", "create restore"}
    ]
    read = any("warnings" in word.text for _, each in book.commands for word in each.words)
    described = any(
        call.command in {"restore describe", "restore logs", "describe restores"}
        for _, _, call in book.invocations("velero")
    )
    if lines and not read and not described:
        yield Hit(min(lines), "nothing on the page reads what this restore warns of")


def _restores(book: Book) -> list[Manifest]:
    return [each for each in book.of_kind("Restore") if each.kind.startswith("velero.io/")]
