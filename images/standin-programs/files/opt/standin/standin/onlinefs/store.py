"""One batch of changes into the database, in one transaction; writing it again changes nothing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import pymysql
from pymysql.converters import encoders

from standin.db import Session, connect, name
from standin.onlinefs.message import Change, RefusedMessageError, Value
from standin.say import StandinError


# The row is at fault, and no repetition helps: bad null, foreign keys, out of range, truncated, bad value, no default, check.
ROW_CODES = frozenset({1048, 1216, 1217, 1264, 1265, 1292, 1364, 1366, 1406, 1451, 1452, 4025})
COLUMNS = (
    "SELECT c.COLUMN_NAME, k.COLUMN_NAME IS NOT NULL FROM information_schema.COLUMNS c"
    " LEFT JOIN information_schema.STATISTICS k ON k.TABLE_SCHEMA = c.TABLE_SCHEMA AND k.TABLE_NAME = c.TABLE_NAME"
    " AND k.COLUMN_NAME = c.COLUMN_NAME AND k.INDEX_NAME = 'PRIMARY'"
    " WHERE c.TABLE_SCHEMA = %s AND c.TABLE_NAME = %s AND c.IS_GENERATED = 'NEVER' ORDER BY c.ORDINAL_POSITION"
)


@dataclass(frozen=True)
class Shape:
    """A table's columns, and those of its primary key; both empty when there is no such table."""

    columns: tuple[str, ...]
    key: tuple[str, ...]


@dataclass(frozen=True)
class Statement:
    """Changes of one table, alike in operation and columns, as one statement."""

    sql: str
    values: list[Value]


def open_session() -> Session:
    """A session whose parameters may be of any type of Python's.

    Raises:
        StandinError: the server refused or did not answer.
    """
    session = connect()
    session.encoders = dict(encoders)  # ours are made without any converter, because others read texts only
    return session


def fit(change: Change, shape: Shape) -> Change:
    """The change with only the columns that exist.

    Raises:
        RefusedMessageError: there is no such table, it has no primary key, or the row does not say it.
    """
    where = f"{change.database}.{change.table}"
    if not shape.key:
        message = f"{where} has no primary key" if shape.columns else f"there is no table {where}"
        raise RefusedMessageError(message)
    lacking = [column for column in shape.key if change.row.get(column) is None]
    if lacking:
        message = f"no value for {', '.join(lacking)}, of the primary key of {where}"
        raise RefusedMessageError(message)
    wanted = shape.key if change.op == "delete" else shape.columns
    return Change(change.database, change.table, change.op, {c: change.row[c] for c in wanted if c in change.row})


def statement(changes: Sequence[Change], key: Sequence[str]) -> Statement:
    """Changes that are alike as one statement; names are quoted, values are parameters."""
    first = changes[0]
    table, columns = _quoted(first.database, first.table), list(first.row)
    values = [value for change in changes for value in change.row.values()]
    tuples = ", ".join([f"({', '.join(['%s'] * len(columns))})"] * len(changes))
    listed = ", ".join(_quoted(column) for column in columns)
    if first.op == "delete":
        return Statement(f"DELETE FROM {table} WHERE ({listed}) IN ({tuples})", values)
    updated = [column for column in columns if column not in key] or list(key)
    sets = ", ".join(f"{_quoted(column)} = VALUES({_quoted(column)})" for column in updated)
    return Statement(f"INSERT INTO {table} ({listed}) VALUES {tuples} ON DUPLICATE KEY UPDATE {sets}", values)


def _quoted(*parts: str) -> str:
    return name(*parts).replace("%", "%%")  # the driver fills in %s


def runs(changes: Sequence[Change]) -> Iterator[list[Change]]:
    """Neighbours that fit into one statement; the order of changes is never altered."""
    for _, group in groupby(changes, key=lambda each: (each.database, each.table, each.op, tuple(each.row))):
        yield list(group)


class Shapes:
    """Shapes of tables, read once per batch: a table may be made, altered or restored at any time."""

    def __init__(self, session: Session) -> None:
        self._session, self._known = session, dict[tuple[str, str], Shape]()

    def of(self, change: Change) -> Shape:
        """The shape of a change's table."""
        where = (change.database, change.table)
        if where not in self._known:
            with self._session.cursor() as cursor:
                cursor.execute(COLUMNS, where)
                found = cursor.fetchall()
            columns, key = tuple(row[0] for row in found), tuple(row[0] for row in found if row[1] == "1")
            self._known[where] = Shape(columns, key)
        return self._known[where]


def write(session: Session, changes: Sequence[Change]) -> dict[int, str]:
    """Write a batch in one transaction; gives the reason for each change (by its place) that can never be written.

    Raises:
        StandinError: the database could not take it now; nothing of it is written.
    """
    try:
        return _write(session, changes)
    except (pymysql.MySQLError, OSError) as error:
        message = f"the online store did not take {len(changes)} changes: {error}"
        raise StandinError(message) from error


def _write(session: Session, changes: Sequence[Change]) -> dict[int, str]:
    shapes, refused, fitting = Shapes(session), dict[int, str](), dict[int, Change]()
    for place, change in enumerate(changes):
        try:
            fitting[place] = fit(change, shapes.of(change))
        except RefusedMessageError as error:
            refused[place] = str(error)
    try:
        session.begin()
        for run in runs(list(fitting.values())):
            _execute(session, run, shapes)
        session.commit()
    except pymysql.MySQLError as error:
        session.rollback()
        if not is_rows_fault(error):
            raise
        refused |= _write_singly(session, fitting, shapes)
    return refused


def _write_singly(session: Session, changes: dict[int, Change], shapes: Shapes) -> dict[int, str]:
    refused = dict[int, str]()
    session.begin()
    for place, change in changes.items():
        session.query("SAVEPOINT one")
        try:
            _execute(session, [change], shapes)
        except pymysql.MySQLError as error:
            if not is_rows_fault(error):
                session.rollback()
                raise
            session.query("ROLLBACK TO SAVEPOINT one")
            refused[place] = str(error)
    session.commit()
    return refused


def _execute(session: Session, run: list[Change], shapes: Shapes) -> None:
    made = statement(run, shapes.of(run[0]).key)
    with session.cursor() as cursor:
        cursor.execute(made.sql, made.values)


def is_rows_fault(error: pymysql.MySQLError) -> bool:
    """Whether an error will come again however often the row is written.

    A table that went or changed after its shape was read is not meant: the next attempt reads the shape anew.
    """
    code = error.args[0] if error.args else 0
    return isinstance(error, pymysql.err.DataError | pymysql.err.IntegrityError) or code in ROW_CODES
