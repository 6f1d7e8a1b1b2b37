"""The state of a set of tables at a moment when they stood still."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import Any

from hopsdrill.adapters.sql import Sql, name
from hopsdrill.proof.key import Key
from hopsdrill.proof.rondb.digest import EMPTY, Digest, Range, digest, exact, ranges
from hopsdrill.proof.rondb.tables import BINARY, WRITTEN, Column, Table, definition


RANGE_ROWS = 1_000  # rows whose digest is computed by one statement; a difference is then looked for in one range
KEPT_ROWS = 100_000  # rows of a table kept in memory, so that a difference can be shown with its old value

Values = tuple[str | None, ...]


@dataclass(frozen=True)
class Part:
    """A range of a table: its digest, and readable values by readable key unless the table was too large to keep."""

    digest: Digest
    rows: dict[Values, Values] | None


@dataclass(frozen=True)
class TablePrint:
    """One table: ``clauses`` are its definition, ``parts`` cover all its rows."""

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
        sql: a session that may read everything.
        tables: which.
        key: the run's key.
        keep_rows: also keep what is needed to show old values; not needed for comparing only.
    """
    return {table.title: _print(sql, table, key, keep_rows=keep_rows) for table in tables}


def _print(sql: Sql, table: Table, key: Key, *, keep_rows: bool) -> TablePrint:
    digests = {part: digest(sql, table, key, part) for part in ranges(sql, table, RANGE_ROWS)}
    keep = keep_rows and sum(each.count for each in digests.values()) <= KEPT_ROWS
    parts = {part: Part(each, read_rows(sql, table, part) if keep else None) for part, each in digests.items()}
    return TablePrint(table, definition(sql, table), parts)


def read_rows(sql: Sql, table: Table, part: Range) -> dict[Values, Values]:
    """Read a range of rows in a form people can read: values by primary key."""
    condition, values = part.where(table)
    wanted = ", ".join(_readable(column) for column in [*table.key, *table.columns])
    found = sql.query(f"SELECT {wanted} FROM {table.quoted} WHERE {condition}", values)  # noqa: S608 - names are quoted
    width = len(table.key)
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
