"""Inodes in the database. Whoever adds or removes an entry holds its directory's row for the transaction."""

from collections.abc import Iterable
from typing import NamedTuple

from standin.hopsfs.database import Cursor
from standin.hopsfs.errors import ExistsError, NotDirectoryError, NotFoundError
from standin.hopsfs.paths import Names, path
from standin.hopsfs.schema import ROOT_ID, now


COLUMNS = (
    "id, parent_id, name, is_dir, user_name, group_name, permission, modification_time, access_time, size,"
    " replication, block_size"
)
GROUP = "supergroup"
DEEPEST = 30  # names looked up by one statement; a server joins 61 tables at most
CHUNK = 500  # identifiers in one statement


class Inode(NamedTuple):
    """A file or directory; times in milliseconds, sizes in bytes."""

    id: int
    parent_id: int
    name: str
    is_dir: int
    owner: str
    group: str
    permission: int
    modified: int
    accessed: int
    size: int
    replication: int
    block_size: int


class New(NamedTuple):
    """What a new inode shall have."""

    owner: str
    permission: int
    replication: int = 0
    block_size: int = 0


def chunks(ids: Iterable[int]) -> Iterable[list[int]]:
    """Identifiers in lists short enough for one statement."""
    every = list(ids)
    for start in range(0, len(every), CHUNK):
        yield every[start : start + CHUNK]


def by_id(cursor: Cursor, inode_id: int, *, lock: bool = False) -> Inode | None:
    """An inode by its number."""
    cursor.execute(f"SELECT {COLUMNS} FROM hdfs_inodes WHERE id = %s{' FOR UPDATE' if lock else ''}", inode_id)
    row = cursor.fetchone()
    return Inode(*row) if row else None


def child(cursor: Cursor, parent_id: int, name: str, *, lock: bool = False) -> Inode | None:
    """An entry of a directory."""
    statement = f"SELECT {COLUMNS} FROM hdfs_inodes WHERE parent_id = %s AND name = %s{' FOR UPDATE' if lock else ''}"
    cursor.execute(statement, (parent_id, name))
    row = cursor.fetchone()
    return Inode(*row) if row else None


def walk(cursor: Cursor, names: Names) -> list[Inode]:
    """As much of a path as exists, the root first."""
    found: list[Inode] = []
    for start in range(0, max(len(names), 1), DEEPEST):
        part = names[start : start + DEEPEST]
        chain = _chain(cursor, found.pop().id if found else ROOT_ID, part)
        found += chain
        if len(chain) <= len(part):
            break
    return found


def _chain(cursor: Cursor, top: int, names: Names) -> list[Inode]:
    """An inode and those below it along some names, in one statement."""
    tables = range(len(names) + 1)
    columns = ", ".join(f"n{table}.{column}" for table in tables for column in COLUMNS.split(", "))
    joins = " ".join(
        f"LEFT JOIN hdfs_inodes n{table} ON n{table}.parent_id = n{table - 1}.id AND n{table}.name = %s"
        for table in tables[1:]
    )
    cursor.execute(f"SELECT {columns} FROM hdfs_inodes n0 {joins} WHERE n0.id = %s", (*names, top))
    (row,) = cursor.fetchall()
    width = len(Inode._fields)
    every = (Inode(*row[start : start + width]) for start in range(0, len(row), width))
    return [inode for inode in every if inode.id is not None]


def find(cursor: Cursor, names: Names) -> Inode | None:
    """The inode at a path."""
    found = walk(cursor, names)
    return found[-1] if len(found) == len(names) + 1 else None


def require(cursor: Cursor, names: Names, *, lock: bool = False) -> Inode:
    """The inode at a path.

    Raises:
        NotFoundError: there is none.
    """
    found = find(cursor, names)
    if found and lock:
        found = by_id(cursor, found.id, lock=True)
    if not found:
        message = f"File does not exist: {path(names)}"
        raise NotFoundError(message)
    return found


def lock_directory(cursor: Cursor, inode: Inode) -> Inode:
    """Hold a directory's row, so that nobody else adds, removes or renames its entries.

    Raises:
        NotFoundError: it was removed meanwhile.
        NotDirectoryError: it is a file.
    """
    held = by_id(cursor, inode.id, lock=True)
    if held is None:
        message = f"directory {inode.name!r} was removed meanwhile"
        raise NotFoundError(message)
    if not held.is_dir:
        message = f"{inode.name!r} (an inode file) is not a directory"
        raise NotDirectoryError(message)
    return held


def insert(cursor: Cursor, parent: Inode, name: str, new: New, *, is_dir: bool) -> Inode:
    """Add an entry to a directory that is held."""
    moment = now()
    values = (parent.id, name, int(is_dir), new.owner, GROUP, new.permission, moment, moment, 0)
    cursor.execute(
        f"INSERT INTO hdfs_inodes ({COLUMNS.removeprefix('id, ')}) VALUES ({', '.join(['%s'] * 11)})",
        (*values, new.replication, new.block_size),
    )
    inode_id = cursor.lastrowid
    touch(cursor, parent.id)
    return Inode(inode_id, *values, new.replication, new.block_size)


def touch(cursor: Cursor, inode_id: int) -> None:
    """A directory changed."""
    cursor.execute("UPDATE hdfs_inodes SET modification_time = %s WHERE id = %s", (now(), inode_id))


def make_directories(cursor: Cursor, names: Names, new: New) -> Inode:
    """The directory at a path, made with all its parents where they are absent.

    Raises:
        NotDirectoryError: something on the way is a file.
        ExistsError: the path itself is a file.
    """
    chain = walk(cursor, names)
    if not chain[-1].is_dir:
        here = path(names[: len(chain) - 1])
        message = f"{here} (an inode file) is not a directory"
        raise (ExistsError if len(chain) == len(names) + 1 else NotDirectoryError)(message)
    current = chain[-1]
    for name in names[len(chain) - 1 :]:
        held = lock_directory(cursor, current)
        current = child(cursor, held.id, name) or insert(cursor, held, name, new, is_dir=True)
    return current


def children(cursor: Cursor, inode_id: int) -> list[Inode]:
    """Entries of a directory by name."""
    cursor.execute(f"SELECT {COLUMNS} FROM hdfs_inodes WHERE parent_id = %s ORDER BY name", inode_id)
    return [Inode(*row) for row in cursor.fetchall()]


def count_children(cursor: Cursor, inodes: list[Inode]) -> dict[int, int]:
    """Numbers of entries, for those that are directories and have any."""
    counts: dict[int, int] = {}
    for ids in chunks(inode.id for inode in inodes if inode.is_dir):
        statement = "SELECT parent_id, COUNT(*) FROM hdfs_inodes WHERE parent_id IN %s GROUP BY parent_id"
        cursor.execute(statement, (ids,))
        counts.update(dict(cursor.fetchall()))
    return counts


def subtree(cursor: Cursor, top: Inode, *, lock: bool = False) -> list[Inode]:
    """A directory and everything below it, parents before children."""
    found, level = [top], [top]
    while level:
        below: list[Inode] = []
        for ids in chunks(inode.id for inode in level if inode.is_dir):
            ending = " FOR UPDATE" if lock else ""
            cursor.execute(f"SELECT {COLUMNS} FROM hdfs_inodes WHERE parent_id IN %s{ending}", (ids,))
            below += [Inode(*row) for row in cursor.fetchall()]
        found += below
        level = below
    return found


def path_of(cursor: Cursor, inode_id: int) -> str:
    """The path of an inode."""
    parts: list[str] = []
    while inode_id != ROOT_ID:
        found = by_id(cursor, inode_id)
        if found is None:
            return f"(inode {inode_id} without a parent)/{'/'.join(reversed(parts))}"
        parts.append(found.name)
        inode_id = found.parent_id
    return path(tuple(reversed(parts)))
