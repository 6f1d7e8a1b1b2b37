"""A real MariaDB of our own, private data directory and port, ended by its process."""

import getpass
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hopsdrill.adapters.sql import Sql, dial_tcp
from hopsdrill.core.errors import OperationError
from hopsdrill.core.process import run, which


PASSWORD = "made-up-root-password"


class Server:
    """A running server; ``session()`` opens one more session with it."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.folder = folder
        self._process = None
        user = f"--user={getpass.getuser()}"
        install = [which("mariadb-install-db"), f"--datadir={folder}/data", "--skip-test-db", user]
        run([*install, "--auth-root-authentication-method=normal"], timeout=120)
        first = folder / "first.sql"
        first.write_text(
            f"ALTER USER root@localhost IDENTIFIED BY '{PASSWORD}';\n"
            f"CREATE OR REPLACE USER root@'127.0.0.1' IDENTIFIED BY '{PASSWORD}';\n"
            "GRANT ALL ON *.* TO root@'127.0.0.1' WITH GRANT OPTION;\n"
        )
        self.argv = [which("mariadbd"), "--no-defaults", f"--datadir={folder}/data", f"--port={self.port}", user]
        self.argv += ["--bind-address=127.0.0.1", f"--socket={folder}/s", f"--pid-file={folder}/pid"]
        self.argv += ["--innodb-buffer-pool-size=32M", "--skip-name-resolve", "--innodb-use-native-aio=0"]
        self.start(f"--init-file={first}")

    def start(self, *more: str) -> None:
        """Start it and wait until it answers."""
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen([*map(str, self.argv), *more], stdout=log, stderr=log)
        for _ in range(200):
            try:
                self.session().close()
            except OperationError:
                time.sleep(0.1)
            else:
                return
        self.stop()
        raise AssertionError((self.folder / "log").read_text()[-2000:])

    def stop(self) -> None:
        """End it at once."""
        self._process.kill()
        self._process.wait()

    def session(self, user: str = "root", password: str = PASSWORD) -> Sql:
        """Open a session."""
        return Sql(dial_tcp("127.0.0.1", self.port), user, password)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A MariaDB server for the whole session (Debian: mariadb-server)."""
    folder = tmp_path_factory.mktemp("mariadb")
    running = Server(folder)
    yield running
    running.stop()
    shutil.rmtree(folder)


@pytest.fixture
def sql(server: Server) -> Iterator[Sql]:
    """A session; databases named ``t_...`` and accounts named ``u_...`` are dropped afterwards."""
    session = server.session()
    yield session
    session.reopen()
    for (database,) in session.query(r"SHOW DATABASES LIKE 't\_%'"):
        session.execute(f"DROP DATABASE `{database}`")
    for user, host in session.query(r"SELECT User, Host FROM mysql.user WHERE User LIKE 'u\_%'"):
        session.execute(f"DROP USER '{user}'@'{host}'")
    session.close()


@pytest.fixture
def fill(sql: Sql) -> Callable[[], None]:
    """Make database t_a with a table of many column types and a child with a foreign key."""

    def made() -> None:
        sql.execute("CREATE DATABASE t_a")
        sql.execute(
            "CREATE TABLE t_a.p (id INT PRIMARY KEY, s VARCHAR(40), f FLOAT, d DOUBLE, n DECIMAL(20,6), b BIT(9),"
            " v VARBINARY(20), x BLOB, t DATETIME(6), ts TIMESTAMP(3) NULL, e ENUM('a','b'), KEY by_s (s))"
        )
        sql.execute(
            "CREATE TABLE t_a.c (a INT, b VARCHAR(9), p INT, PRIMARY KEY (a, b), CONSTRAINT fk FOREIGN KEY (p) REFERENCES t_a.p (id))"
        )
        sql.execute(
            "INSERT INTO t_a.p SELECT seq, CONCAT('ä', seq), seq/7, seq/7, seq/7, seq MOD 512, CHAR(seq MOD 256), IF(seq MOD 3, NULL, 'blob'),"
            " '2026-01-01 00:00:00.000001' + INTERVAL seq SECOND, NULL, 'b' FROM t_a.seq_1_to_2500"
        )
        sql.execute("INSERT INTO t_a.c SELECT seq, 'k', seq FROM t_a.seq_1_to_50")

    return made
