"""The coordinator of a backup: one moment for all nodes, then every node writes its own parts.

The moment: writers are locked out (FLUSH TABLES WITH READ LOCK) only while sessions that are already open start their
snapshots. A commit acknowledged before ``lock.taken`` is in the backup; one sent after ``lock.released`` is not.
"""

import json
import subprocess
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from standin import backup_id as run_id
from standin import kube
from standin.agent import take_snapshot
from standin.db import Session, connect, name, rows, told
from standin.say import StandinError, env, say, utc_text
from standin.schema import Schema, read_schema
from standin.volume import node_id


FORMAT = "standin-rondb-backup/1"
ANSWER_SECONDS = 60.0  # to open sessions and to take snapshots
WRITE_SECONDS = 3600.0


class Node:
    """A data node's agent, reached through ``kubectl exec``."""

    def __init__(self, pod: str, *arguments: str) -> None:
        self.pod = pod
        argv = kube.exec_argv(pod, "ndbmtd", "standin", "node-backup", *arguments, stdin=True)
        self.process = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def tell(self, word: str, **more: object) -> None:
        """Send one line.

        Raises:
            StandinError: the agent is gone.
        """
        try:
            print(json.dumps({"say": word, **more}), file=self.process.stdin, flush=True)
        except OSError as error:
            message = f"the agent in {self.pod} is gone; see the lines above"
            raise StandinError(message) from error

    def hear(self, expected: str, seconds: float = ANSWER_SECONDS) -> dict[str, Any]:
        """Wait for one line.

        Raises:
            StandinError: the agent ended, was too slow, or said something else.
        """
        alarm = threading.Timer(seconds, self.process.kill)
        alarm.start()
        line = self.process.stdout.readline() if self.process.stdout else ""
        alarm.cancel()
        heard: dict[str, Any] = json.loads(line) if line else {}
        if heard.get("say") != expected:
            message = f"the agent in {self.pod} did not say {expected!r} within {seconds:.0f} s; see the lines above"
            raise StandinError(message)
        return heard

    def close(self) -> None:
        """End the agent if it still runs."""
        self.process.kill()
        self.process.wait()


@dataclass(frozen=True)
class Moment:
    """What was true while writers were locked out.

    Attributes:
        taken: server clock when the lock was held.
        point: server clock when every snapshot was open: the consistency point.
        released: server clock just before the lock was given back.
    """

    taken: datetime
    point: datetime
    released: datetime
    schema: Schema
    position: dict[str, str] | None

    def facts(self) -> dict[str, Any]:
        """The part of the control files that all parts share."""
        return {
            "format": FORMAT,
            "consistency_point": utc_text(self.point),
            "lock": {"taken": utc_text(self.taken), "released": utc_text(self.released)},
            "position": self.position,
        }


def server_clock(session: Session) -> datetime:
    """The server's time."""
    text = rows(session, "SELECT SYSDATE(6)")[0][0]
    return datetime.strptime(text, "%Y-%m-%d %H:%M:%S.%f").replace(tzinfo=UTC)


def binlog_position(session: Session) -> dict[str, str] | None:
    """The position in the binary log, or None when the server writes none."""
    status = rows(session, "SHOW MASTER STATUS")
    if not status:
        return None
    gtid = rows(session, "SELECT @@GLOBAL.gtid_binlog_pos")[0][0]
    return {"file": status[0][0], "offset": status[0][1], "gtid": gtid}


def freeze(session: Session, nodes: list[Node]) -> Moment:
    """Open every session's snapshot at one moment.

    Raises:
        StandinError: the lock was not to be had, or an agent failed; the lock goes with the session.
    """
    with told("locking writers out"):
        rows(session, "FLUSH TABLES")  # the slow part of the next statement, done while writers may still write
        rows(session, "FLUSH TABLES WITH READ LOCK")
    taken = server_clock(session)
    for node in nodes:
        node.tell("snapshot")
    take_snapshot(session)
    schema, position = read_schema(session), binlog_position(session)
    for node in nodes:
        node.hear("taken")
    point = server_clock(session)
    released = server_clock(session)
    rows(session, "UNLOCK TABLES")
    return Moment(taken, point, released, schema, position)


def check_counts(session: Session, schema: Schema, counts: list[list[int]]) -> int:
    """Compare what the nodes wrote with what the coordinator's own snapshot holds; give the total.

    Raises:
        StandinError: a table's parts do not add up.
    """
    written = [sum(column) for column in zip(*counts, strict=True)]
    for table, found in zip(schema.tables, written, strict=True):
        wanted = int(rows(session, f"SELECT COUNT(*) FROM {name(table.database, table.name)}")[0][0])
        if found != wanted:
            message = f"{table.database}.{table.name}: the parts hold {found} rows, the snapshot {wanted}"
            raise StandinError(message)
    return sum(written)


def open_nodes(nodes: list[Node]) -> None:
    """Wait until all sessions of all agents are open."""
    for node in nodes:
        node.hear("opened")


def take(session: Session, nodes: list[Node], facts: dict[str, Any]) -> str:
    """Have the nodes write their parts of one moment; say what was written."""
    open_nodes(nodes)
    moment = freeze(session, nodes)
    locked = f"writers locked out from {utc_text(moment.taken)} to {utc_text(moment.released)}"
    say(f"consistency point {utc_text(moment.point)}, {locked}")
    for node in nodes:
        node.tell("write", schema=moment.schema.to_json(), facts={**facts, **moment.facts()})
    counts = [node.hear("written", WRITE_SECONDS)["counts"] for node in nodes]
    return f"{check_counts(session, moment.schema, counts)} rows of {len(moment.schema.tables)} tables"


def run_native_backup(backup_id: str) -> None:
    """Take a backup of all data nodes; their parts lie on their own volumes afterwards.

    Raises:
        StandinError: it failed; local parts have been removed.
    """
    pods, parts, started = env("DATA_PODS").split(","), int(env("PARTS")), time.monotonic()
    session = connect()
    total = f"--total={len(pods) * parts}"
    nodes = [Node(pod, backup_id, f"--parts={parts}", f"--first={i * parts}", total) for i, pod in enumerate(pods)]
    written = ""
    try:
        written = take(session, nodes, {"backup_id": backup_id, "nodes": [node_id(pod) for pod in pods]})
    finally:
        for node in nodes:
            node.close()
        if not written:
            kube.run_in_pods(pods, "ndbmtd", "standin", "node-discard", backup_id)
    say(f"backup ID {backup_id}: {written} in {time.monotonic() - started:.1f} s")


def run_current() -> None:
    """Take the backup of this run."""
    run_native_backup(run_id.current())
