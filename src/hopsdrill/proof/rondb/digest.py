"""What a table's rows add up to, computed by the database under the run's key.

A row's hash is the first 64 bits of a SHA-256 over a key of the table's own and all its columns. Hashes are added up, which does
not care about order and counts equal rows; digests of disjoint ranges of keys add up to the digest of the whole. Two states are
taken for equal though they differ with a chance of 1 in 2^64. Only functions are used that MySQL (and so RonDB) and MariaDB share.

The hash stands but once in a statement: a server evaluates an expression anew for every place in which it stands.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from hopsdrill.adapters.sql import Sql, name
from hopsdrill.core.errors import OperationError
from hopsdrill.proof.key import Key
from hopsdrill.proof.rondb.tables import Column, Table
from hopsdrill.proof.sums import DIGITS, EMPTY, Digest


__all__ = ["EMPTY", "Digest", "Range", "digest", "ranges"]

UNHASHED = 10**29  # stands for a row that cannot be hashed; more than the hashes of 2^32 rows add up to
# types whose text holds neither a comma nor a tilde; all others are encoded as hexadecimal digits
PLAIN = frozenset(
    {
        *("tinyint", "smallint", "mediumint", "int", "bigint", "decimal", "float", "double", "bit"),
        *("date", "datetime", "timestamp", "time", "year"),
    }
)
# types that HEX reads as the bytes they are
BYTES = frozenset(
    {
        *("char", "varchar", "tinytext", "text", "mediumtext", "longtext"),
        *("binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob"),
    }
)


@dataclass(frozen=True)
class Range:
    """Rows whose first key column is at least ``start`` and below ``end``; None leaves a side open. NULL is below everything."""

    start: Any = None
    end: Any = None

    def where(self, table: Table) -> tuple[str, list[Any]]:
        """The condition, and the values it takes; rows that the table is read without are not among them."""
        column, conditions, values = name(table.key[0].name), list[str](), list[Any]()
        if self.start is not None:
            conditions, values = [f"{column} >= %s"], [self.start]
        if self.end is not None:
            below = f"{column} < %s"
            conditions.append(below if self.start is not None else f"({below} OR {column} IS NULL)")
            values.append(self.end)
        if table.without is not None:
            conditions.append(f"({table.without.condition}) IS NOT TRUE")
            values += table.without.values
        return " AND ".join(conditions) or "TRUE", values


def exact(column: Column) -> str:
    """SQL for a column's value without loss: servers print a FLOAT with six digits, as DOUBLE with all it has."""
    forms = {"float": "CAST({} AS DOUBLE)", "bit": "({} + 0)"}
    return forms.get(column.type, "{}").format(name(column.name))


def row_hash(table: Table) -> str:
    """SQL for a row's hash, a number of 64 bits, NULL where the server gives up; takes ``hash_values``.

    No two rows look alike: neither the hexadecimal digits, nor numbers, nor times, nor ``~`` for NULL hold the commas between them.
    """
    encoded = ", ',', ".join(_encoded(column) for column in table.columns)
    return f"CAST(CONV(LEFT(SHA2(CONCAT(%s, {encoded}), 256), {DIGITS}), 16, 10) AS UNSIGNED)"


def _encoded(column: Column) -> str:
    quoted = name(column.name)
    if column.type in PLAIN:
        return f"IFNULL({exact(column)}, '~')"
    # not IFNULL: it would turn a value that is too large to be encoded into an absent one
    form = quoted if column.type in BYTES else f"CAST({quoted} AS BINARY)"
    return f"IF({quoted} IS NULL, '~', HEX({form}))"


def hash_values(table: Table, key: Key) -> list[str]:
    """The values ``row_hash`` takes: the table's own key, of one length for all tables."""
    return [key.digest(table.title)[: 2 * DIGITS]]


def digest(sql: Sql, table: Table, key: Key, part: Range) -> Digest:
    """Compute the digest of a range of a table's rows.

    Raises:
        OperationError: the database refused, or could not hash a row (a value beyond max_allowed_packet).
    """
    condition, values = part.where(table)
    answer = sql.query(
        f"SELECT COUNT(*), SUM(IFNULL({row_hash(table)}, {UNHASHED})) FROM {table.quoted} WHERE {condition}",  # noqa: S608 - names are quoted
        [*hash_values(table, key), *values],
    )
    count, total = int(answer[0][0]), int(answer[0][1] or 0)
    if unhashed := total // UNHASHED:
        msg = f"{table.title}: {unhashed} rows are too large to be hashed by the database."
        raise OperationError(msg, hint="raise max_allowed_packet for the session")
    return Digest(count, total)


def ranges(sql: Sql, table: Table, size: int) -> Iterator[Range]:
    """Cut a table by its first key column into ranges of about ``size`` rows, one after the other; they cover all keys there could be.

    Each bound is found by the comparison that the ranges' conditions use, so that no row is in two of them and none in no one.
    """
    start, column = None, table.cut_by
    while column is not None:
        quoted = name(column.name)
        condition, values, skipped = f"{quoted} > %s", [start], size - 1
        if start is None:
            condition, values, skipped = f"{quoted} IS NOT NULL", [], size
        found = sql.query(
            f"SELECT {quoted} FROM {table.quoted} WHERE {condition} ORDER BY {quoted} LIMIT 1 OFFSET {skipped}",  # noqa: S608
            values,
        )
        if not found:
            break
        yield Range(start, found[0][0])
        start = found[0][0]
    yield Range(start)
