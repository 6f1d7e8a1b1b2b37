"""Reading again: a group's offsets set back, so that its consumer writes once more what it had written."""

import time
from datetime import UTC, datetime

from confluent_kafka import Consumer, KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient

from standin.onlinefs import broker
from standin.say import StandinError, say


EARLIEST = "earliest"
MEMBER_SECONDS = 15.0  # a consumer that was killed stays a member until its session ends, after 6 s
PAUSE = 0.5


def milliseconds(moment: str) -> int:
    """``2026-11-24T15:23:35.123Z`` as milliseconds since the epoch; without a zone it is UTC.

    Raises:
        StandinError: it is no such text.
    """
    try:
        found = datetime.fromisoformat(moment)
    except ValueError as error:
        message = f"{moment!r} is neither {EARLIEST!r} nor a time such as 2026-11-24T15:23:35Z"
        raise StandinError(message) from error
    return round((found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp() * 1000)


def require_stopped(group: str) -> None:
    """See that nobody consumes in the group: the broker would refuse new offsets, or lose them at once.

    Raises:
        StandinError: the group has members.
    """
    admin, end = AdminClient(broker.settings()), time.monotonic() + MEMBER_SECONDS
    while True:
        members = [
            f"{each.client_id} at {each.client_host}" for found in groups(admin, group) for each in found.members
        ]
        if not members:
            return
        if time.monotonic() > end:
            message = (
                f"group {group} still has members ({', '.join(members)}) after {MEMBER_SECONDS:.0f} s, so its offsets are"
                " left alone. Stop the consumer first: kubectl scale deployment/onlinefs --replicas=0"
            )
            raise StandinError(message)
        time.sleep(PAUSE)


def groups(admin: AdminClient, group: str) -> list[object]:
    """The group as the broker knows it; empty when it does not.

    Raises:
        StandinError: the broker does not answer.
    """
    try:
        found: list[object] = admin.list_groups(group=group, timeout=broker.ANSWER_SECONDS)
    except KafkaException as error:
        message = f"looking for members of group {group}"
        raise broker.failed(message, error) from error
    return found


def partitions(consumer: Consumer, topic: str) -> list[int]:
    """A topic's partitions.

    Raises:
        StandinError: there is no such topic.
    """
    found = consumer.list_topics(topic, timeout=broker.ANSWER_SECONDS).topics[topic]
    if found.error is not None or not found.partitions:
        message = f"there is no topic {topic}: {found.error}"
        raise StandinError(message)
    return sorted(found.partitions)


def targets(consumer: Consumer, topic: str, moment: str) -> list[TopicPartition]:
    """Where each partition is to be read from: its first message, or its first one at or after a moment."""
    numbers = partitions(consumer, topic)
    ends = {each: consumer.get_watermark_offsets(TopicPartition(topic, each), timeout=10) for each in numbers}
    if moment == EARLIEST:
        return [TopicPartition(topic, each, ends[each][0]) for each in numbers]
    asked = [TopicPartition(topic, each, milliseconds(moment)) for each in numbers]
    found = consumer.offsets_for_times(asked, timeout=broker.ANSWER_SECONDS)
    # no message that late: nothing of the partition is read again
    return [
        TopicPartition(topic, each.partition, each.offset if each.offset >= 0 else ends[each.partition][1])
        for each in found
    ]


def replay(group: str, topic: str, moment: str) -> None:
    """Set a stopped group's offsets back.

    Args:
        group: the consumer group.
        topic: one topic.
        moment: ``earliest``, or a time in UTC.

    Raises:
        StandinError: the group is in use, the topic is not there, or Kafka refused; no offset was changed.
    """
    if moment != EARLIEST:
        milliseconds(moment)
    require_stopped(group)
    consumer = Consumer(broker.settings(group_id=group, enable_auto_commit=False))
    try:
        wanted = targets(consumer, topic, moment)
        before = consumer.committed([TopicPartition(topic, each.partition) for each in wanted], timeout=10)
        consumer.commit(offsets=wanted, asynchronous=False)
    except KafkaException as error:
        message = f"setting the offsets of group {group} on {topic}"
        raise broker.failed(message, error) from error
    finally:
        consumer.close()
    old = {each.partition: each.offset for each in before}
    for each in wanted:
        was = old[each.partition] if old[each.partition] >= 0 else "none"
        say(f"{topic}[{each.partition}]: offset {was} -> {each.offset}")
