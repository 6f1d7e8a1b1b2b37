"""The file system's content: every file byte by byte as its own protocol gives it, and its blocks against the bucket."""

import re
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from hopsdrill.adapters.s3 import Entry
from hopsdrill.adapters.sql import Sql
from hopsdrill.adapters.webhdfs import Files, FileStatus
from hopsdrill.core.errors import ConnectionLost, OperationError
from hopsdrill.model.profile import HopsfsProfile
from hopsdrill.proof.key import Key
from hopsdrill.proof.prints import Print, Prints, printed


READERS = 8  # files read at once


def read(files: Files, root: str, key: Key) -> Prints:
    """Read everything below a folder; empty when the folder is not there.

    Raises:
        OperationError: the file system does not answer.
    """
    if not files.exists(root):
        return {}
    found = list(files.walk(root))
    with ThreadPoolExecutor(READERS) as pool:
        return dict(pool.map(lambda each: _entry(files, each, key), found))


def _entry(files: Files, each: FileStatus, key: Key) -> tuple[str, Print]:
    fields: dict[str, object] = {"owner": each.owner, "permission": each.permission}
    if each.kind == "file":
        fields |= {"size": each.size, **_content(files, each.path, key)}
    return f"{each.kind} {each.path}", printed(fields, key)


def _content(files: Files, path: str, key: Key) -> dict[str, object]:
    """The bytes that came; that none could be read is a difference of this file, and says why."""
    try:
        data = files.read(path)
    except ConnectionLost:
        raise  # says nothing about this file
    except OperationError as error:
        return {"content": f"cannot be read: {error.message}"}
    return {"bytes": len(data), "content": key.digest(data)}


@dataclass(frozen=True)
class Block:
    """What the metadata says about a block."""

    id: int
    stamp: int
    size: int
    bucket: str


@dataclass(frozen=True)
class Reconciled:
    """Metadata against bucket.

    Attributes:
        wrong: blocks whose objects are missing, of another size, or of another bucket.
        orphaned: objects of no block the metadata knows.
    """

    blocks: int
    wrong: list[str]
    orphaned: list[str]


def blocks(sql: Sql, profile: HopsfsProfile) -> list[Block]:
    """Every block the metadata knows."""
    rows = sql.query(profile.blocks_query)
    return [Block(int(id_), int(stamp), int(size), str(bucket)) for id_, stamp, size, bucket in rows]


def reconcile(known: Iterable[Block], entries: Iterable[Entry], bucket: str, profile: HopsfsProfile) -> Reconciled:
    """Compare every block with the bucket's current objects."""
    sizes, listed = {each.key: each.size for each in entries}, list(known)
    wrong: list[str] = []
    wanted: set[str] = set()
    for block in listed:
        keys = profile.keys(block.id, block.stamp)
        wanted |= set(keys)
        wrong += [f"block {block.id}: {key} is missing" for key in keys if key not in sizes]
        if sizes.get(keys[0], block.size) != block.size:
            wrong.append(f"block {block.id}: {keys[0]} has {sizes[keys[0]]} bytes, the metadata says {block.size}")
        if block.bucket != bucket:
            wrong.append(f"block {block.id}: the metadata names bucket {block.bucket}, the platform uses {bucket}")
    pattern = re.compile(profile.block_pattern)
    return Reconciled(len(listed), wrong, sorted(key for key in sizes if pattern.fullmatch(key) and key not in wanted))
