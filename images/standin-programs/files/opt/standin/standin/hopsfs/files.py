"""Content of files: objects first, then one transaction; a crash between leaves orphans, never missing blocks."""

from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any

from standin.hopsfs import blocks, checksum, inodes
from standin.hopsfs.blocks import Allocator, Block, Written
from standin.hopsfs.checksum import sha256
from standin.hopsfs.database import Cursor, Database
from standin.hopsfs.errors import (
    BlockMissingError,
    BusyError,
    ChecksumError,
    ExistsError,
    NotDirectoryError,
    NotFoundError,
    UnavailableError,
)
from standin.hopsfs.inodes import Inode, New
from standin.hopsfs.objects import Bucket
from standin.hopsfs.paths import Names, path
from standin.hopsfs.schema import now
from standin.hopsfs.tree import forget, remove


Read = Callable[[int], bytes]  # gives that many bytes of a request's body, fewer only at its end


def pieces(read: Read, size: int, head: bytes = b"") -> Iterator[bytes]:
    """A body in blocks of ``size`` bytes, ``head`` before it."""
    while True:
        data = head + read(size - len(head))
        head = b""
        if not data:
            return
        yield data


def spans(found: list[Block], offset: int, stop: int) -> list[tuple[Block, range]]:
    """Which bytes of which blocks are the bytes from ``offset`` up to ``stop`` of a file."""
    wanted, start = [], 0
    for block in found:
        span = range(max(offset - start, 0), min(stop - start, block.size))
        if span:
            wanted.append((block, span))
        start += block.size
    return wanted


class Files:
    """Reads and writes contents."""

    def __init__(self, database: Database, bucket: Bucket) -> None:
        self.database, self.bucket = database, bucket
        self._allocate = Allocator(database)

    def create(self, names: Names, read: Read, new: New, *, overwrite: bool) -> None:
        """Write a file.

        Raises:
            ExistsError: it exists and may not be overwritten, or is a directory.
        """
        if not names:
            message = "/ is a directory"
            raise ExistsError(message)
        written: list[Written] = []

        def known(cursor: Cursor) -> list[Block]:
            parent = _parent(cursor, names, new.owner)
            old = self._make_room(cursor, parent, names, overwrite=overwrite)
            inode = inodes.insert(cursor, parent, names[-1], new, is_dir=False)
            blocks.add(cursor, inode.id, 0, written, self.bucket.name)
            _resize(cursor, inode.id, sum(each.size for each in written))
            return old

        old = self._write_then(written, lambda: self._put_all(written, read, new.block_size), known)
        self._delete(old)

    def append(self, names: Names, read: Read) -> None:
        """Write more to a file: its last block gets a new generation, which holds what the old one held and more.

        Raises:
            BusyError: someone else changed the file meanwhile.
        """
        inode, found = self.database.read(lambda cursor: _file(cursor, names))
        last = found[-1] if found and found[-1].size < inode.block_size else None
        written: list[Written] = []

        def put() -> None:
            first = read(inode.block_size - (last.size if last else 0))
            if first and last:
                head = self.bucket.get_block(last.name, last.checksum, last.size, range(last.size))
                self._put(written, head + first, last.block_id)
            elif first:
                self._put(written, first)
            if first:
                self._put_all(written, read, inode.block_size)

        def known(cursor: Cursor) -> list[Block]:
            held = inodes.by_id(cursor, inode.id, lock=True)
            if held is None or held.size != inode.size or blocks.of_files(cursor, [inode.id]) != found:
                message = f"{path(names)} was changed by someone else during the append; nothing was appended"
                raise BusyError(message)
            more = written[1:] if last else written
            if written and last:
                blocks.replace(cursor, written[0])
            blocks.add(cursor, inode.id, len(found), more, self.bucket.name)
            size = inode.size + sum(each.size for each in written) - (last.size if written and last else 0)
            _resize(cursor, inode.id, size)
            return [last] if written and last else []

        self._delete(self._write_then(written, put, known))

    def read(self, names: Names, offset: int, length: int | None) -> tuple[int, Iterator[bytes]]:
        """The number of bytes and the bytes, the first block's read already, so that refusals come before them."""
        for attempt in (1, 2):
            inode, found = self.database.read(lambda cursor: _file(cursor, names))
            stop = inode.size if length is None else min(offset + length, inode.size)
            wanted = spans(found, offset, stop)
            content = (self.bucket.get_block(each.name, each.checksum, each.size, span) for each, span in wanted)
            try:
                first = next(content, b"")
            except BlockMissingError:
                # an append or a deletion in between is not a lost block
                if attempt == 1 and self.database.read(lambda cursor: _file(cursor, names)) != (inode, found):
                    continue
                raise
            return sum(len(span) for _, span in wanted), chain([first], content)
        raise AssertionError

    def checksum(self, names: Names) -> dict[str, Any]:
        """HDFS' FileChecksum.

        Raises:
            BlockMissingError, ChecksumError: the object that says a block's is not there, or says none.
        """
        _, found = self.database.read(lambda cursor: _file(cursor, names))
        return checksum.of_file([self._meta(each) for each in found])

    def _meta(self, block: Block) -> dict[str, Any]:
        try:
            found = self.bucket.meta(block.name)
            checksum.of_file([found, found])
        except (ValueError, KeyError, TypeError) as error:
            key = self.bucket.keys.key(block.name, "meta")
            message = f"{self.bucket.where}: {key} says no checksum of a block: {error!r}"
            raise ChecksumError(message) from error
        return found

    def delete(self, names: Names, *, recursive: bool) -> bool:
        """Remove a file or directory: metadata first, then the objects."""
        found, gone = self.database.write(lambda cursor: remove(cursor, names, recursive=recursive))
        self._delete(gone)
        return found

    def _put(self, written: list[Written], data: bytes, block_id: int | None = None) -> None:
        name = self._allocate.new(block_id)
        # noted before it is put, so that what is half put is discarded, too
        written.append(Written(name, len(data), sha256(data)))
        self.bucket.put_block(name, data)

    def _put_all(self, written: list[Written], read: Read, size: int) -> None:
        for data in pieces(read, size):
            self._put(written, data)

    def _write_then(
        self, written: list[Written], put: Callable[[], None], known: Callable[[Cursor], list[Block]]
    ) -> list[Block]:
        """Put objects, then make them known; give the blocks that were replaced."""
        try:
            put()
        except BaseException:
            self._discard(written)
            raise
        try:
            return self.database.write(known)
        except UnavailableError:
            # Nobody knows whether the commit took place: objects stay, and a block report finds those that are orphans.
            raise
        except BaseException:
            self._discard(written)
            raise

    def _discard(self, written: list[Written]) -> None:
        names = [each.name for each in written]
        if names:
            self.bucket.delete_blocks(names)
            self.database.read(lambda cursor: blocks.finish(cursor, names))

    def _delete(self, gone: list[Block]) -> None:
        if gone:
            self.bucket.delete_blocks([block.name for block in gone])

    def _make_room(self, cursor: Cursor, parent: Inode, names: Names, *, overwrite: bool) -> list[Block]:
        old = inodes.child(cursor, parent.id, names[-1], lock=True)
        if old is None:
            return []
        if old.is_dir or not overwrite:
            kind = "is a directory" if old.is_dir else "already exists, and overwrite is not true"
            message = f"{path(names)} {kind}"
            raise ExistsError(message)
        return forget(cursor, [old])


def _parent(cursor: Cursor, names: Names, owner: str) -> Inode:
    """The directory a file shall be in, made where it is absent, and held."""
    try:
        found = inodes.make_directories(cursor, names[:-1], New(owner, 0o755))
    except ExistsError as error:
        raise NotDirectoryError(str(error)) from error
    return inodes.lock_directory(cursor, found)


def _resize(cursor: Cursor, inode_id: int, size: int) -> None:
    statement = "UPDATE hdfs_inodes SET size = %s, modification_time = %s WHERE id = %s"
    cursor.execute(statement, (size, now(), inode_id))


def _file(cursor: Cursor, names: Names) -> tuple[Inode, list[Block]]:
    inode = inodes.require(cursor, names)
    if inode.is_dir:
        message = f"Path is not a file: {path(names)}"
        raise NotFoundError(message)
    return inode, blocks.of_files(cursor, [inode.id])
