"""Which tables there are, what columns they have, and how they are defined."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from hopsdrill.adapters.sql import Sql, name, text


BINARY = frozenset({"binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob", "geometry"})
WRITTEN = frozenset({"char", "varchar", "tinytext", "text", "mediumtext", "longtext", "enum", "set", "json"})
# types by whose values a table can be cut into ranges: they are sorted as they are compared, and a driver gives them back exactly
ORDERED = frozenset(
    {
        *("tinyint", "smallint", "mediumint", "int", "bigint", "decimal"),
        *("char", "varchar", "binary", "varbinary", "date", "datetime", "timestamp"),
    }
)
COUNTER = re.compile(r" AUTO_INCREMENT=\d+")  # the next number to give out, which a restore may round up


@dataclass(frozen=True)
class Column:
    """A column and its type as information_schema names it, in lower case."""

    name: str
    type: str


@dataclass(frozen=True)
class Rows:
    """Rows that a condition is true of; ``values`` stand for its ``%s``."""

    condition: str
    values: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Table:
    """A base table.

    Attributes:
        key: its primary key, or all its columns when it has none.
        without: rows that are left out, because somebody owns and proves them otherwise.
    """

    database: str
    name: str
    columns: tuple[Column, ...]
    key: tuple[Column, ...]
    without: Rows | None = field(default=None, compare=False)

    @property
    def cut_by(self) -> Column | None:
        """The column by which its rows are cut into ranges; None when it stays whole."""
        return self.key[0] if self.key[0].type in ORDERED else None

    @property
    def title(self) -> str:
        """``database.table``."""
        return f"{self.database}.{self.name}"

    @property
    def quoted(self) -> str:
        """The same, for SQL."""
        return name(self.database, self.name)


def read_tables(sql: Sql, excluded: Collection[str], without: Mapping[str, Rows] | None = None) -> list[Table]:
    """Read all base tables but those of the excluded databases, sorted by name; ``without`` is by ``database.table``."""
    where = f"TABLE_SCHEMA NOT IN ({', '.join(text(each) for each in sorted({*excluded, ''}))})"
    names = sql.query(
        "SELECT TABLE_SCHEMA, TABLE_NAME FROM information_schema.TABLES "  # noqa: S608 - quoted above
        f"WHERE TABLE_TYPE = 'BASE TABLE' AND {where} ORDER BY TABLE_SCHEMA, TABLE_NAME"
    )
    columns = _grouped(
        sql.query(
            "SELECT TABLE_SCHEMA, TABLE_NAME, COLUMN_NAME, DATA_TYPE FROM information_schema.COLUMNS "  # noqa: S608
            f"WHERE {where} ORDER BY TABLE_SCHEMA, TABLE_NAME, ORDINAL_POSITION"
        )
    )
    keys = _grouped(
        sql.query(
            "SELECT TABLE_SCHEMA, TABLE_NAME, COLUMN_NAME, '' FROM information_schema.STATISTICS "  # noqa: S608
            f"WHERE INDEX_NAME = 'PRIMARY' AND {where} ORDER BY TABLE_SCHEMA, TABLE_NAME, SEQ_IN_INDEX"
        )
    )
    found = [
        _table(database, table, columns[database, table], keys.get((database, table), [])) for database, table in names
    ]
    return [replace(each, without=(without or {}).get(each.title)) for each in found]


def _grouped(rows: Iterable[tuple[str, ...]]) -> dict[tuple[str, str], list[Column]]:
    found: dict[tuple[str, str], list[Column]] = {}
    for database, table, column, kind in rows:
        found.setdefault((database, table), []).append(Column(column, kind.lower()))
    return found


def _table(database: str, table: str, columns: list[Column], key: list[Column]) -> Table:
    kinds = {column.name: column for column in columns}
    chosen = [kinds[column.name] for column in key] or columns
    return Table(database, table, tuple(columns), tuple(chosen))


def definition(sql: Sql, table: Table) -> frozenset[str]:
    """The clauses of a table's definition: columns, indexes, foreign keys, options.

    A set, because a restore adds indexes and foreign keys last and so may list them in another order.
    """
    statement: str = sql.query(f"SHOW CREATE TABLE {table.quoted}")[0][1]
    _, *lines = COUNTER.sub("", statement).splitlines()
    return frozenset(line.strip().rstrip(",") for line in lines)
