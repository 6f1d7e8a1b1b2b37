"""Changes of the tree that touch no content: directories, renames, removals, attributes."""

from typing import Any

from standin.hopsfs import blocks, inodes
from standin.hopsfs.blocks import Block
from standin.hopsfs.database import Cursor
from standin.hopsfs.errors import NotEmptyError
from standin.hopsfs.inodes import Inode
from standin.hopsfs.paths import Names, path


def forget(cursor: Cursor, gone: list[Inode]) -> list[Block]:
    """Remove inodes and their blocks; give the blocks."""
    found = blocks.of_files(cursor, (inode.id for inode in gone if not inode.is_dir), lock=True)
    blocks.remove(cursor, found)
    for ids in inodes.chunks(inode.id for inode in gone):
        cursor.execute("DELETE FROM hdfs_inodes WHERE id IN %s", (ids,))
    return found


def remove(cursor: Cursor, names: Names, *, recursive: bool) -> tuple[bool, list[Block]]:
    """Remove a file or directory: whether it was there, and the blocks that have lost their file.

    Raises:
        NotEmptyError: it is a directory with entries, and ``recursive`` is not asked for.
    """
    chain = inodes.walk(cursor, names)
    if not names or len(chain) <= len(names):
        return False, []
    parent = inodes.lock_directory(cursor, chain[-2])
    target = inodes.child(cursor, parent.id, names[-1], lock=True)
    if target is None:
        return False, []
    gone = inodes.subtree(cursor, target, lock=True)
    if len(gone) > 1 and not recursive:
        message = f"{path(names)} is non empty: Directory is not empty"
        raise NotEmptyError(message)
    inodes.touch(cursor, parent.id)
    return True, forget(cursor, gone)


def rename(cursor: Cursor, source: Names, target: Names) -> bool:
    """Move a file or directory, into the target where that is a directory; false where HDFS says false."""
    found = inodes.find(cursor, source)
    if found is None or not source or (target[: len(source)] == source and target != source):
        return False  # nothing there, the root, or below itself
    onto = inodes.find(cursor, target)
    if onto and onto.is_dir:
        target = (*target, source[-1])
        onto = inodes.find(cursor, target)
    if onto:
        return onto.id == found.id and not found.is_dir  # onto itself is fine for a file
    into = inodes.find(cursor, target[:-1])
    return bool(into and into.is_dir) and _move(cursor, found, into, target[-1])


def _move(cursor: Cursor, inode: Inode, into: Inode, name: str) -> bool:
    """False when someone else removed or moved something meanwhile."""
    if not all(inodes.by_id(cursor, each, lock=True) for each in sorted({inode.parent_id, into.id})):
        return False
    statement = "UPDATE hdfs_inodes SET parent_id = %s, name = %s WHERE id = %s AND parent_id = %s AND name = %s"
    if not cursor.execute(statement, (into.id, name, inode.id, inode.parent_id, inode.name)):
        return False
    inodes.touch(cursor, inode.parent_id)
    inodes.touch(cursor, into.id)
    return True


def change(cursor: Cursor, names: Names, values: dict[str, Any]) -> None:
    """Set attributes, by column; nothing to set is fine, a path that does not exist is not."""
    inode = inodes.require(cursor, names, lock=True)
    if values:
        settings = ", ".join(f"{column} = %s" for column in values)
        cursor.execute(f"UPDATE hdfs_inodes SET {settings} WHERE id = %s", (*values.values(), inode.id))


def status(inode: Inode, entries: int, name: str = "") -> dict[str, Any]:
    """WebHDFS' FileStatus."""
    return {
        "accessTime": inode.accessed,
        "blockSize": inode.block_size,
        "childrenNum": entries,
        "fileId": inode.id,
        "group": inode.group,
        "length": inode.size,
        "modificationTime": inode.modified,
        "owner": inode.owner,
        "pathSuffix": name,
        "permission": f"{inode.permission:o}",
        "replication": inode.replication,
        "storagePolicy": 0,
        "type": "DIRECTORY" if inode.is_dir else "FILE",
    }


def file_status(cursor: Cursor, names: Names) -> dict[str, Any]:
    """FileStatus of a path."""
    inode = inodes.require(cursor, names)
    return status(inode, inodes.count_children(cursor, [inode]).get(inode.id, 0))


def list_status(cursor: Cursor, names: Names) -> list[dict[str, Any]]:
    """FileStatus of a directory's entries, or of a file itself."""
    inode = inodes.require(cursor, names)
    if not inode.is_dir:
        return [status(inode, 0)]
    found = inodes.children(cursor, inode.id)
    counts = inodes.count_children(cursor, found)
    return [status(each, counts.get(each.id, 0), each.name) for each in found]


def content_summary(cursor: Cursor, names: Names) -> dict[str, Any]:
    """WebHDFS' ContentSummary; there are no quotas."""
    found = inodes.subtree(cursor, inodes.require(cursor, names))
    length = sum(each.size for each in found)
    return {
        "directoryCount": sum(1 for each in found if each.is_dir),
        "fileCount": sum(1 for each in found if not each.is_dir),
        "length": length,
        "quota": -1,
        "spaceConsumed": sum(each.size * each.replication for each in found),
        "spaceQuota": -1,
        "typeQuota": {},
    }
