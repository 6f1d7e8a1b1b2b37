"""A snapshot repository of OpenSearch as it lies in the bucket, read without OpenSearch.

Layout: ``index-<N>`` (JSON; the highest N counts) lists the snapshots and the indices each holds; ``snap-<uuid>.dat`` is a
snapshot's own description, ``indices/<id>/<shard>/snap-<uuid>.dat`` that of one shard's files.
Source: OpenSearch's BlobStoreRepository and RepositoryData.
"""

import json
import re
from collections.abc import Iterator, Sequence
from datetime import UTC
from typing import Any

from hopsdrill.adapters.s3 import Entry as File
from hopsdrill.adapters.s3 import ObjectStore
from hopsdrill.core.errors import OperationError
from hopsdrill.recovery.sets.facts import Storage, Stored


GENERATION = re.compile(r"index-(\d+)")
STATES = {0: "IN_PROGRESS", 1: "SUCCESS", 2: "FAILED", 3: "PARTIAL", 4: "INCOMPATIBLE"}
GOOD = "SUCCESS"
FIXED = 0  # the layout of shards this reads; another one, by shard_path_type, is left to OpenSearch


def repository(store: ObjectStore, prefix: str) -> Storage:
    """The snapshots a repository holds.

    Raises:
        OperationError: the store does not answer, or the repository's index cannot be read.
    """
    files = {each.key.removeprefix(f"{prefix}/"): each for each in store.entries(f"{prefix}/")}
    if not files:
        return Storage(absent=f"the snapshot repository {prefix}/ is empty")
    generations = sorted(int(match[1]) for name in files if (match := GENERATION.fullmatch(name)))
    if not generations:
        return Storage(
            absent=f"the snapshot repository {prefix}/ has {len(files)} files but no index-N, so it lists no snapshot"
        )
    name = f"index-{generations[-1]}"
    listed = _index(store, f"{prefix}/{name}")
    made = tuple(_stored(each, listed["indices"], files) for each in listed["snapshots"])
    return Storage(made, absent=f"no snapshot {{id}} in {prefix}/{name}")


def _index(store: ObjectStore, key: str) -> dict[str, Any]:
    data = store.get(key)
    try:
        found: dict[str, Any] = json.loads(data or b"")
        return {"snapshots": list(found["snapshots"]), "indices": dict(found["indices"])}
    except (ValueError, KeyError, TypeError) as error:
        msg = f"{key} in bucket {store.ref.bucket} is not the index of a snapshot repository ({type(error).__name__}: {error})."
        raise OperationError(msg, hint="POST _snapshot/<repository>/_verify on the platform's OpenSearch") from error


def _stored(snapshot: dict[str, Any], indices: dict[str, Any], files: dict[str, File]) -> Stored:
    uuid = str(snapshot.get("uuid"))
    own = files.get(f"snap-{uuid}.dat")
    when = own.modified.astimezone(UTC) if own else None
    return Stored(str(snapshot.get("name")), when, tuple(_lacking(snapshot, uuid, indices, files)))


def _lacking(snapshot: dict[str, Any], uuid: str, indices: dict[str, Any], files: dict[str, File]) -> Iterator[str]:
    state = snapshot.get("state", 1)
    if (named := STATES.get(state, str(state))) != GOOD:
        yield f"the repository says its state is {named}"
    yield from (f"{name} is missing" for name in (f"snap-{uuid}.dat", f"meta-{uuid}.dat") if name not in files)
    for index, told in sorted(indices.items()):
        if uuid in told.get("snapshots", ()) and told.get("shard_path_type", FIXED) == FIXED:
            shards: Sequence[Any] = told.get("shard_generations", ())
            lost = [
                shard for shard in range(len(shards)) if f"indices/{told['id']}/{shard}/snap-{uuid}.dat" not in files
            ]
            yield from (f"index {index}: shard {shard} is missing" for shard in lost)
