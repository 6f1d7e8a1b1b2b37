"""The tables, made when they are absent, and the numbers that must never be given twice."""

import time
from threading import Lock

import pymysql

from standin.hopsfs.database import Cursor, Database, database_name, open_session, where
from standin.hopsfs.errors import UnavailableError
from standin.hopsfs.keys import BlockName
from standin.say import StandinError, say


ROOT_ID = 1
STRICT_NAMES = "CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin"  # names differ by case and by trailing blanks
TABLES = (
    f"""CREATE TABLE IF NOT EXISTS hdfs_inodes (
      id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
      parent_id BIGINT NOT NULL,
      name VARCHAR(255) {STRICT_NAMES} NOT NULL,
      is_dir TINYINT NOT NULL,
      user_name VARCHAR(100) {STRICT_NAMES} NOT NULL,
      group_name VARCHAR(100) {STRICT_NAMES} NOT NULL,
      permission SMALLINT NOT NULL,
      modification_time BIGINT NOT NULL,
      access_time BIGINT NOT NULL,
      size BIGINT NOT NULL,
      replication SMALLINT NOT NULL,
      block_size BIGINT NOT NULL,
      UNIQUE KEY pidex (parent_id, name)
    ) ENGINE=InnoDB""",
    """CREATE TABLE IF NOT EXISTS hdfs_block_infos (
      block_id BIGINT NOT NULL PRIMARY KEY,
      inode_id BIGINT NOT NULL,
      block_index INT NOT NULL,
      num_bytes BIGINT NOT NULL,
      generation_stamp BIGINT NOT NULL,
      bucket VARCHAR(63) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
      checksum CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
      time_stamp BIGINT NOT NULL,
      UNIQUE KEY in_file (inode_id, block_index),
      CONSTRAINT block_of_inode FOREIGN KEY (inode_id) REFERENCES hdfs_inodes (id)
    ) ENGINE=InnoDB""",
    """CREATE TABLE IF NOT EXISTS hdfs_blocks_under_construction (
      block_id BIGINT NOT NULL,
      generation_stamp BIGINT NOT NULL,
      since BIGINT NOT NULL,
      PRIMARY KEY (block_id, generation_stamp)
    ) ENGINE=InnoDB""",
    """CREATE TABLE IF NOT EXISTS hdfs_sequences (
      name VARCHAR(40) CHARACTER SET ascii NOT NULL PRIMARY KEY,
      next_value BIGINT NOT NULL
    ) ENGINE=InnoDB""",
)
FIRST = {"block_id": 1, "generation_stamp": 1001}
PAUSE = 0.5  # seconds between attempts


def now() -> int:
    """Milliseconds since 1970, the unit of every time here."""
    return time.time_ns() // 1_000_000


def wait_for_database(seconds: float) -> None:
    """Wait until the server lets us in.

    Raises:
        StandinError: it did not in time; the last refusal is in the text.
    """
    end = time.monotonic() + seconds
    while True:
        try:
            open_session(None).close()
        except (pymysql.MySQLError, OSError) as error:
            if time.monotonic() > end:
                message = f"waited {seconds:.0f} s for {where()}; last: {error}. See the pods behind that Service"
                raise StandinError(message) from error
            time.sleep(PAUSE)
        else:
            return


def make_tables(database: Database) -> None:
    """Make database, tables and the root directory where they are absent."""
    try:
        session = open_session(None)
        with session, session.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE IF NOT EXISTS `{database_name()}`")
    except (pymysql.MySQLError, OSError) as error:
        message = f"making {where()}: {error}"
        raise UnavailableError(message) from error
    database.write(_fill)


def _fill(cursor: Cursor) -> None:
    for table in TABLES:
        cursor.execute(table)
    moment = now()
    cursor.execute(
        "INSERT IGNORE INTO hdfs_inodes VALUES (%s, 0, '', 1, 'hdfs', 'supergroup', %s, %s, 0, 0, 0, 0)",
        (ROOT_ID, 0o755, moment),
    )
    for name, first in FIRST.items():
        cursor.execute("INSERT IGNORE INTO hdfs_sequences VALUES (%s, %s)", (name, first))
    # There is one writer, and it is starting: whatever was being written is not any more.
    cursor.execute("DELETE FROM hdfs_blocks_under_construction")


def pass_over(database: Database, seen: list[BlockName]) -> None:
    """Never give a number again that the bucket has seen.

    After older metadata was restored its sequences are older too; without this a new block could get the name of one
    that was written and deleted since, and objects would no longer be write-once.
    """
    highest = {
        "block_id": max((block.block_id for block in seen), default=0) + 1,
        "generation_stamp": max((block.generation for block in seen), default=0) + 1,
    }

    def raise_sequences(cursor: Cursor) -> None:
        for name, least in highest.items():
            statement = "UPDATE hdfs_sequences SET next_value = GREATEST(next_value, %s) WHERE name = %s"
            if cursor.execute(statement, (least, name)):
                say(f"sequence {name} raised: the bucket has seen {least - 1}")

    database.write(raise_sequences)


class Sequence:
    """Numbers taken from the database a hundred at a time; those not used by the end are never used."""

    def __init__(self, database: Database, name: str, step: int = 100) -> None:
        self._database, self._name, self._step = database, name, step
        self._lock = Lock()
        self._next = self._end = 0

    def take(self) -> int:
        """One number."""
        with self._lock:
            if self._next == self._end:
                self._next = self._database.write(self._advance)
                self._end = self._next + self._step
            self._next += 1
            return self._next - 1

    def _advance(self, cursor: Cursor) -> int:
        cursor.execute("SELECT next_value FROM hdfs_sequences WHERE name = %s FOR UPDATE", self._name)
        (first,) = cursor.fetchone()
        cursor.execute("UPDATE hdfs_sequences SET next_value = %s WHERE name = %s", (first + self._step, self._name))
        return int(first)
