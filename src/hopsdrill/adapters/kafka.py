"""Kafka, by its own client library."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from confluent_kafka import Consumer, ConsumerGroupTopicPartitions, KafkaException, Producer, TopicPartition
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic

from hopsdrill.core.errors import OperationError


TIMEOUT = 20.0  # seconds one call may take
QUIET = {"log_level": 0}  # the library would write to our standard error


class Kafka:
    """One broker, by a listener that is advertised as ``where``.

    Args:
        where: ``host:port``.
    """

    def __init__(self, where: str) -> None:
        self._where = where
        self._config: dict[str, str | int | float | bool] = {
            "bootstrap.servers": where,
            "socket.timeout.ms": 10_000,
            **QUIET,
        }
        self._admin = AdminClient(self._config)

    def topics(self) -> dict[str, int]:
        """Topics that are not the broker's own, with their number of partitions."""
        with self._translated("list the topics"):
            found = self._admin.list_topics(timeout=TIMEOUT).topics
        return {name: len(each.partitions) for name, each in sorted(found.items()) if not name.startswith("__")}

    def create(self, topic: str, partitions: int) -> None:
        """Make a topic, unless it is there."""
        if topic in self.topics():
            return
        with self._translated(f"create topic {topic}"):
            self._admin.create_topics([NewTopic(topic, partitions, 1)], operation_timeout=TIMEOUT)[topic].result(
                TIMEOUT
            )

    def produce(self, topic: str, messages: Iterable[tuple[bytes, bytes]]) -> list[tuple[int, int]]:
        """Write messages, given as key and value; gives partition and offset of each, all acknowledged.

        Raises:
            OperationError: one was not acknowledged.
        """
        producer = Producer({**self._config, "acks": "all", "enable.idempotence": True})
        places: list[tuple[int, int]] = []
        failed: list[str] = []

        def told(error: object, message: object) -> None:
            if error is not None:
                failed.append(str(error))
            else:
                places.append((message.partition(), message.offset()))  # type: ignore[attr-defined]

        with self._translated(f"write to topic {topic}"):
            for key, value in messages:
                producer.produce(topic, key=key, value=value, on_delivery=told)
                producer.poll(0)
            left = producer.flush(TIMEOUT)
        if failed or left:
            msg = f"kafka: {len(failed) + left} messages to topic {topic} at {self._where} were not acknowledged; first: {(failed or ['no answer'])[0]}"
            raise OperationError(msg)
        return sorted(places)

    def ends(self, topic: str) -> dict[int, tuple[int, int]]:
        """Oldest and next offset of every partition."""
        with self._translated(f"read the offsets of {topic}"), self._consumer() as consumer:
            count = self.topics().get(topic, 0)
            return {
                number: consumer.get_watermark_offsets(TopicPartition(topic, number), timeout=TIMEOUT)
                for number in range(count)
            }

    def committed(self, group: str, topic: str) -> dict[int, int]:
        """The offset up to which a group has confirmed each partition; -1001 where it has confirmed none."""
        wanted = [TopicPartition(topic, number) for number in range(self.topics().get(topic, 0))]
        with self._translated(f"read the offsets of group {group}"):
            asked = [ConsumerGroupTopicPartitions(group, wanted)]
            answer = self._admin.list_consumer_group_offsets(asked)[group].result(TIMEOUT)
        return {each.partition: each.offset for each in answer.topic_partitions}

    @contextmanager
    def _consumer(self) -> Iterator[Consumer]:
        reader = Consumer(
            {
                **self._config,
                "group.id": "hopsdrill-reader",
                "enable.auto.commit": False,
                "auto.offset.reset": "earliest",
            }
        )
        try:
            yield reader
        finally:
            reader.close()

    @contextmanager
    def _translated(self, what: str) -> Iterator[None]:
        try:
            yield
        except (KafkaException, OSError, TimeoutError) as error:
            msg = f"kafka: tried to {what} at {self._where}; it said: {error}"
            raise OperationError(msg, hint="is the broker running, and its advertised listener reachable?") from error
