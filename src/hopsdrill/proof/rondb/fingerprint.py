"""The state of a set of tables at a moment when they stood still."""

import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import Any

from hopsdrill.adapters.sessions import Sessions
from hopsdrill.adapters.sql import Sql, name
from hopsdrill.proof.key import Key
from hopsdrill.proof.rondb.digest import EMPTY, Digest, Range, digest, exact, hash_values, ranges, row_hash
from hopsdrill.proof.rondb.tables import BINARY, WRITTEN, Column, Table, definition


RANGE_ROWS = 20_000  # rows whose digest is computed by one statement; a difference is then looked for in one range
KEPT_ROWS = 100_000  # rows of a table kept whole, so that a difference can be shown with its old value
HASHED_ROWS = 5_000_000  # rows of a table of which at least the hash is kept, so that a differing row can be named

Values = tuple[str | None, ...]


@dataclass(frozen=True)
class Part:
    """A range of a table.

    Attributes:
        packed: readable values by readable key, or hashes by it where the table is too large to be kept; None: neither is.
        whole: values are kept, not hashes.
    """

    digest: Digest
    packed: bytes | None = None
    whole: bool = True

    @property
    def rows(self) -> dict[Values, Values]:
        """What is kept of each row, by its key."""
        found = json.loads(zlib.decompress(self.packed)) if self.packed else []
        return {tuple(key): tuple(values) for key, values in found}


@dataclass(frozen=True)
class TablePrint:
    """One table: ``clauses`` are its definition, ``parts`` cover all its rows, in order."""

    table: Table
    clauses: frozenset[str]
    parts: dict[Range, Part]

    @property
    def digest(self) -> Digest:
        """The digest of all rows."""
        return reduce(add, (part.digest for part in self.parts.values()), EMPTY)


Fingerprint = dict[str, TablePrint]  # by database.table


def take(sql: Sql, tables: Sequence[Table], key: Key, *, keep_rows: bool = True) -> Fingerprint:
    """Take the fingerprint of tables that nobody writes to meanwhile.

    Args:
        sql: a session that may read everything; more of its kind are opened where a table has many ranges.
        tables: which.
        key: the run's key.
        keep_rows: also keep what is needed to name rows with their old values; not needed for comparing only.
    """
    with Sessions(sql) as sessions:
        return {table.title: _print(sql, sessions, table, key, keep_rows=keep_rows) for table in tables}


def _print(sql: Sql, sessions: Sessions, table: Table, key: Key, *, keep_rows: bool) -> TablePrint:
    cut = ranges(sql, table, RANGE_ROWS)
    parts = {part: Part(each) for part, each in sessions.map(lambda own, at: digest(own, table, key, at), cut)}
    count = sum(each.digest.count for each in parts.values())
    if keep_rows and count <= HASHED_ROWS:
        whole = count <= KEPT_ROWS
        parts = {
            at: Part(each.digest, pack(kept(sql, table, key, at, whole=whole)), whole) for at, each in parts.items()
        }
    return TablePrint(table, definition(sql, table), parts)


def pack(rows: dict[Values, Values]) -> bytes:
    """Rows in the form in which they are kept."""
    return zlib.compress(json.dumps(list(rows.items())).encode(), 1)


def kept(sql: Sql, table: Table, key: Key, part: Range, *, whole: bool) -> dict[Values, Values]:
    """Read what is kept of a range's rows, by key, in a form people can read: all values, or the hash."""
    condition, values = part.where(table)
    keys = [_readable(column) for column in table.key]
    told = [_readable(column) for column in table.columns] if whole else [f"LOWER(HEX({row_hash(table)}))"]
    found = sql.query(
        f"SELECT {', '.join([*keys, *told])} FROM {table.quoted} WHERE {condition}",  # noqa: S608 - names are quoted
        [*([] if whole else hash_values(table, key)), *values],
    )
    width = len(keys)
    return {tuple(row[:width]): tuple(row[width:]) for row in found}


def _readable(column: Column) -> str:
    if column.type in BINARY:
        return f"HEX({name(column.name)})"
    return name(column.name) if column.type in WRITTEN else f"CAST({exact(column)} AS CHAR)"


def totals(fingerprint: Fingerprint) -> dict[str, str]:
    """Count and digest of each table, as evidence."""
    return {title: str(each.digest) for title, each in fingerprint.items()}


def equal(one: Fingerprint, other: Fingerprint) -> bool:
    """Whether two fingerprints are of the same state; their ranges may differ."""
    return _essence(one) == _essence(other)


def _essence(fingerprint: Fingerprint) -> dict[str, Any]:
    return {title: (each.clauses, each.digest) for title, each in fingerprint.items()}
