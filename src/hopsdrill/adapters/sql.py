"""The MySQL protocol: one session, its loss told apart from a refusal."""

import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pymysql
from pymysql.constants import CLIENT, CR, ER

from hopsdrill.core.errors import ConnectionLost, OperationError
from hopsdrill.core.redact import REDACTOR


TIMEOUT = 60  # seconds one statement may take before the session counts as lost
LOST = (
    CR.CR_SERVER_GONE_ERROR,
    CR.CR_SERVER_LOST,
    CR.CR_CONN_HOST_ERROR,
    CR.CR_CONNECTION_ERROR,
    ER.SERVER_SHUTDOWN,
    0,  # what PyMySQL says about a session it has closed itself
)
# every value reads the same wherever the server stands; nothing is cut or rounded in silence
SESSION = "SET SESSION time_zone = '+00:00', sql_mode = 'STRICT_ALL_TABLES,NO_AUTO_VALUE_ON_ZERO,ALLOW_INVALID_DATES'"

Row = tuple[Any, ...]


class Sql:
    """One session with a server; not for two threads at once.

    Args:
        dial: opens a stream to the server.
        user: account.
        password: registered as a secret here.

    Raises:
        ConnectionLost: the server is not to be reached.
        OperationError: it refused the account.
    """

    def __init__(self, dial: Callable[[], socket.socket], user: str, password: str) -> None:
        REDACTOR.register(password)
        self._dial, self._user, self._password = dial, user, password
        self._open()

    def _open(self) -> None:
        with translated(f"open a session as {self._user}"):
            self._session = pymysql.connect(
                user=self._user,
                password=self._password,
                charset="utf8mb4",
                init_command=SESSION,
                autocommit=True,
                read_timeout=TIMEOUT,
                write_timeout=TIMEOUT,
                client_flag=CLIENT.FOUND_ROWS,
                defer_connect=True,
            )
            self._session.connect(self._dial())

    def another(self) -> "Sql":
        """A second session like this one, for another thread."""
        return Sql(self._dial, self._user, self._password)

    def reopen(self) -> None:
        """Open a new session in place of a lost one."""
        self.close()
        self._open()

    def query(self, statement: str, values: Sequence[Any] = ()) -> list[Row]:
        """Run one statement and return all its rows; ``values`` stand for its ``%s``.

        Raises:
            ConnectionLost: the session is gone; it is unknown whether the statement took effect.
            OperationError: the server refused; its words are in the message.
        """
        with translated(statement), self._session.cursor() as cursor:
            cursor.execute(statement, tuple(values) or None)
            return list(cursor.fetchall())

    def execute(self, statement: str, values: Sequence[Any] = ()) -> int:
        """Run one statement and return how many rows it found or changed."""
        with translated(statement), self._session.cursor() as cursor:
            return int(cursor.execute(statement, tuple(values) or None))

    def insert(self, statement: str, rows: Sequence[Row]) -> int:
        """Run ``INSERT ... VALUES (%s, ...)`` for many rows, several in one round trip."""
        with translated(statement), self._session.cursor() as cursor:
            return int(cursor.executemany(statement, rows) or 0)

    def commit(self) -> None:
        """End the transaction that ``START TRANSACTION`` began; returns when the server has acknowledged it."""
        with translated("COMMIT"):
            self._session.commit()

    def close(self) -> None:
        """End the session; harmless when it is gone."""
        with translated("close the session"):
            if self._session.open:
                self._session.close()


def name(*parts: str) -> str:
    """Quote an identifier: ``name("db", "t")`` is `` `db`.`t` ``."""
    return ".".join("`" + part.replace("`", "``") + "`" for part in parts)


def text(value: str) -> str:
    """Quote a string for places that take no ``%s``."""
    return "'" + pymysql.converters.escape_string(value) + "'"


def dial_tcp(host: str, port: int) -> Callable[[], socket.socket]:
    """Reach a server directly."""
    return lambda: socket.create_connection((host, port), timeout=10)


@contextmanager
def translated(statement: str) -> Iterator[None]:
    """Turn the client's errors inside into ours.

    Raises:
        ConnectionLost: the server is gone or was never there.
        OperationError: it refused.
    """
    shown = REDACTOR.scrub(" ".join(statement.split()))[:200]
    try:
        yield
    except (pymysql.MySQLError, OSError) as error:
        code = error.args[0] if error.args else None
        if isinstance(error, (OSError, pymysql.InterfaceError)) or code in LOST:
            msg = f"The database session was lost at `{shown}`: {error}"
            raise ConnectionLost(msg, hint="is the platform's database running?") from error
        msg = f"Tried `{shown}`; the database said: {error}"
        raise OperationError(msg) from error
