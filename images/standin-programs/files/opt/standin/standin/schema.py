"""The shape of the data: which databases and tables there are, and how to make them in RonDB's order.

A restore first makes tables without secondary indexes and foreign keys, then loads rows, then adds both.
"""

import re
from dataclasses import asdict, dataclass, field
from typing import Any

from standin.db import SYSTEM_DATABASES, Session, name, rows, text
from standin.say import StandinError


BINARY = {"binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob"} | {
    "geometry", "point", "linestring", "polygon", "multipoint", "multilinestring", "multipolygon", "geometrycollection",
}  # fmt: skip
NUMBER = {"tinyint", "smallint", "mediumint", "int", "bigint", "decimal", "double", "year"}
INDEX = re.compile(r"  (UNIQUE |FULLTEXT |SPATIAL )?KEY ")
FOREIGN_KEY = re.compile(r"  CONSTRAINT `(?:[^`]|``)+` FOREIGN KEY ")
AUTO_INCREMENT = re.compile(r"  (`(?:[^`]|``)+`) .*\bAUTO_INCREMENT\b")


@dataclass(frozen=True)
class Table:
    """One base table.

    Attributes:
        columns: name and kind (``binary``, ``bit``, ``float``, ``number`` or ``text``) of every stored column.
        key: columns of the primary key; empty when there is none.
        create: statement that makes it bare.
        indexes: clauses for ALTER TABLE.
        foreign_keys: likewise.
    """

    database: str
    name: str
    columns: list[tuple[str, str]]
    key: list[str]
    create: str
    indexes: list[str]
    foreign_keys: list[str]


@dataclass(frozen=True)
class Schema:
    """All databases (name to CREATE statement) and base tables of users."""

    databases: dict[str, str] = field(default_factory=dict)
    tables: list[Table] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """The form kept in control files."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Schema":
        """The inverse of ``to_json``."""
        tables = [Table(**{**item, "columns": [tuple(pair) for pair in item["columns"]]}) for item in data["tables"]]
        return cls(dict(data["databases"]), tables)

    def without(self, databases: set[str]) -> "Schema":
        """The same, less some databases."""
        kept = {key: value for key, value in self.databases.items() if key not in databases}
        return Schema(kept, [table for table in self.tables if table.database not in databases])


def kind(data_type: str) -> str:
    """How a column's values have to be written down."""
    if data_type in BINARY:
        return "binary"
    if data_type in ("bit", "float"):
        return data_type
    return "number" if data_type in NUMBER else "text"


def split_create(statement: str) -> tuple[str, list[str], list[str]]:
    """Split SHOW CREATE TABLE into the bare table, its index clauses and its foreign key clauses.

    An index that serves an AUTO_INCREMENT column stays: the server refuses such a column without one.
    """
    first, *body = statement.splitlines()
    end = next(number for number, line in enumerate(body) if line.startswith(")"))
    lines = [line.rstrip(",") for line in body[:end]]
    serial = [found[1] for line in lines if (found := AUTO_INCREMENT.match(line))]
    indexes = [line for line in lines if INDEX.match(line) and not any(f"({column}" in line for column in serial)]
    foreign = [line for line in lines if FOREIGN_KEY.match(line)]
    kept = [line for line in lines if line not in {*indexes, *foreign}]
    bare = "\n".join([first, ",\n".join(kept), *body[end:]])
    return bare, [line.strip() for line in indexes], [line.strip() for line in foreign]


def read_schema(session: Session) -> Schema:
    """Read the shape of all users' data.

    Raises:
        StandinError: a table is of a kind that a backup would not hold whole.
    """
    names = _table_names(session)
    columns = _grouped(session, _COLUMNS)
    keys = _grouped(session, _KEYS)
    tables = []
    for database, table in names:
        bare, indexes, foreign = split_create(_show(session, "TABLE", database, table))
        shape = [(column, kind(data_type)) for column, data_type in columns[database, table]]
        key = [column for column, _ in keys.get((database, table), [])]
        tables.append(Table(database, table, shape, key, bare, indexes, foreign))
    databases = [row[0] for row in rows(session, "SHOW DATABASES") if row[0] not in SYSTEM_DATABASES]
    return Schema({database: _show(session, "DATABASE", database) for database in sorted(databases)}, tables)


_USERS_ONLY = "TABLE_SCHEMA NOT IN (" + ", ".join(text(each) for each in SYSTEM_DATABASES) + ")"
_COLUMNS = (
    "SELECT TABLE_SCHEMA, TABLE_NAME, COLUMN_NAME, DATA_TYPE FROM information_schema.COLUMNS"
    f" WHERE {_USERS_ONLY} AND IS_GENERATED = 'NEVER' ORDER BY TABLE_SCHEMA, TABLE_NAME, ORDINAL_POSITION"
)
_KEYS = (
    "SELECT TABLE_SCHEMA, TABLE_NAME, COLUMN_NAME, SEQ_IN_INDEX FROM information_schema.STATISTICS"
    f" WHERE {_USERS_ONLY} AND INDEX_NAME = 'PRIMARY' ORDER BY TABLE_SCHEMA, TABLE_NAME, SEQ_IN_INDEX"
)


def _grouped(session: Session, sql: str) -> dict[tuple[str, str], list[tuple[str, str]]]:
    found: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for database, table, first, second in rows(session, sql):
        found.setdefault((database, table), []).append((first, second))
    return found


def _show(session: Session, what: str, *path: str) -> str:
    return str(rows(session, f"SHOW CREATE {what} {name(*path)}")[0][1])


def _table_names(session: Session) -> list[tuple[str, str]]:
    sql = f"SELECT TABLE_SCHEMA, TABLE_NAME, TABLE_TYPE, ENGINE FROM information_schema.TABLES WHERE {_USERS_ONLY}"
    found = rows(session, f"{sql} ORDER BY TABLE_SCHEMA, TABLE_NAME")
    for database, table, table_type, engine in found:
        if table_type == "SYSTEM VERSIONED" or (table_type == "BASE TABLE" and engine != "InnoDB"):
            message = f"{database}.{table} is {table_type}, engine {engine}: a backup would not hold it whole; only plain InnoDB tables are supported"
            raise StandinError(message)
    return [(database, table) for database, table, table_type, _ in found if table_type == "BASE TABLE"]
