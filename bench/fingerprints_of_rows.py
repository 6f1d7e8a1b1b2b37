"""Rows of a database: their fingerprint beside the database's own checksum, a query put together by hand, and a dump's digest."""

import math
import statistics
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial

from side_by_side import Line, ours, theirs

from hopsdrill.adapters.docker import Docker
from hopsdrill.adapters.sql import Sql, dial_tcp
from hopsdrill.core.errors import OperationError
from hopsdrill.core.wait import wait_for
from hopsdrill.lab import load
from hopsdrill.lab.catalog import catalog
from hopsdrill.proof.key import Key
from hopsdrill.proof.rondb.fingerprint import take
from hopsdrill.proof.rondb.tables import read_tables
from hopsdrill.workload.dataset import COLUMNS


NAME, PASSWORD, PORT = "bench-mariadb", "made-up-root-password", 3306
START = f"""
set -e
mariadb-install-db --datadir=/srv/data --skip-test-db --user=root --auth-root-authentication-method=normal >/dev/null
cat > /srv/first.sql <<'SQL'
CREATE USER root@'%' IDENTIFIED BY '{PASSWORD}';
GRANT ALL ON *.* TO root@'%' WITH GRANT OPTION;
SQL
exec mariadbd --no-defaults --datadir=/srv/data --user=root --port={PORT} --bind-address=0.0.0.0 --socket=/srv/s \
  --init-file=/srv/first.sql --innodb-buffer-pool-size=512M --skip-name-resolve --innodb-use-native-aio=0
"""
SYSTEM = ("mysql", "sys", "information_schema", "performance_schema")
FILL = """INSERT INTO bench.t_{n} SELECT seq, 1 + seq MOD 1000, '2026-01-01' + INTERVAL seq SECOND, seq MOD 200000 / 100 - 1000,
IF(seq MOD 10 = 0, NULL, RAND(seq) * 2e6 - 1e6), IF(seq MOD 10 = 1, NULL, CONCAT('größe ', seq)),
IF(seq MOD 2 = 0, NULL, LEFT(UNHEX(SHA2(seq, 256)), 1 + seq MOD 31)) FROM bench.seq_1_to_{n}"""
# what people put together in SQL to compare two databases, as pt-table-checksum writes it
BY_HAND = """SELECT COUNT(*), BIT_XOR(CRC32(CONCAT_WS('#', id, customer_id, event_time, amount, score, label, embedding,
CONCAT(ISNULL(score), ISNULL(label), ISNULL(embedding))))) FROM bench.t_{n}"""


@contextmanager
def server(docker: Docker) -> Iterator[str]:
    """A database of the bench's own; gives its address."""
    docker.remove_container(NAME)
    image = catalog().reference(catalog().get("standin-programs"))
    words = ("--name", NAME, "--network", "kind", "--tmpfs", "/srv", "--entrypoint", "/bin/bash")
    docker.call("run", "-d", *words, image, "-c", START)
    try:
        form = "{{.NetworkSettings.Networks.kind.IPAddress}}"
        address = docker.call("inspect", "--format", form, NAME).stdout.strip()

        def answers() -> bool:
            try:
                session(address).close()
            except OperationError:
                return False
            return True

        wait_for(answers, what="the bench's database to answer", until=bool, deadline=60)
        yield address
    finally:
        docker.remove_container(NAME)


def session(address: str) -> Sql:
    """A session with it."""
    return Sql(dial_tcp(address, PORT), "root", PASSWORD)


def fingerprint_of_rows(address: str, count: int, keep: bool) -> Iterator[None]:  # noqa: FBT001 - given by position to a process
    """Ours; as with the others, a session is there and the table is known before."""
    sql = session(address)
    tables = [each for each in read_tables(sql, SYSTEM) if each.name == f"t_{count}"]
    yield
    found = take(sql, tables, Key(), keep_rows=keep)
    if found[f"bench.t_{count}"].digest.count != count:
        sys.exit(f"{count} rows were loaded, and {found[f'bench.t_{count}'].digest.count} were found")


def rows(rounds: int, counts: list[int]) -> list[Line]:
    """Rows of each size."""
    docker = Docker(load().docker_host)
    with server(docker) as address, closing(session(address)) as sql:
        sql.execute("CREATE DATABASE bench CHARACTER SET utf8mb4")
        return [line for count in counts for line in _of_size(rounds, docker, sql, address, count)]


def _of_size(rounds: int, docker: Docker, sql: Sql, address: str, count: int) -> list[Line]:
    sql.execute(f"CREATE TABLE bench.t_{count} ({COLUMNS})")
    sql.execute(FILL.format(n=count))
    sql.query(f"CHECKSUM TABLE bench.t_{count}")  # everyone finds it in memory
    dump = f"set -o pipefail; mariadb-dump -h{address} -P{PORT} -uroot -p{PASSWORD} bench t_{count} | sha256sum"
    what, mine = f"fingerprint of {count:,} rows", ours(rounds, fingerprint_of_rows, address, count, False)
    dumped = theirs(rounds, partial(docker.call, "exec", NAME, "bash", "-c", dump, timeout=300))
    return [
        Line(
            what,
            mine,
            "CHECKSUM TABLE",
            theirs(rounds, partial(sql.query, f"CHECKSUM TABLE bench.t_{count}")),
            "1.2 at 1,000,000",
        ),
        Line(what, mine, "CRC32 in SQL", theirs(rounds, partial(sql.query, BY_HAND.format(n=count)))),
        Line(what, mine, "mysqldump with sha256sum", dumped),
        Line(
            "the same, each row kept to be named",
            ours(1, fingerprint_of_rows, address, count, True),
            "mysqldump with sha256sum",
            dumped,
        ),
    ]


def slope(lines: list[Line], counts: list[int]) -> str:
    """Exponent of the cost over the size, from the smallest to the largest: 1 is linear."""
    cost = [next(line.ours.seconds for line in lines if line.what == f"fingerprint of {n:,} rows") for n in counts]
    first, last = statistics.median(cost[0]), statistics.median(cost[-1])
    return f"{math.log(last / first) / math.log(counts[-1] / counts[0]):.2f}"
