"""Object versions as a stream: key by key with all versions and delete markers, in bounded memory; and their digests."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Any

from hopsdrill.adapters.s3 import MARKERS, MISSING, ObjectStore
from hopsdrill.adapters.s3_errors import or_none


CHUNK = 1024 * 1024  # bytes of an object in memory at once
GONE = (*MISSING, "NoSuchVersion")


@dataclass(frozen=True)
class Stamp:
    """One version of an object, or a delete marker; ``etag`` without its quotes."""

    key: str
    version: str
    modified: datetime
    latest: bool
    marker: bool = False
    size: int = 0
    etag: str = ""


class HistoryStore(ObjectStore):
    """A bucket, read version by version; nothing is changed."""

    def histories(self, prefix: str) -> Iterator[list[Stamp]]:
        """Of every key under a prefix, in order, its versions and markers, the newest first.

        Raises:
            OperationError: the store refused or did not answer.
        """
        held: list[Stamp] = []
        for page in self._pages(prefix):
            for key, stamps in groupby(page, key=attrgetter("key")):
                if held and held[0].key != key:
                    yield held
                    held = []
                held += stamps  # a key's versions may go on in the next page
        if held:
            yield held

    def _pages(self, prefix: str) -> Iterator[list[Stamp]]:
        with self._translated(f"list the versions of {prefix!r} in"):
            pages = self._client.get_paginator("list_object_versions").paginate(Bucket=self.ref.bucket, Prefix=prefix)
            for page in pages:
                found = [
                    _stamp(each, marker=kind == MARKERS)
                    for kind in ("Versions", MARKERS)
                    for each in page.get(kind, [])  # type: ignore[attr-defined]
                ]
                yield sorted(found, key=lambda each: (each.key, not each.latest, -each.modified.timestamp()))

    def sha256(self, key: str, version: str) -> str | None:
        """The SHA-256 of one version's bytes, read piece by piece; None when there is none."""
        seen, which = hashlib.sha256(), {"VersionId": version} if version else {}
        with self._translated(f"read {key!r} from"):
            found = or_none(lambda: self._client.get_object(Bucket=self.ref.bucket, Key=key, **which), *GONE)  # type: ignore[arg-type]
            if found is None:
                return None
            body = found["Body"]
            for chunk in iter(lambda: body.read(CHUNK), b""):
                seen.update(chunk)
        return seen.hexdigest()


def _stamp(each: Any, *, marker: bool) -> Stamp:
    return Stamp(
        each["Key"],
        each["VersionId"],
        each["LastModified"],
        each["IsLatest"],
        marker=marker,
        size=0 if marker else each["Size"],
        etag="" if marker else each["ETag"].strip('"'),
    )
