"""A MinIO bucket into which objects and delete markers are written with a time of their own.

MinIO takes the time of a write from the header by which its own replication carries it. No other store does, and nothing of
the platform uses it: it makes versions old that a lifecycle rule is to expire.
Source: MinIO, ``cmd/object-api-options.go`` and ``internal/http/headers.go``: ``X-Minio-Source-Mtime``, RFC 3339.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from hopsdrill.adapters.s3 import ObjectStore
from hopsdrill.model.lab import StoreRef


HEADER = "X-Minio-Source-Mtime"


class AgedBucket:
    """One bucket of a MinIO."""

    def __init__(self, ref: StoreRef) -> None:
        self.store = ObjectStore(ref)
        self._moment: datetime | None = None
        self.store.before_signing(self._stamp)

    def put(self, key: str, data: bytes, moment: datetime) -> None:
        """Write an object as of a moment (UTC)."""
        with self._at(moment):
            self.store.put(key, data)

    def delete(self, key: str, moment: datetime) -> None:
        """Remove an object as of a moment (UTC): a delete marker."""
        with self._at(moment):
            self.store.delete(key)

    @contextmanager
    def _at(self, moment: datetime) -> Iterator[None]:
        self._moment = moment
        try:
            yield
        finally:
            self._moment = None

    def _stamp(self, request: Any, **_: Any) -> None:
        if self._moment is not None:
            request.headers[HEADER] = f"{self._moment:%Y-%m-%dT%H:%M:%S.%f}Z"
