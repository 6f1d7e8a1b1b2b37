"""A few sessions with the database, kept open; a lost one is replaced, a deadlock is tried again."""

import time
from collections.abc import Callable
from contextlib import suppress
from queue import Empty, LifoQueue
from threading import BoundedSemaphore
from typing import Any, TypeVar

import pymysql

from standin.hopsfs.errors import RemoteError, UnavailableError
from standin.say import env


T = TypeVar("T")
Cursor = Any
Session = Any  # PyMySQL ships no types in Debian's version

# Every statement sees what is committed, so that what is read under a lock is what is there.
ISOLATION = "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED"
LOCK_WAIT = 10  # seconds
AGAIN = (1205, 1213)  # lock wait timeout, deadlock: the server has rolled back
ATTEMPTS = 5
WAIT = 10.0  # seconds for a free session
FRESH = 1.0  # seconds; a session that was idle for longer is asked whether it lives


def database_name() -> str:
    """The database that holds the metadata."""
    return env("HOPS_DATABASE", "hops")


def where() -> str:
    """The store's name in errors."""
    return f"database {database_name()} on {env('MYSQL_HOST')}:{env('MYSQL_PORT')}"


def open_session(database: str | None) -> Session:
    """Open a session in autocommit."""
    session = pymysql.connect(
        host=env("MYSQL_HOST"),
        port=int(env("MYSQL_PORT")),
        user=env("MYSQL_USER"),
        password=env("MYSQL_PASSWORD"),
        database=database,
        charset="utf8mb4",
        init_command=ISOLATION,
        autocommit=True,
        connect_timeout=5,
        read_timeout=30,
        write_timeout=30,
    )
    with session.cursor() as cursor:
        cursor.execute(f"SET SESSION innodb_lock_wait_timeout = {LOCK_WAIT}")
    return session


class Database:
    """Sessions for a bounded number of threads at once."""

    def __init__(self, sessions: int = 8) -> None:
        self._free = BoundedSemaphore(sessions)
        self._idle: LifoQueue[tuple[float, Session]] = LifoQueue()
        self._sessions = sessions

    def read(self, work: Callable[[Cursor], T]) -> T:
        """Run statements that need no transaction.

        Raises:
            UnavailableError: the database is away or refused.
        """
        return self._repeat(work, transaction=False)

    def write(self, work: Callable[[Cursor], T]) -> T:
        """Run statements in one transaction; they may be run again from the start after a deadlock.

        Raises:
            UnavailableError: the database is away or refused; if that was during the commit, its outcome is unknown.
        """
        return self._repeat(work, transaction=True)

    def _repeat(self, work: Callable[[Cursor], T], *, transaction: bool) -> T:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return self._once(work, transaction=transaction)
            except (pymysql.MySQLError, OSError) as error:
                if attempt == ATTEMPTS or error.args[:1] not in [(code,) for code in AGAIN]:
                    message = f"{where()}: {error}"
                    raise UnavailableError(message) from error
        raise AssertionError

    def _once(self, work: Callable[[Cursor], T], *, transaction: bool) -> T:
        if not self._free.acquire(timeout=WAIT):
            message = f"{where()}: all {self._sessions} sessions were busy for {WAIT:.0f} s; try again"
            raise UnavailableError(message)
        try:
            return self._with_session(work, transaction=transaction)
        finally:
            self._free.release()

    def _with_session(self, work: Callable[[Cursor], T], *, transaction: bool) -> T:
        session = self._take()
        try:
            if transaction:
                session.begin()
            with session.cursor() as cursor:
                found = work(cursor)
            if transaction:
                session.commit()
        except BaseException as error:
            self._put_back(session, usable=isinstance(error, RemoteError))
            raise
        self._idle.put((time.monotonic(), session))
        return found

    def _put_back(self, session: Session, *, usable: bool) -> None:
        """Roll back; after our own refusal the session is good for more, after anything else it is closed."""
        with suppress(pymysql.MySQLError, OSError):
            if usable:
                session.rollback()
                self._idle.put((time.monotonic(), session))
            else:
                session.close()

    def _take(self) -> Session:
        while True:
            try:
                since, session = self._idle.get_nowait()
            except Empty:
                return open_session(database_name())
            if time.monotonic() - since < FRESH:
                return session
            try:
                session.ping(reconnect=False)
            except (pymysql.MySQLError, OSError):
                with suppress(pymysql.MySQLError, OSError):
                    session.close()
            else:
                return session
