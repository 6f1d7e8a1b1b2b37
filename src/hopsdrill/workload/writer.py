"""The writer: numbered rows, one commit each, every acknowledgement noted with its time; it is never paused."""

import hashlib
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from hopsdrill.adapters.sql import Sql, name
from hopsdrill.core.clock import now
from hopsdrill.core.errors import ConnectionLost, DrillError, OperationError
from hopsdrill.core.wait import wait_for


DATABASE = "hopsdrill"
WRITES, DRAWN = (DATABASE, "writes"), (DATABASE, "challenge")
TABLE, CHALLENGE = name(*WRITES), name(*DRAWN)
MOST = 200_000  # writes kept in memory: nearly three hours at 20 a second
SESSIONS = 5  # a lost session is opened again, but not for ever
JOIN = 70.0  # a little more than one statement may take


@dataclass(frozen=True)
class Write:
    """One numbered row; times are this machine's UTC. ``acked`` absent: it is unknown whether it took effect."""

    number: int
    sent: datetime
    acked: datetime | None


@dataclass(frozen=True)
class Offset:
    """The server's clock less this machine's, in seconds, with half the round trip as its error."""

    seconds: float
    error: float


def payload(token: str, number: int) -> str:
    """The row's content, which follows from its number: a row that came back with another one was not ours."""
    return hashlib.sha256(f"{token}/{number}".encode()).hexdigest()[:32]


class Writer:
    """Writes until it is stopped, or the database goes away.

    Args:
        connect: opens a session of the writer's own.
        rate: commits a second, at most.
        token: makes the rows this run's own.
    """

    def __init__(self, connect: Callable[[], Sql], rate: float, token: str) -> None:
        self._connect, self._pause, self.token = connect, 1 / rate, token
        self._stop, self._thread = threading.Event(), threading.Thread(target=self._run, name="writer", daemon=True)
        self.writes: list[Write] = []
        self.failure = ""

    def start(self) -> None:
        """Make the table anew and begin; returns once a row is acknowledged.

        Raises:
            OperationError: the database refused.
            DeadlineExceeded: no acknowledgement within half a minute.
        """
        sql = self._connect()
        try:
            sql.execute(f"CREATE DATABASE IF NOT EXISTS {name(DATABASE)}")
            sql.execute(f"DROP TABLE IF EXISTS {TABLE}")
            sql.execute(f"CREATE TABLE {TABLE} (number BIGINT NOT NULL PRIMARY KEY, payload CHAR(32) NOT NULL)")
        finally:
            sql.close()
        self._thread.start()
        wait_for(
            lambda: (self.acknowledged, self.failure),
            what="the writer's first acknowledgement",
            until=lambda seen: seen[0] > 0,
            broken=lambda seen: seen[1] or None,
            deadline=30,
        )

    @property
    def acknowledged(self) -> int:
        """How many writes were acknowledged so far."""
        return sum(write.acked is not None for write in self.writes)

    def stop(self) -> tuple[Write, ...]:
        """End after the write under way; gives all writes.

        Raises:
            OperationError: the writer had ended by itself before.
        """
        broke = self.failure
        self._stop.set()
        self._thread.join(timeout=JOIN)
        if broke or self._thread.is_alive():
            msg = f"The writer did not write until the disaster: {broke or 'it does not stop'}"
            raise OperationError(msg)
        return tuple(self.writes)

    def end(self) -> None:
        """Stop without judging; for teardown."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(timeout=JOIN)

    def _run(self) -> None:
        try:
            for _ in range(SESSIONS):
                if self._stop.is_set():
                    return
                self._session()
            self.failure = f"its session was lost {SESSIONS} times"
        except DrillError as error:
            self.failure = error.message
        except Exception as error:  # noqa: BLE001 - a thread's error would be lost: it is kept, and ends the scenario
            self.failure = f"{type(error).__name__}: {error}"

    def _session(self) -> None:
        """Write until stopped, or until the session is lost: that write's outcome is unknown, and it goes on with the next."""
        sql = self._connect()
        try:
            while not self._stop.wait(self._pause):
                self._write(sql, len(self.writes) + 1)
        except ConnectionLost:
            pass  # noted in the list of writes
        finally:
            sql.close()

    def _write(self, sql: Sql, number: int) -> None:
        if number > MOST:
            msg = f"The writer reached its bound of {MOST} rows."
            raise OperationError(msg, hint="lower data.writes_per_second in the plan")
        sent = now().utc
        try:
            sql.execute(f"INSERT INTO {TABLE} VALUES (%s, %s)", [number, payload(self.token, number)])  # noqa: S608
        except ConnectionLost:
            self.writes.append(Write(number, sent, None))
            raise
        self.writes.append(Write(number, sent, now().utc))


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
    """Measure the server's clock against ours: the best of five round trips."""
    best = Offset(0.0, float("inf"))
    for _ in range(5):
        start = now()
        text = sql.query("SELECT SYSDATE(6)")[0][0]
        half = (now().mono - start.mono) / 2
        server = text if isinstance(text, datetime) else datetime.fromisoformat(str(text))
        middle = start.utc.replace(tzinfo=None) + timedelta(seconds=half)
        if half < best.error:
            best = Offset((server - middle).total_seconds(), half)
    return best
