"""Feature rows on their way through Kafka to the online store: some have arrived at the backup, some are in flight."""

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from hopsdrill.adapters.kafka import Kafka
from hopsdrill.adapters.sql import Sql, name
from hopsdrill.clients import broker, database, need
from hopsdrill.core.wait import wait_for
from hopsdrill.model.plan import Data
from hopsdrill.model.profile import KafkaProfile
from hopsdrill.site import Reach, Site


PROJECT = "fraud"
DATABASE, TABLE = "fraud_online", "clicks_1"
READER = "fraud-report"  # a job's consumer group, which has read the topic and stands still
PARTITIONS = 2
ARRIVE_S = 60.0
FRESH = 10**9  # IDs from here on are rows of a check that the stream flows


@dataclass(frozen=True)
class Sent:
    """One feature row that the broker has acknowledged.

    Attributes:
        id: its primary key in the online store.
        arrived: whether the online store had it when the backup was taken.
    """

    id: int
    arrived: bool


def topic_of(site: Reach) -> str:
    """The project's topic."""
    return need(site.profile.kafka, "kafka").topic.format(project=PROJECT)


def message(number: int, label: str = "click") -> tuple[bytes, bytes]:
    """A row as its producer sends it: the primary key, and what is to be written where."""
    row = {"id": number, "amount": number * 7 % 1000, "label": f"{label} {number}"}
    value = {"database": DATABASE, "table": TABLE, "op": "upsert", "row": row}
    return json.dumps({"id": number}).encode(), json.dumps(value).encode()


def load(site: Site, data: Data) -> list[Sent]:
    """Send rows and wait until the online store has them."""
    with database(site) as sql:
        sql.execute(f"CREATE DATABASE IF NOT EXISTS {name(DATABASE)}")
        sql.execute(f"DROP TABLE IF EXISTS {name(DATABASE, TABLE)}")
        columns = "id BIGINT NOT NULL PRIMARY KEY, amount INT NOT NULL, label VARCHAR(64) NOT NULL"
        sql.execute(f"CREATE TABLE {name(DATABASE, TABLE)} ({columns})")
    numbers = range(1, 2 * data.in_flight + 1)
    send(site, numbers)
    await_rows(site, set(numbers))
    return [Sent(number, arrived=True) for number in numbers]


def send_in_flight(site: Site, data: Data) -> list[Sent]:
    """Stop the consumer, then send rows: acknowledged by the broker, in the online store not yet; a job's group has read them."""
    names = need(site.profile.kafka, "kafka")
    scale(site, names, 0)
    first = 2 * data.in_flight + 1
    numbers = range(first, first + data.in_flight)
    with broker(site) as kafka:
        send_by(kafka, site, numbers)
        kafka.confirm(READER, topic_of(site), {number: end for number, (_, end) in kafka.ends(topic_of(site)).items()})
    return [Sent(number, arrived=False) for number in numbers]


def send(site: Site, numbers: Iterable[int]) -> int:
    """Send rows to the project's topic; all are acknowledged; gives how many."""
    with broker(site) as kafka:
        return send_by(kafka, site, numbers)


def send_by(
    kafka: Kafka, site: Site, numbers: Iterable[int], *, otherwise: Collection[int] = (), at: datetime | None = None
) -> int:
    """As `send`, where the broker is reached already: its forward stands at a fixed address, so there is but one.

    Args:
        kafka: the broker.
        site: where.
        numbers: the rows' IDs.
        otherwise: those that are to say something else than they should.
        at: when they say they were made; now, unless given.
    """
    topic = topic_of(site)
    rows = (message(number, "other input" if number in otherwise else "click") for number in numbers)
    kafka.create(topic, PARTITIONS)
    return len(kafka.produce(topic, rows, at))


def scale(site: Site, names: KafkaProfile, replicas: int) -> None:
    """Start or stop the consumer and see that it did."""
    site.kube.patch("apps/v1/Deployment", names.consumer, site.namespace, {"spec": {"replicas": replicas}})

    def running() -> int:
        found = site.kube.get("apps/v1/Deployment", names.consumer, site.namespace) or {}
        wanted = found.get("spec", {}).get("selector", {}).get("matchLabels", {})
        selector = ",".join(f"{key}={value}" for key, value in wanted.items())
        # a pod on its way out may still write, so it counts until it is gone
        return len(site.kube.list("v1/Pod", site.namespace, selector)) if selector else -1

    what = f"Deployment {names.consumer} to have {replicas} pods"
    wait_for(running, what=what, until=lambda count: count == replicas, deadline=ARRIVE_S)


def rows(sql: Sql) -> dict[int, bool]:
    """Every row's ID, and whether it says what was sent."""
    found = sql.query(f"SELECT id, amount, label FROM {name(DATABASE, TABLE)}")  # noqa: S608 - names are quoted
    sent = {number: json.loads(message(number)[1])["row"] for number, _, _ in found}
    return {
        int(number): (amount, label) == (sent[number]["amount"], sent[number]["label"])
        for number, amount, label in found
    }


def arrived(sql: Sql) -> set[int]:
    """IDs of the rows that the online store has, whatever they say."""
    return set(rows(sql))


def damaged(sql: Sql) -> list[int]:
    """IDs of the rows that say something else than was sent."""
    return sorted(number for number, right in rows(sql).items() if not right)


def take_back(sql: Sql) -> None:
    """Remove the rows of checks that the stream flows from the online store."""
    sql.execute(f"DELETE FROM {name(DATABASE, TABLE)} WHERE id >= %s", [FRESH])  # noqa: S608 - names are quoted


def remove(sql: Sql, numbers: Iterable[int]) -> None:
    """Remove rows from the online store."""
    for number in numbers:
        sql.execute(f"DELETE FROM {name(DATABASE, TABLE)} WHERE id = %s", [number])  # noqa: S608 - names are quoted


def await_rows(site: Site, numbers: set[int]) -> None:
    """Wait until the online store has the rows.

    Raises:
        DeadlineExceeded: some did not come in time.
    """
    with database(site) as sql:
        wait_for(
            lambda: sorted(numbers - arrived(sql))[:5],
            what=f"{len(numbers)} rows to reach the online store through Kafka",
            until=lambda missing: not missing,
            deadline=ARRIVE_S,
        )


def offsets(kafka: Kafka, site: Site) -> dict[str, object]:
    """Where the topic and its consumer stand: evidence."""
    names, topic = need(site.profile.kafka, "kafka"), topic_of(site)
    if topic not in kafka.topics():
        return {"topic": topic, "partitions": "absent"}
    return {"topic": topic, "partitions": kafka.ends(topic), "committed": kafka.committed(names.group, topic)}
