"""The file system's content: every file byte by byte as its own protocol gives it, and its blocks against the bucket."""

import re
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

from hopsdrill.adapters.s3 import Entry
from hopsdrill.adapters.sql import Sql
from hopsdrill.adapters.webhdfs import Files, FileStatus
from hopsdrill.core.errors import ConnectionLost, OperationError
from hopsdrill.model.profile import HopsfsProfile
from hopsdrill.proof.key import Key
from hopsdrill.proof.prints import Print, Prints, printed


T = TypeVar("T")
READERS = 8  # files read at once
LEFT_OUT = {
    "accessTime": "a read changes it, and ours is one",
    "blockSize, replication": "of the file system's configuration; the blocks are in the object store",
    "fileId": "compared with the rows of the metadata",
    "modificationTime of a folder": "changes with what is in it, which is compared by itself",
}


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
    fields: dict[str, object] = {"owner": each.owner, "group": each.group, "permission": each.permission}
    if each.kind == "file":
        fields |= {"size": each.size, "modified": each.modified, **_content(files, each.path, key)}
        fields["checksum"] = _told(lambda: files.checksum(each.path))
    return f"{each.kind} {each.path}", printed(fields, key)


def _content(files: Files, path: str, key: Key) -> dict[str, object]:
    """The bytes that came."""
    data = _told(lambda: files.read(path))
    return {"content": data} if isinstance(data, str) else {"bytes": len(data), "content": key.digest(data)}


def _told(ask: Callable[[], T]) -> T | str:
    """What the file system says; that it says nothing is a difference of this file, and says why."""
    try:
        return ask()
    except ConnectionLost:
        raise  # says nothing about this file
    except OperationError as error:
        return f"cannot be read: {error.message}"


def objects(known: Iterable["Block"], entries: Iterable[Entry], profile: HopsfsProfile, key: Key) -> Prints:
    """The objects that the bucket holds now for the blocks that the metadata knows: size and digest by the store's own account.

    A block is written once, so another digest is another version of its object, whether it came by a write or by taking an older
    one back. Which version's ID is current is no difference: a rollback that copies gives the same bytes a new one.
    """
    current = {each.key: each for each in entries}
    wanted = {name for block in known for name in profile.keys(block.id, block.stamp)}
    return {
        f"object {name}": printed({"size": current[name].size, "etag": current[name].etag}, key)
        for name in sorted(wanted & current.keys())
    }


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
