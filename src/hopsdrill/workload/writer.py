"""The writer: numbered rows, one commit each, on the fastest beat there is."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime

from hopsdrill.adapters.sql import Sql, name
from hopsdrill.core.bracket import Offset, measure
from hopsdrill.core.errors import ConnectionLost, OperationError
from hopsdrill.workload.beat import Beat, Bound, Put


DATABASE = "hopsdrill"
WRITES, DRAWN = (DATABASE, "writes"), (DATABASE, "challenge")
TABLE, CHALLENGE = name(*WRITES), name(*DRAWN)
# nearly three hours at 20 a second
BOUND = Bound(200_000, "lower data.writes_per_second in the plan")
MICROSECOND = 1e-6


def payload(token: str, number: int) -> str:
    """The row's content, which follows from its number: a row that came back with another one was not ours."""
    return hashlib.sha256(f"{token}/{number}".encode()).hexdigest()[:32]


class Writer(Beat):
    """Writes rows until it is stopped, or the database goes away.

    Args:
        connect: opens a session of the writer's own.
        rate: commits a second, at most.
        token: makes the rows this run's own.
    """

    def __init__(self, connect: Callable[[], Sql], rate: float, token: str) -> None:
        super().__init__("writer", 1 / rate, self._writing, BOUND)
        self._connect, self.token = connect, token

    def start(self) -> None:
        """Make the table anew and begin; returns once a row is acknowledged.

        Raises:
            OperationError: the database refused.
            DeadlineExceeded: no acknowledgement within a minute.
        """
        with closing(self._connect()) as sql:
            sql.execute(f"CREATE DATABASE IF NOT EXISTS {name(DATABASE)}")
            sql.execute(f"DROP TABLE IF EXISTS {TABLE}")
            sql.execute(f"CREATE TABLE {TABLE} (number BIGINT NOT NULL PRIMARY KEY, payload CHAR(32) NOT NULL)")
        super().start()

    @contextmanager
    def _writing(self) -> Iterator[Put]:
        with closing(self._connect()) as sql:
            yield lambda number, _: self._insert(sql, number)

    def _insert(self, sql: Sql, number: int) -> None:
        sql.execute(f"INSERT INTO {TABLE} VALUES (%s, %s)", [number, payload(self.token, number)])  # noqa: S608 - names are quoted


def survivors(sql: Sql, token: str) -> tuple[set[int], list[str]]:
    """Numbers that are in the table, and what is wrong with their content."""
    found = sql.query(f"SELECT number, payload FROM {TABLE} ORDER BY number")  # noqa: S608 - names are quoted
    wrong = [
        f"{DATABASE}.writes[{n}]: its content is not what was written" for n, text in found if text != payload(token, n)
    ]
    return {int(n) for n, _ in found}, wrong


def set_challenge(sql: Sql, value: str) -> None:
    """Store the drill's own random value."""
    sql.execute(f"CREATE DATABASE IF NOT EXISTS {name(DATABASE)}")
    sql.execute(f"CREATE TABLE IF NOT EXISTS {CHALLENGE} (id INT NOT NULL PRIMARY KEY, value CHAR(64) NOT NULL)")
    sql.execute(f"REPLACE INTO {CHALLENGE} VALUES (1, %s)", [value])  # noqa: S608


def read_challenge(sql: Sql) -> str | None:
    """The stored value, None when there is none."""
    try:
        found = sql.query(f"SELECT value FROM {CHALLENGE} WHERE id = 1")  # noqa: S608 - names are quoted
    except ConnectionLost:
        raise
    except OperationError:
        return None  # no such table: nothing survived
    return str(found[0][0]) if found else None


def clock_offset(sql: Sql) -> Offset:
    """Measure the server's clock against ours."""

    def read() -> datetime:
        told = sql.query("SELECT SYSDATE(6)")[0][0]
        moment = told if isinstance(told, datetime) else datetime.fromisoformat(str(told))
        return moment.replace(tzinfo=UTC)

    return measure(read, MICROSECOND)
