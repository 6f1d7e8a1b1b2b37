"""Blocks in the database."""

from collections.abc import Iterable
from typing import NamedTuple

from standin.hopsfs.database import Cursor, Database
from standin.hopsfs.inodes import chunks
from standin.hopsfs.keys import BlockName
from standin.hopsfs.schema import Sequence, now


COLUMNS = "block_id, generation_stamp, inode_id, block_index, num_bytes, bucket, checksum, time_stamp"


class Block(NamedTuple):
    """A block of a file: ``size`` in bytes, ``checksum`` its SHA-256, ``time`` of its writing in milliseconds."""

    block_id: int
    generation: int
    inode_id: int
    index: int
    size: int
    bucket: str
    checksum: str
    time: int

    @property
    def name(self) -> BlockName:
        """What its objects are called after."""
        return BlockName(self.block_id, self.generation)


class Written(NamedTuple):
    """A block whose objects are in the bucket and which the metadata does not know yet."""

    name: BlockName
    size: int
    checksum: str


def of_files(cursor: Cursor, inode_ids: Iterable[int], *, lock: bool = False) -> list[Block]:
    """Blocks of files, in order within each file."""
    found: list[Block] = []
    for ids in chunks(inode_ids):
        ending = " FOR UPDATE" if lock else ""
        statement = (
            f"SELECT {COLUMNS} FROM hdfs_block_infos WHERE inode_id IN %s ORDER BY inode_id, block_index{ending}"
        )
        cursor.execute(statement, (ids,))
        found += [Block(*row) for row in cursor.fetchall()]
    return found


def every(cursor: Cursor) -> list[Block]:
    """All blocks of the file system."""
    cursor.execute(f"SELECT {COLUMNS} FROM hdfs_block_infos ORDER BY block_id")
    return [Block(*row) for row in cursor.fetchall()]


def under_construction(cursor: Cursor, since: int) -> set[BlockName]:
    """Blocks being written, if begun after ``since``; older ones were given up by their writer."""
    cursor.execute("SELECT block_id, generation_stamp FROM hdfs_blocks_under_construction WHERE since >= %s", since)
    return {BlockName(*row) for row in cursor.fetchall()}


def add(cursor: Cursor, inode_id: int, first_index: int, written: list[Written], bucket: str) -> None:
    """Make blocks known as a file's next ones."""
    moment = now()
    rows = [
        (*each.name, inode_id, first_index + place, each.size, bucket, each.checksum, moment)
        for place, each in enumerate(written)
    ]
    if rows:
        marks = ", ".join(["%s"] * 8)
        cursor.executemany(f"INSERT INTO hdfs_block_infos ({COLUMNS}) VALUES ({marks})", rows)
        finish(cursor, [each.name for each in written])


def replace(cursor: Cursor, written: Written) -> None:
    """Give a block its new generation."""
    cursor.execute(
        "UPDATE hdfs_block_infos SET generation_stamp = %s, num_bytes = %s, checksum = %s, time_stamp = %s"
        " WHERE block_id = %s",
        (written.name.generation, written.size, written.checksum, now(), written.name.block_id),
    )
    finish(cursor, [written.name])


def remove(cursor: Cursor, blocks: list[Block]) -> None:
    """Forget blocks."""
    for ids in chunks(block.block_id for block in blocks):
        cursor.execute("DELETE FROM hdfs_block_infos WHERE block_id IN %s", (ids,))


def finish(cursor: Cursor, names: list[BlockName]) -> None:
    """Blocks are not under construction any more."""
    if names:
        statement = "DELETE FROM hdfs_blocks_under_construction WHERE (block_id, generation_stamp) IN %s"
        cursor.execute(statement, ([tuple(name) for name in names],))


class Allocator:
    """Names for blocks; one given out is under construction until a transaction makes it known."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._ids = Sequence(database, "block_id")
        self._stamps = Sequence(database, "generation_stamp")

    def new(self, block_id: int | None = None) -> BlockName:
        """A new block's name, or a known block's with a new generation."""
        name = BlockName(self._ids.take() if block_id is None else block_id, self._stamps.take())

        def begin(cursor: Cursor) -> None:
            cursor.execute("INSERT INTO hdfs_blocks_under_construction VALUES (%s, %s, %s)", (*name, now()))

        self._database.read(begin)  # one statement, committed by itself
        return name
