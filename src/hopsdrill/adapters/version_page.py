"""One page of ListObjectVersions, read in the order in which the store wrote it.

boto3 hands versions and delete markers out as two lists. Where a version and a marker carry the same time, which of them came
last is then gone, and with it the state the key had. Source: Amazon S3 API reference, ListObjectVersions: entries of a key are
listed newest first; MinIO sorts by nanoseconds and prints milliseconds.
"""

from typing import Any, NamedTuple
from urllib.parse import unquote_plus
from xml.etree import ElementTree as ET

from hopsdrill.core.clock import parse_utc, utc_text


NULL = "null"  # id of what was written while the bucket kept no versions
FORM = len("2026-01-01T00:00:00.000Z")


class Item(NamedTuple):
    """A version of an object, or a delete marker.

    Attributes:
        id: the version's; ``null`` when it was written while the bucket kept no versions.
        modified: UTC in the form of ``core.clock.utc_text``, so that it compares as text.
        latest: the store says that it is the current one.
        etag: as the store writes it; empty for a marker.
        size: bytes; 0 for a marker.
    """

    key: str
    id: str
    modified: str
    marker: bool
    latest: bool
    etag: str = ""
    size: int = 0


class Page(NamedTuple):
    """One answer.

    Attributes:
        items: by key, each key's newest first, as listed.
        folders: common prefixes, when a delimiter was asked for.
        next_key, next_id: where the next page starts; None when this is the last.
    """

    items: list[Item]
    folders: list[str]
    next_key: str | None
    next_id: str | None


def read_page(body: bytes) -> Page:
    """Read an answer's XML.

    Raises:
        ElementTree.ParseError: it is none.
    """
    root = ET.fromstring(body)  # noqa: S314 - as botocore itself reads the store's answers
    space = root.tag[: root.tag.rfind("}") + 1]
    plain = (lambda text: text) if root.findtext(f"{space}EncodingType") != "url" else unquote_plus
    version, marker = f"{space}Version", f"{space}DeleteMarker"
    items = [
        _item({leaf.tag: leaf.text for leaf in each}, space, plain, marker=each.tag == marker)
        for each in root
        if each.tag in {version, marker}
    ]
    folders = [plain(each.text or "") for each in root.iterfind(f"{space}CommonPrefixes/{space}Prefix")]
    if root.findtext(f"{space}IsTruncated") != "true":
        return Page(items, folders, None, None)
    after = plain(root.findtext(f"{space}NextKeyMarker") or "")
    return Page(items, folders, after, root.findtext(f"{space}NextVersionIdMarker") or None)


def _item(told: dict[str, str | None], space: str, plain: Any, *, marker: bool) -> Item:
    modified = told[f"{space}LastModified"] or ""
    return Item(
        plain(told[f"{space}Key"] or ""),
        told.get(f"{space}VersionId") or NULL,
        modified if len(modified) == FORM else utc_text(parse_utc(modified)),
        marker,
        told.get(f"{space}IsLatest") == "true",
        told.get(f"{space}ETag") or "",
        int(told.get(f"{space}Size") or 0),
    )
