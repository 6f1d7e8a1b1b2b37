"""Velero's storage location: how the bucket is addressed, with which credentials, and what may be written."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from hopsdrill.runbook.book import Book
from hopsdrill.runbook.finding import Hit, Severity, rule
from hopsdrill.runbook.manifest import Manifest, leaves


KIND = "BackupStorageLocation"
ADDRESS = "s3Url"
PATH_STYLE = "s3ForcePathStyle"


@rule(
    "s3-path-style",
    Severity.ERROR,
    "A storage location for an S3-compatible store lacks `s3ForcePathStyle`.",
    happens="the client asks for bucket.endpoint as a host name, which MinIO and most others do not serve: the location stays Unavailable",
    fix='add `s3ForcePathStyle: "true"` (a text) beside s3Url; stores without CRC32 support also need `checksumAlgorithm: ""`',
)
def s3_path_style(book: Book) -> Iterator[Hit]:
    """Beside every address, in manifests, chart values and Velero's own flags."""
    for manifest in book.manifests:
        for route, value in _mappings(manifest.value):
            if value.get(ADDRESS) and str(value.get(PATH_STYLE, "")).lower() != "true":
                yield Hit(manifest.at((*route, ADDRESS)), f"{ADDRESS} is set without {PATH_STYLE}")
    for _, command, call in book.invocations("velero"):
        given = call.value("--backup-location-config", "--config") or ""
        if f"{ADDRESS}=" in given and f"{PATH_STYLE}=true" not in given.replace('"', ""):
            yield Hit(
                command.line, f"{ADDRESS} is set without {PATH_STYLE}", fix=f"add {PATH_STYLE}=true to the same flag"
            )


@rule(
    "location-prefix",
    Severity.ERROR,
    "The platform's storage location lacks the folder that Velero's backups have in the shared bucket.",
    happens="Velero finds other services' folders at the top, calls the store invalid, and the location stays Unavailable",
    fix="set objectStorage.prefix to the platform's folder",
)
def location_prefix(book: Book) -> Iterator[Hit]:
    """Only of the location the profile names."""
    expected = book.profile.kubernetes
    for manifest in book.of_kind(KIND):
        told = _flat(manifest)
        if told.get("name") == expected.storage_location and told.get("prefix") != expected.bucket_prefix:
            yield Hit(manifest.line, f"the location {expected.storage_location} has no prefix {expected.bucket_prefix}")


@rule(
    "location-credential",
    Severity.ERROR,
    "The storage location names a Secret or a key that the page makes under another name, or in another namespace.",
    happens="Velero cannot read its credentials, and the location stays Unavailable",
    fix="use one name, one key and Velero's own namespace in both places",
)
def location_credential(book: Book) -> Iterator[Hit]:
    """Against the Secrets that the page makes."""
    made = list(_secrets(book))
    for manifest in book.of_kind(KIND):
        named = manifest.value.get("credential") or (manifest.value.get("spec") or {}).get("credential")
        if isinstance(named, dict) and made:
            fault = _fault(named, str(_flat(manifest).get("namespace", "")), made)
            if fault:
                yield Hit(manifest.line, fault)


@rule(
    "location-writable",
    Severity.NOTE,
    "The storage location is writable while a restore reads from it.",
    happens="schedules of the new cluster may write into it and Velero's clean-up may delete expired backups in the middle of the restore",
    fix="`accessMode: ReadOnly` for the restore, ReadWrite afterwards; Velero's own disaster recovery guide does so",
)
def location_writable(book: Book) -> Iterator[Hit]:
    """On pages that restore."""
    restores = bool(book.of_kind("Restore")) or any(
        each.command in {"restore create", "create restore"} for *_, each in book.invocations("velero")
    )
    said = any(
        "accessMode" in word.text or "--access-mode" in word.text for _, each in book.commands for word in each.words
    )
    for manifest in book.of_kind(KIND) if restores and not said else ():
        if _flat(manifest).get("accessMode") != "ReadOnly":
            yield Hit(manifest.line, "the location restored from is writable")


def _flat(manifest: Manifest) -> dict[str, Any]:
    """Leaves by their last key, wherever they stand: indentation may be what is wrong."""
    return {str(route[-1]): value for route, value in reversed(list(manifest.leaves())) if route}


def _mappings(value: Any) -> Iterator[tuple[tuple[str | int, ...], dict[str, Any]]]:
    """All mappings that hold a scalar."""
    found = {route[:-1] for route, _ in leaves(value) if route}
    for route in sorted(found, key=str):
        inner = value
        for step in route:
            inner = inner[step]
        if isinstance(inner, dict):
            yield route, inner


def _fault(named: dict[str, Any], namespace: str, made: list["_Secret"]) -> str:
    same = [each for each in made if each.name == named.get("name")]
    if not same:
        return f"the Secret {named.get('name')} is made nowhere on the page; made are {', '.join(each.name for each in made)}"
    if namespace and not any(each.namespace in {namespace, ""} for each in same):
        return f"the Secret {named['name']} is made in namespace {same[0].namespace}, the location is in {namespace}"
    if not any(named.get("key") in each.keys or not each.keys for each in same):
        return f"the Secret {named['name']} has no key {named.get('key')}"
    return ""


@dataclass(frozen=True)
class _Secret:
    """Made by the page; an empty namespace is not known, no keys are not known."""

    name: str
    namespace: str
    keys: tuple[str, ...]


def _secrets(book: Book) -> Iterator[_Secret]:
    for _, _, call in book.invocations("kubectl"):
        if call.command == "create secret generic" and call.arguments:
            given = [each or "" for flag in ("--from-file", "--from-literal") for each in call.flags.get(flag, [])]
            keys = tuple(each.partition("=")[0].rpartition("/")[2] for each in given)
            yield _Secret(call.arguments[0].text, call.value("-n", "--namespace") or "", keys)
    for manifest in book.of_kind("Secret"):
        metadata = manifest.value.get("metadata") or {}
        keys = (*(manifest.value.get("data") or {}), *(manifest.value.get("stringData") or {}))
        yield _Secret(str(metadata.get("name")), str(metadata.get("namespace") or ""), keys)
