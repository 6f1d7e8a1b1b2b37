"""How long backups are kept, in each store's own units, and old object versions with them."""

from collections.abc import Iterator
from datetime import timedelta

from hopsdrill.core import ttl
from hopsdrill.core.errors import PlanError
from hopsdrill.proof.objectives import longest_gap
from hopsdrill.runbook.book import Book
from hopsdrill.runbook.finding import Hit, Severity, rule
from hopsdrill.runbook.manifest import Manifest
from hopsdrill.runbook.settings import Setting, path_of, settings


VELERO = "ttl_kubernetes"
DAY = timedelta(days=1)


@rule(
    "ttl-unit",
    Severity.ERROR,
    "A time to live in a unit its store does not know: Velero takes Go durations (1440h), the platform's own stores days or hours (60d).",
    happens="the chart or the API server refuses the value, or backups are never removed",
    fix="write 1440h for Velero and 60d for the stores",
)
def ttl_unit(book: Book) -> Iterator[Hit]:
    """Values of the profile's paths, Velero's objects and its flags."""
    for name, path in _paths(book).items():
        for each in _set(book, path):
            if isinstance(each.value, str) and (why := ttl.fault(name, each.value)):
                yield Hit(each.line, f"{path}: {why}")
    for manifest in book.of_kind("Backup", "Schedule"):
        for route, value in manifest.leaves():
            if route[-1:] == ("ttl",) and isinstance(value, str) and (why := ttl.fault(VELERO, value)):
                yield Hit(manifest.at(route), f"{path_of(route)}: {why}")
    for _, command, call in book.invocations("velero"):
        given = call.value("--ttl")
        if given is not None and "$" not in given and (why := ttl.fault(VELERO, given)):
            yield Hit(command.line, f"--ttl: {why}")


@rule(
    "ttl-uneven",
    Severity.WARNING,
    "The stores keep their backups longer than Velero keeps those of the Kubernetes objects.",
    happens="backups of the stores outlive the Secrets and records that belong to them; an old one cannot be restored on a new cluster",
    fix="set Velero's ttl beside the global one, as a Go duration of at least the same length",
)
def ttl_uneven(book: Book) -> Iterator[Hit]:
    """The global ttl against Velero's, or its default."""
    paths = _paths(book)
    if book.profile.kubernetes.follows_ttl or "ttl" not in paths or VELERO not in paths:
        return
    velero = [ttl.go_duration(each.value) for each in _set(book, paths[VELERO]) if isinstance(each.value, str)]
    default = ttl.go_duration(book.profile.kubernetes.default_ttl)
    shortest = min((each for each in velero if each), default=default)
    for each in _set(book, paths["ttl"]):
        age = ttl.age(each.value) if isinstance(each.value, str) else None
        if age and shortest and age > shortest:
            kept = f"{shortest.days}d" + ("" if any(velero) else ", its default")
            yield Hit(
                each.line,
                f"{paths['ttl']} is {each.value}; Velero keeps its backups {kept}",
                fix=f"set {paths[VELERO]}: {ttl.written(age)}",
            )


@rule(
    "lifecycle-too-short",
    Severity.ERROR,
    "The bucket removes old versions of objects before the backups that need them are gone.",
    happens="a restore brings back rows that point to blocks which no longer exist; the files are corrupt",
    fix="NoncurrentDays of at least the ttl and one period of the schedule and a day; with no ttl, no such rule",
)
def lifecycle_too_short(book: Book) -> Iterator[Hit]:
    """NoncurrentDays against ttl and schedule."""
    paths = _paths(book)
    spans = [
        span
        for each in _set(book, paths.get("ttl", ""))
        if isinstance(each.value, str) and (span := ttl.age(each.value))
    ]
    schedules = [
        each.value for each in _set(book, book.profile.backup_values.get("schedule", "")) if isinstance(each.value, str)
    ]
    wait = max((_period(each) for each in schedules), default=DAY)
    for line, days in _noncurrent(book):
        if spans and timedelta(days=days) < max(spans) + wait:
            needed = -(-(max(spans) + wait) // DAY)
            wrong = f"old versions go after {days} days; a backup is there up to {max(spans).days} + {wait.days} days"
            yield Hit(line, wrong, fix=f"NoncurrentDays of at least {needed + 1}")
        elif not spans and schedules:
            yield Hit(line, f"old versions go after {days} days, but backups have no ttl on this page and stay")


@rule(
    "lifecycle-current-versions",
    Severity.ERROR,
    "A lifecycle rule without a filter removes current objects.",
    happens="it deletes snapshots' shared files and the file system's own blocks: backups and live data are lost",
    fix="expire noncurrent versions only; let each service remove its own backups",
)
def lifecycle_current_versions(book: Book) -> Iterator[Hit]:
    """``Expiration.Days`` or ``Date`` with an empty filter."""
    for manifest, index, each in _rules(book):
        expires = each.get("Expiration")
        if (
            isinstance(expires, dict)
            and ({"Days", "Date"} & set(expires))
            and not each.get("Filter")
            and not each.get("Prefix")
        ):
            yield Hit(
                manifest.at(("Rules", index, "Expiration")), "this rule removes current objects of the whole bucket"
            )


def _paths(book: Book) -> dict[str, str]:
    return {name: path for name, path in book.profile.backup_values.items() if name.startswith("ttl")}


def _set(book: Book, path: str) -> list[Setting]:
    return [each for each in settings(book) if path and path_of(each.route) == path]


def _rules(book: Book) -> Iterator[tuple[Manifest, int, dict[str, object]]]:
    for manifest in book.values:
        rules = manifest.value.get("Rules")
        for index, each in enumerate(rules if isinstance(rules, list) else []):
            if isinstance(each, dict):
                yield manifest, index, each


def _noncurrent(book: Book) -> Iterator[tuple[int, int]]:
    for manifest, index, each in _rules(book):
        told = each.get("NoncurrentVersionExpiration")
        days = told.get("NoncurrentDays") if isinstance(told, dict) else None
        if isinstance(days, int):
            yield manifest.at(("Rules", index, "NoncurrentVersionExpiration", "NoncurrentDays")), days


def _period(schedule: str) -> timedelta:
    try:
        return longest_gap(schedule)
    except PlanError:
        return DAY  # what is wrong with a schedule is not this rule's to say
