"""Kafka, by its own client library."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from confluent_kafka import Consumer, ConsumerGroupTopicPartitions, KafkaException, Producer, TopicPartition
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic

from hopsdrill.core.errors import OperationError


TIMEOUT = 20.0  # seconds one call may take
QUIET = {"log_level": 0}  # the library would write to our standard error


@dataclass(frozen=True)
class Record:
    """One message that the broker keeps.

    Attributes:
        at: when its producer says it was made, UTC, to the millisecond; in a topic that is stamped, when the broker took it.
    """

    key: bytes
    at: datetime
    value: bytes = b""
    partition: int = 0
    offset: int = 0


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

    def create(self, topic: str, partitions: int, *, stamped: bool = False) -> None:
        """Make a topic, unless it is there; in one that is stamped, messages carry the time at which the broker took them."""
        if topic in self.topics():
            return
        new = NewTopic(topic, partitions, 1, config={"message.timestamp.type": "LogAppendTime"} if stamped else {})
        with self._translated(f"create topic {topic}"):
            self._admin.create_topics([new], operation_timeout=TIMEOUT)[topic].result(TIMEOUT)

    def clock(self, topic: str) -> Callable[[], datetime]:
        """Reads the broker's time, to the millisecond, by a message to a topic that is stamped."""
        self.create(topic, 1, stamped=True)
        producer = Producer({**self._config, "acks": "all", "linger.ms": 0})
        stamps: list[int] = []

        def read() -> datetime:
            with self._translated("read the clock"):
                stamps.clear()
                producer.produce(topic, value=b"", on_delivery=lambda _, message: stamps.append(message.timestamp()[1]))
                producer.flush(TIMEOUT)
            if not stamps:
                msg = f"kafka: tried to read the clock at {self._where}; a message to {topic} was not acknowledged."
                raise OperationError(msg)
            return datetime.fromtimestamp(stamps[0] / 1000, UTC)

        return read

    def produce(
        self, topic: str, messages: Iterable[tuple[bytes, bytes]], at: datetime | None = None
    ) -> list[tuple[int, int]]:
        """Write messages, given as key and value; gives partition and offset of each, all acknowledged.

        Args:
            topic: where to.
            messages: keys and values.
            at: when they say they were made; now, unless given.

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

        made = _milliseconds(at) if at else 0  # 0 is the client's word for now
        with self._translated(f"write to topic {topic}"):
            for key, value in messages:
                producer.produce(topic, key=key, value=value, on_delivery=told, timestamp=made)
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
        """The offset up to which a group has confirmed each partition; -1001 where it has confirmed none, nothing where there is no topic."""
        wanted = [TopicPartition(topic, number) for number in range(self.topics().get(topic, 0))]
        if not wanted:
            return {}  # the client takes no empty question
        with self._translated(f"read the offsets of group {group}"):
            asked = [ConsumerGroupTopicPartitions(group, wanted)]
            answer = self._admin.list_consumer_group_offsets(asked)[group].result(TIMEOUT)
        return {each.partition: each.offset for each in answer.topic_partitions}

    def records(self, topic: str, upto: Mapping[int, int] | None = None) -> list[Record]:
        """Every message that a topic keeps, partition by partition; none where there is no such topic.

        ``upto`` are offsets by partition: messages at or beyond them are not read.

        Raises:
            OperationError: fewer came than the broker says it keeps.
        """
        found: list[Record] = []
        for number, (oldest, next_) in self.ends(topic).items():
            end = min(next_, (upto or {}).get(number, next_))
            if end <= oldest:
                continue  # there is nothing to wait for
            with self._translated(f"read topic {topic}"), self._consumer() as reader:
                reader.assign([TopicPartition(topic, number, oldest)])
                read = [each for each in reader.consume(end - oldest, timeout=TIMEOUT) if each.error() is None]
            if len(read) < end - oldest:
                msg = f"kafka: read {len(read)} of {end - oldest} messages of {topic}[{number}] at {self._where} in {TIMEOUT:.0f} s."
                raise OperationError(msg)
            found += [
                Record(
                    bytes(each.key() or b""),
                    datetime.fromtimestamp(each.timestamp()[1] / 1000, UTC),
                    bytes(each.value() or b""),
                    number,
                    int(each.offset() or 0),
                )
                for each in read
            ]
        return found

    def since(self, topic: str, moment: datetime) -> dict[int, int]:
        """Of each partition the offset of the first message made at or after a moment; the next one where there is none."""
        ends = self.ends(topic)
        asked = [TopicPartition(topic, number, _milliseconds(moment)) for number in ends]
        with self._translated(f"look up a moment in {topic}"), self._consumer() as reader:
            found = reader.offsets_for_times(asked, timeout=TIMEOUT)
        return {each.partition: each.offset if each.offset >= 0 else ends[each.partition][1] for each in found}

    def discard(self, topic: str) -> None:
        """Have every message of a topic removed, as its retention does when it is over."""
        wanted = [TopicPartition(topic, number, end) for number, (_, end) in self.ends(topic).items()]
        with self._translated(f"remove the messages of {topic}"):
            for each in self._admin.delete_records(wanted).values():
                each.result(TIMEOUT)

    def members(self, group: str) -> int:
        """How many consumers are in a group; the offsets of one that has any cannot be set."""
        with self._translated(f"look for members of group {group}"):
            return len(self._admin.describe_consumer_groups([group])[group].result(TIMEOUT).members)

    def confirm(self, group: str, topic: str, offsets: Mapping[int, int]) -> None:
        """Set the offset up to which a group without members has confirmed each partition."""
        wanted = [TopicPartition(topic, number, offset) for number, offset in sorted(offsets.items())]
        asked = [ConsumerGroupTopicPartitions(group, wanted)]
        with self._translated(f"set the offsets of group {group}"):
            self._admin.alter_consumer_group_offsets(asked)[group].result(TIMEOUT)

    def forget(self, group: str) -> None:
        """Remove a group without members, and with it all that it has confirmed."""
        with self._translated(f"remove group {group}"):
            self._admin.delete_consumer_groups([group])[group].result(TIMEOUT)

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


def _milliseconds(moment: datetime) -> int:
    """Since the epoch: what the protocol speaks."""
    return round(moment.timestamp() * 1000)
