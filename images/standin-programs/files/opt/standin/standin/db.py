"""Sessions with the server, and text that goes into SQL."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pymysql
from pymysql.converters import escape_string

from standin.say import StandinError, env, say


OWN_DATABASE = "standin_engine"
SYSTEM_DATABASES = ("information_schema", "mysql", "performance_schema", "sys", "ndbinfo", OWN_DATABASE)
# Strict, so that nothing is truncated in silence; zeros in auto-increment columns and odd dates stay what they are.
SESSION = (
    "SET SESSION time_zone = '+00:00', sql_mode = 'STRICT_ALL_TABLES,NO_AUTO_VALUE_ON_ZERO,ALLOW_INVALID_DATES',"
    " lock_wait_timeout = 60"
)
PAUSE = 0.25  # seconds between attempts

GONE = (1053, 2002, 2003, 2006, 2013)  # shutting down, not there, lost: the server's and the client's own codes


class GoneError(StandinError):
    """The server is away or went away; it may come back."""


def _failure(message: str, error: Exception) -> StandinError:
    code = error.args[0] if error.args else None
    return GoneError(message) if isinstance(error, OSError) or code in GONE else StandinError(message)


Session = Any  # PyMySQL ships no types in Debian's version


def name(*parts: str) -> str:
    """Quote an identifier: ``name("db", "t")`` is `` `db`.`t` ``."""
    return ".".join("`" + part.replace("`", "``") + "`" for part in parts)


def text(value: str) -> str:
    """Quote a string."""
    return f"'{escape_string(value)}'"


def connect() -> Session:
    """Open a session as the chart's environment says; every value comes back as text, bytes or None.

    Raises:
        StandinError: the server refused or did not answer.
    """
    where = {"host": env("MYSQL_HOST"), "port": int(env("MYSQL_PORT"))}
    try:
        return pymysql.connect(
            **where,
            user=env("MYSQL_USER"),
            password=env("MYSQL_PASSWORD"),
            charset="utf8mb4",
            init_command=SESSION,
            autocommit=True,
            connect_timeout=10,
            conv={},
        )
    except (pymysql.MySQLError, OSError) as error:
        message = f"no session with {where['host']}:{where['port']} as {env('MYSQL_USER')}: {error}"
        raise _failure(message, error) from error


def connect_patiently(deadline: float) -> Session:
    """Open a session, waiting for a server that is still starting.

    Raises:
        StandinError: none within ``deadline`` seconds; the last refusal is in the text.
    """
    end = time.monotonic() + deadline
    while True:
        try:
            return connect()
        except StandinError as error:
            if time.monotonic() > end:
                message = f"waited {deadline:.0f} s for the server; last: {error}"
                raise StandinError(message) from error
            time.sleep(PAUSE)


@contextmanager
def told(what: str) -> Iterator[None]:
    """Turn the server's error inside into ours, saying what was being done.

    Raises:
        StandinError: the server refused something inside the block.
    """
    try:
        yield
    except pymysql.MySQLError as error:
        message = f"{what}: {error}"
        raise _failure(message, error) from error


def rows(session: Session, sql: str) -> list[tuple[Any, ...]]:
    """Run one statement and return all its rows."""
    with session.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


def user_databases(session: Session) -> list[str]:
    """Databases that belong to users, sorted."""
    return sorted(row[0] for row in rows(session, "SHOW DATABASES") if row[0] not in SYSTEM_DATABASES)


def wait_for_server(seconds: float) -> None:
    """Wait until the server lets us in."""
    connect_patiently(seconds).close()
    say(f"the server at {env('MYSQL_HOST')}:{env('MYSQL_PORT')} answers")
