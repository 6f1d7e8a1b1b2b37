"""Backup IDs: which is the newest, whether all are seen, and whether they belong together."""

import re
from collections.abc import Iterator

from hopsdrill.runbook.book import Book
from hopsdrill.runbook.finding import Hit, Severity, rule
from hopsdrill.runbook.hopsworks.listings import compares, of_stores, of_velero
from hopsdrill.runbook.settings import path_of, settings


SORTED_BY_KEY = re.compile(r"sort_by\(\s*\.key\b|\bkeys\s*\|\s*(?:sort|last|max)|\|\s*sort\b(?!_)")


@rule(
    "backup-id-order",
    Severity.ERROR,
    "Backup IDs are ordered by themselves, though an ID is two digits of the year, then the ISO week: `%y%V%u%H%M`.",
    happens="around New Year the order is wrong: 3 January 2027 is 27537hhmm and outranks every later backup of that year, so an old backup is restored as the newest",
    fix="order by the recorded moment: in jq `sort_by(.value | fromjson | .start_time)`",
)
def backup_id_order(book: Book) -> Iterator[Hit]:
    """``sort`` after a listing, or jq by key."""
    for listing in of_stores(book):
        for each in listing.through("sort"):
            yield Hit(each.line, f"`{' '.join([each.name, *each.arguments])}` orders backup IDs by number, not by time")
        for each in listing.through("jq"):
            if SORTED_BY_KEY.search(" ".join(each.arguments)):
                yield Hit(each.line, "jq orders backup IDs by themselves, not by time")


@rule(
    "metadata-rotated",
    Severity.ERROR,
    "The record of backups is read from one ConfigMap by its name, though it rotates into `<name>-<n>` when it is full.",
    happens="after the rotation the newest backups stand in another ConfigMap, and the list ends in the past",
    fix="list all of them by their labels, `kubectl get configmap -l {selector}`, and read `.items[].data`",
)
def metadata_rotated(book: Book) -> Iterator[Hit]:
    """A single name, and no selector."""
    chosen = book.profile.rondb.metadata_selector
    for listing in of_stores(book):
        if listing.name and not listing.call.has("-l", "--selector"):
            wrong = f"only the ConfigMap {listing.name} is read; those it has rotated into are missed"
            fix = f"list all of them by their labels, such as `kubectl get configmap -l {chosen}`, and read `.items[].data`"
            yield Hit(listing.command.line, wrong, fix=fix)


@rule(
    "backup-set-mixed",
    Severity.ERROR,
    "Velero's backup and the stores' IDs are chosen apart, and nothing checks that they come from one run.",
    happens="newer Secrets meet an older database, or the reverse: services cannot log in, rows point to objects that are not there",
    fix="choose one run: compare the moments of Velero's backups with those of the IDs, and name the Velero backup instead of taking the latest",
)
def backup_set_mixed(book: Book) -> Iterator[Hit]:
    """Both kinds of choice on a page without a comparison."""
    stores = [each.command.line for each in of_stores(book)] + [
        each.line for each in settings(book) if _is_id(book, path_of(each.route))
    ]
    velero = [each.command.line for each in of_velero(book) if each.through("jq") and "sort_by" in each.filters]
    for manifest in book.of_kind("Restore"):
        spec = manifest.value.get("spec")
        if isinstance(spec, dict) and spec.get("scheduleName"):
            velero.append(manifest.at(("spec", "scheduleName")))
    velero += [
        command.line
        for _, command, call in book.invocations("velero")
        if call.has("--from-schedule") and "restore" in call.command
    ]
    if stores and velero and not compares(book):
        yield Hit(
            min(velero),
            "Velero's backup is chosen here and the stores' IDs elsewhere; nothing shows that they are of one run",
        )


@rule(
    "backup-id-unmatched",
    Severity.ERROR,
    "One ID is given for all stores, though each store's backup makes an ID of its own, at its own minute.",
    happens="the store that has no backup of that ID does not restore, or fails halfway, after the others have been replaced",
    fix="check that the ID is listed for every store; otherwise give each store its own, beside the global one",
)
def backup_id_unmatched(book: Book) -> Iterator[Hit]:
    """Several stores are listed, one ID is set, nothing compares."""
    listed = {each.name or each.call.value("-l", "--selector") for each in of_stores(book)}
    names = book.profile.restore_values
    if len(listed) < 2 or compares(book):  # noqa: PLR2004 - one store has nothing to be compared with
        return
    groups: dict[int, dict[str, int]] = {}
    for each in settings(book):
        groups.setdefault(each.group, {})[path_of(each.route)] = each.line
    for told in groups.values():
        own = [names[key] for key in ("rondb_id", "opensearch_id") if key in names]
        if names["backup_id"] in told and not any(path in told for path in own):
            yield Hit(
                told[names["backup_id"]],
                f"{names['backup_id']} is used for every store; nothing shows that each of them has a backup of this ID",
            )
            return


def _is_id(book: Book, path: str) -> bool:
    names = book.profile.restore_values
    return path in {names.get(key) for key in ("backup_id", "rondb_id", "opensearch_id")}
