"""Topics the chart asks for; those that are there already are left as they are."""

import json
import time
from typing import Any

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient, NewPartitions, NewTopic

from standin.onlinefs import broker
from standin.say import StandinError, env, say


BROKER_SECONDS = 180.0  # for a broker that is still starting
PAUSE = 0.5


def present(admin: AdminClient) -> dict[str, int]:
    """Topics and their numbers of partitions, from a broker that may still be starting.

    Raises:
        StandinError: it did not answer in time.
    """
    end = time.monotonic() + BROKER_SECONDS
    while True:
        try:
            return {each.topic: len(each.partitions) for each in admin.list_topics(timeout=5).topics.values()}
        except KafkaException as error:
            if time.monotonic() > end:
                message = f"listing topics for {BROKER_SECONDS:.0f} s"
                raise broker.failed(message, error) from error
            time.sleep(PAUSE)


def missing(wanted: dict[str, int], found: dict[str, int]) -> tuple[dict[str, int], dict[str, int]]:
    """Topics to make, and topics to give more partitions; a topic is never made smaller."""
    fresh = {name: partitions for name, partitions in wanted.items() if name not in found}
    return fresh, {name: partitions for name, partitions in wanted.items() if found.get(name, partitions) < partitions}


def settle(what: str, futures: dict[str, Any]) -> None:
    """Wait for the broker's answer on every topic.

    Raises:
        StandinError: it refused one for another reason than that it is there.
    """
    for name, future in futures.items():
        try:
            future.result(timeout=broker.ANSWER_SECONDS)
        except KafkaException as error:
            if error.args[0].name() != "TOPIC_ALREADY_EXISTS":
                message = f"{what} {name}"
                raise broker.failed(message, error) from error
        say(f"{what} {name}")


def create() -> None:
    """Make the topics of KAFKA_TOPICS, a JSON list of ``{"name", "partitions"}``.

    Raises:
        StandinError: the broker does not answer, or refuses one.
    """
    wanted = {each["name"]: int(each["partitions"]) for each in json.loads(env("KAFKA_TOPICS"))}
    admin = AdminClient(broker.settings())
    fresh, short = missing(wanted, present(admin))
    if fresh:
        settle("made topic", admin.create_topics([NewTopic(name, count, 1) for name, count in fresh.items()]))
    if short:
        settle("added partitions to", admin.create_partitions([NewPartitions(*each) for each in short.items()]))
    lacking = sorted(wanted.keys() - present(admin).keys())
    if lacking:
        message = f"the broker took the topics and does not list {', '.join(lacking)}"
        raise StandinError(message)
    say(f"{len(wanted)} topics are there")
