"""A snapshot repository of OpenSearch as it lies in the bucket, read without OpenSearch; judged by ``core.snapshots``."""

import json
from datetime import UTC
from typing import Any

from hopsdrill.adapters.s3 import Entry as File
from hopsdrill.adapters.s3 import ObjectStore
from hopsdrill.core.errors import OperationError
from hopsdrill.core.snapshots import newest_catalogue, snapshot_lacking
from hopsdrill.recovery.sets.facts import Storage, Stored


def repository(store: ObjectStore, prefix: str) -> Storage:
    """The snapshots a repository holds.

    Raises:
        OperationError: the store does not answer, or the repository's index cannot be read.
    """
    files = {each.key.removeprefix(f"{prefix}/"): each for each in store.entries(f"{prefix}/")}
    if not files:
        return Storage(absent=f"the snapshot repository {prefix}/ is empty")
    name = newest_catalogue(files)
    if name is None:
        return Storage(
            absent=f"the snapshot repository {prefix}/ has {len(files)} files but no index-N, so it lists no snapshot"
        )
    listed = _index(store, f"{prefix}/{name}")
    made = tuple(_stored(each, listed, files) for each in listed["snapshots"])
    return Storage(made, absent=f"no snapshot {{id}} in {prefix}/{name}")


def _index(store: ObjectStore, key: str) -> dict[str, Any]:
    data = store.get(key)
    try:
        found: dict[str, Any] = json.loads(data or b"")
        return {"snapshots": list(found["snapshots"]), "indices": dict(found["indices"])}
    except (ValueError, KeyError, TypeError) as error:
        msg = f"{key} in bucket {store.ref.bucket} is not the index of a snapshot repository ({type(error).__name__}: {error})."
        raise OperationError(msg, hint="POST _snapshot/<repository>/_verify on the platform's OpenSearch") from error


def _stored(snapshot: dict[str, Any], listed: dict[str, Any], files: dict[str, File]) -> Stored:
    uuid = str(snapshot.get("uuid"))
    own = files.get(f"snap-{uuid}.dat")
    when = own.modified.astimezone(UTC) if own else None
    name = str(snapshot.get("name"))
    return Stored(name, when, tuple(snapshot_lacking(files, listed, name)))
