"""A real MariaDB of the tests' own, in a container of the lab's engine; the lab must be up."""

from collections.abc import Callable, Iterator

import pytest

from hopsdrill.adapters.docker import Docker
from hopsdrill.adapters.sql import Sql, dial_tcp
from hopsdrill.core.errors import OperationError
from hopsdrill.core.wait import wait_for
from hopsdrill.lab import load
from hopsdrill.lab.catalog import catalog


NAME, PORT = "labtest-mariadb", 3306
PASSWORD = "made-up-root-password"
START = f"""
set -e
mariadb-install-db --datadir=/srv/data --skip-test-db --user=root --auth-root-authentication-method=normal >/dev/null
cat >/srv/first.sql <<'SQL'
CREATE USER root@'%' IDENTIFIED BY '{PASSWORD}';
GRANT ALL ON *.* TO root@'%' WITH GRANT OPTION;
SQL
exec mariadbd --no-defaults --datadir=/srv/data --user=root --port={PORT} --bind-address=0.0.0.0 --socket=/srv/s \
  --init-file=/srv/first.sql --innodb-buffer-pool-size=32M --skip-name-resolve --innodb-use-native-aio=0
"""


@pytest.fixture(scope="session")
def connect() -> Iterator[Callable[[], Sql]]:
    """Opens sessions with the server; it is removed at the end, whatever happened."""
    docker, images = Docker(load().docker_host), catalog()
    docker.remove_container(NAME)
    image = images.reference(images.get("standin-programs"))
    docker.call(
        "run",
        "-d",
        "--name",
        NAME,
        "--network",
        "kind",
        "--tmpfs",
        "/srv",
        "--entrypoint",
        "/bin/bash",
        image,
        "-c",
        START,
    )
    try:
        address = docker.call(
            "inspect", "--format", "{{.NetworkSettings.Networks.kind.IPAddress}}", NAME
        ).stdout.strip()

        def session() -> Sql:
            return Sql(dial_tcp(address, PORT), "root", PASSWORD)

        def answers() -> bool:
            try:
                session().close()
            except OperationError:
                return False
            return True

        wait_for(answers, what="the tests' database to answer", until=bool, deadline=60)
        yield session
    finally:
        docker.remove_container(NAME)


@pytest.fixture
def sql(connect: Callable[[], Sql]) -> Iterator[Sql]:
    """A session; databases named ``t_...`` and accounts named ``u_...`` are dropped afterwards."""
    session = connect()
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
