"""A snapshot repository of OpenSearch, judged by its catalogue and the names of its files. Pure functions.

Layout: ``index-<N>`` (JSON; the highest N counts) lists the snapshots and the indices each holds; ``snap-<uuid>.dat`` and
``meta-<uuid>.dat`` are a snapshot's own description, ``indices/<id>/<shard>/snap-<uuid>.dat`` says which files a shard is made of.
Whether those files are there and right, only a restore shows. Source: OpenSearch's BlobStoreRepository and RepositoryData.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from typing import Any


GENERATION = re.compile(r"index-(\d+)")
STATES = {0: "IN_PROGRESS", 1: "SUCCESS", 2: "FAILED", 3: "PARTIAL", 4: "INCOMPATIBLE"}
GOOD = "SUCCESS"
FIXED = 0  # the layout of shards this reads; another one, by shard_path_type, is left to OpenSearch


def newest_catalogue(names: Iterable[str]) -> str | None:
    """The name of the repository's newest catalogue: its number grows by one with every change."""
    numbers = [int(match[1]) for name in names if (match := GENERATION.fullmatch(name))]
    return f"index-{max(numbers)}" if numbers else None


def snapshot_lacking(
    names: Collection[str], catalogue: dict[str, Any], snapshot: str, indices: Collection[str] = ()
) -> list[str]:
    """What a snapshot lacks; nothing when it is whole.

    Args:
        names: of the repository's files, below its base path.
        catalogue: the content of the newest ``index-<N>``.
        snapshot: its name.
        indices: what must be in it.
    """
    found = next((each for each in catalogue.get("snapshots", []) if each.get("name") == snapshot), None)
    if found is None:
        return [f"the repository's catalogue names no snapshot {snapshot}"]
    uuid, files = str(found.get("uuid")), set(names)
    held = {name: each for name, each in sorted(catalogue["indices"].items()) if uuid in each.get("snapshots", ())}
    state = STATES.get(found.get("state", 1), str(found.get("state")))
    missing = [] if state == GOOD else [f"the repository says its state is {state}"]
    missing += [f"{name} is missing" for name in (f"snap-{uuid}.dat", f"meta-{uuid}.dat") if name not in files]
    missing += [f"index {name} is not in it" for name in sorted(set(indices) - set(held))]
    return [*missing, *(line for name, each in held.items() for line in _index(name, each, uuid, files))]


def _index(name: str, told: dict[str, Any], uuid: str, files: set[str]) -> Iterator[str]:
    if told.get("shard_path_type", FIXED) != FIXED:
        return
    shards = len(told.get("shard_generations", ()))
    if not shards:
        yield f"index {name}: the catalogue names no shard of it"
    for shard in range(shards):
        if f"indices/{told['id']}/{shard}/snap-{uuid}.dat" not in files:
            yield f"index {name}: shard {shard} is missing"
