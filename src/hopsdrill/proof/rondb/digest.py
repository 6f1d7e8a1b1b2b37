"""What a table's rows add up to, computed by the database under the run's key.

A row's hash covers the table's name, the primary key and all columns. Hashes are combined by sum and by exclusive or,
both of which do not care about order, and are counted: a pair of equal rows vanishes from an exclusive or, not from a
sum. Digests of disjoint ranges of keys merge into the digest of the whole.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from hopsdrill.adapters.sql import Sql, name
from hopsdrill.core.errors import OperationError
from hopsdrill.proof.key import Key
from hopsdrill.proof.rondb.tables import Column, Table


WORDS = 4  # a SHA-256 as four numbers of 64 bits
MODULUS = 1 << 64


@dataclass(frozen=True)
class Digest:
    """Count, sums and exclusive ors of the rows' hashes, each in four words."""

    count: int
    sums: tuple[int, ...]
    xors: tuple[int, ...]

    def __add__(self, other: "Digest") -> "Digest":
        sums = tuple((a + b) % MODULUS for a, b in zip(self.sums, other.sums, strict=True))
        xors = tuple(a ^ b for a, b in zip(self.xors, other.xors, strict=True))
        return Digest(self.count + other.count, sums, xors)

    def __str__(self) -> str:
        words = ".".join(f"{word:016x}" for word in (*self.sums, *self.xors))
        return f"{self.count} rows, {hashlib.sha256(words.encode()).hexdigest()[:16]}"


EMPTY = Digest(0, (0,) * WORDS, (0,) * WORDS)


@dataclass(frozen=True)
class Range:
    """Rows whose first key column is at least ``start`` and below ``end``; None leaves a side open."""

    start: Any = None
    end: Any = None

    def where(self, table: Table) -> tuple[str, list[Any]]:
        """The condition, and the values it takes."""
        column = name(table.key[0].name)
        sides = [(f"{column} >= %s", self.start), (f"{column} < %s", self.end)]
        kept = [(condition, value) for condition, value in sides if value is not None]
        return " AND ".join(condition for condition, _ in kept) or "TRUE", [value for _, value in kept]


def exact(column: Column) -> str:
    """SQL for a column's value without loss: servers print a FLOAT with six digits, as DOUBLE with all it has."""
    forms = {"float": "CAST({} AS DOUBLE)", "bit": "({} + 0)"}
    return forms.get(column.type, "{}").format(name(column.name))


def row_hash(table: Table) -> str:
    """SQL for a row's hash; takes ``hash_values``.

    Hexadecimal digits and ``~`` for NULL cannot be confused with the commas between them, so no two rows look alike.
    """
    values = [(name(column.name), exact(column)) for column in [*table.key, *table.columns]]
    # not IFNULL and CONCAT_WS: they would turn a value that is too large to be encoded into an absent one
    encoded = ", ',', ".join(f"IF({column} IS NULL, '~', HEX(CAST({form} AS BINARY)))" for column, form in values)
    return f"SHA2(CONCAT(%s, SHA2(CONCAT(%s, ',', %s, ',', {encoded}), 256)), 256)"


def hash_values(table: Table, key: Key) -> list[str]:
    """The values ``row_hash`` takes."""
    return [key.text, key.text, table.title]


def digest(sql: Sql, table: Table, key: Key, part: Range) -> Digest:
    """Compute the digest of a range of a table's rows.

    Raises:
        OperationError: the database refused, or could not hash a row (a value beyond max_allowed_packet).
    """
    words = [f"CAST(CONV(SUBSTR(h, {16 * i + 1}, 16), 16, 10) AS UNSIGNED)" for i in range(WORDS)]
    combined = ", ".join([*(f"SUM({word})" for word in words), *(f"BIT_XOR({word})" for word in words)])
    condition, values = part.where(table)
    rows = f"SELECT {row_hash(table)} AS h FROM {table.quoted} WHERE {condition}"  # noqa: S608 - names are quoted
    answer = sql.query(
        f"SELECT COUNT(*), SUM(h IS NULL), {combined} FROM ({rows}) AS hashed",  # noqa: S608
        [*hash_values(table, key), *values],
    )
    count, unhashed, *numbers = answer[0]
    if unhashed:
        msg = f"{table.title}: {unhashed} rows are too large to be hashed by the database."
        raise OperationError(msg, hint="raise max_allowed_packet for the session")
    whole = [int(number or 0) for number in numbers]
    return Digest(count, tuple(word % MODULUS for word in whole[:WORDS]), tuple(whole[WORDS:]))


def ranges(sql: Sql, table: Table, size: int) -> tuple[Range, ...]:
    """Split a table by its first key column into ranges of about ``size`` rows; they cover all keys there could be."""
    column = name(table.key[0].name)
    inner = f"SELECT {column} AS k, ROW_NUMBER() OVER (ORDER BY {column}) AS n FROM {table.quoted}"  # noqa: S608
    found = sql.query(f"SELECT k FROM ({inner}) AS t WHERE n > 1 AND MOD(n - 1, %s) = 0 ORDER BY n", [size])  # noqa: S608
    bounds: Sequence[Any] = [None, *dict.fromkeys(row[0] for row in found if row[0] is not None), None]
    return tuple(Range(start, end) for start, end in pairwise(bounds))
