"""A snapshot repository of OpenSearch, judged by its catalogue and the names of its files. Pure functions.

Layout: ``index-<N>`` (JSON; the highest N counts) lists the snapshots and the indices each holds; ``snap-<uuid>.dat`` and
``meta-<uuid>.dat`` are a snapshot's own description, ``indices/<id>/<shard>/snap-<uuid>.dat`` says which files a shard is made of.
A shard's description names its data files (``__<uuid>``, large ones in ``.part<n>``); small ones it holds itself (``v__<uuid>``).
Source: OpenSearch's BlobStoreRepository, RepositoryData and ChecksumBlobStoreFormat.
"""

import re
import zlib
from collections.abc import Collection, Iterable, Iterator
from typing import Any


GENERATION = re.compile(r"index-(\d+)")
STATES = {0: "IN_PROGRESS", 1: "SUCCESS", 2: "FAILED", 3: "PARTIAL", 4: "INCOMPATIBLE"}
GOOD = "SUCCESS"
PACKED = b"DFL\0"  # what a deflated body begins with
DATA_FILE = re.compile(rb"(v?)(__[A-Za-z0-9_-]{22})")
COMMIT = re.compile(rb"segments_([0-9a-z]+)")  # Lucene's name of a commit; its number in base 36
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


def unpacked(data: bytes) -> bytes:
    """The body of a repository's description file, which is deflated or plain.

    Raises:
        ValueError: it is damaged.
    """
    _, packed, body = data.partition(PACKED)
    if not packed:
        return data
    engine = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        made = engine.decompress(body)
    except zlib.error as error:
        msg = f"it cannot be unpacked ({error})"
        raise ValueError(msg) from error
    if not engine.eof:
        msg = "it cannot be unpacked (it is cut off)"
        raise ValueError(msg)
    return made


def data_files(body: bytes) -> frozenset[str]:
    """The data files that a shard's unpacked description names, without their parts' numbers.

    Raises:
        ValueError: it names no file at all, so it is no such description, or written in a way this does not read.
    """
    found = [(match[1], match[2].decode()) for match in DATA_FILE.finditer(body)]
    if not found:
        msg = "it names no data file"
        raise ValueError(msg)
    return frozenset(name for held, name in found if not held)


def own_files(catalogue: dict[str, Any], snapshot: str) -> tuple[str, dict[str, str], frozenset[str]]:
    """Which of a repository's files are a snapshot's alone or shared by it, but for its shards' data files.

    Returns:
        its UUID; the folders of its indices (``indices/<id>``) by index; the descriptions of itself and of its indices.

    Raises:
        ValueError: the catalogue does not name it.
    """
    found = next((each for each in catalogue.get("snapshots", []) if each.get("name") == snapshot), None)
    if found is None:
        msg = f"the repository's catalogue names no snapshot {snapshot}"
        raise ValueError(msg)
    uuid, known = str(found["uuid"]), catalogue.get("index_metadata_identifiers", {})
    held = {name: each["id"] for name, each in sorted(catalogue["indices"].items()) if uuid in each["snapshots"]}
    lookup = found.get("index_metadata_lookup", {})
    files = {f"snap-{uuid}.dat", f"meta-{uuid}.dat"}
    for each in held.values():
        name = known.get(lookup[each], uuid) if each in lookup else uuid  # older repositories name it by the snapshot
        files.add(f"indices/{each}/meta-{name}.dat")
    return uuid, {name: f"indices/{each}" for name, each in held.items()}, frozenset(files)
