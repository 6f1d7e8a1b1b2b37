"""Where a topic of Kafka and its readers stand: what is kept of it, message by message, and what each group has confirmed."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from hopsdrill.adapters.kafka import Kafka
from hopsdrill.core.clock import utc_text
from hopsdrill.proof.key import Key
from hopsdrill.proof.prints import Prints, compare, printed


MOST = 50_000  # messages of a topic compared one by one; of more, only how many there are
LEFT_OUT = {
    "end of a partition": "producers go on; that nothing before the end of then is gone is compared message by message",
    "time of a message": "its producer's claim; what it says and where it stands are compared",
}


@dataclass(frozen=True)
class Stand:
    """A topic at one moment.

    Attributes:
        ends: the next offset of each partition.
        prints: partitions, messages, and the offsets of groups that stand still.
        confirmed: the offsets of the group that goes on reading.
    """

    topic: str
    ends: dict[int, int] = field(default_factory=dict)
    prints: Prints = field(default_factory=dict)
    confirmed: dict[int, int] = field(default_factory=dict)


def read(  # noqa: PLR0913 - who reads what
    kafka: Kafka, topic: str, key: Key, *, reading: str, still: Collection[str] = (), then: Stand | None = None
) -> Stand:
    """Read how a topic stands.

    Args:
        kafka: the broker.
        topic: which.
        key: the run's.
        reading: the group that goes on reading.
        still: groups that do not.
        then: how it stood at an earlier moment: messages that came since are not read.
    """
    found = kafka.ends(topic)
    ends = {number: end for number, (_, end) in found.items()}
    upto = {number: min(end, (then or Stand(topic, ends)).ends.get(number, 0)) for number, end in ends.items()}
    prints = {f"partition {topic}/{number}": printed({"oldest": oldest}, key) for number, (oldest, _) in found.items()}
    if sum(max(upto[number] - oldest, 0) for number, (oldest, _) in found.items()) <= MOST:
        for each in kafka.records(topic, upto):
            content = key.digest(b"%d/%b%b" % (len(each.key), each.key, each.value))
            prints[f"message {topic}/{each.partition}/{each.offset}"] = printed({"content": content}, key)
    for group in sorted(still):
        for number, offset in kafka.committed(group, topic).items():
            prints[f"offset of group {group} in {topic}/{number}"] = printed({"confirmed": offset}, key)
    return Stand(topic, ends, prints, kafka.committed(reading, topic))


def differences(then: Stand, now: Stand) -> list[str]:
    """In what a topic that nobody took away stands otherwise than it did; what came since is none."""
    found = compare(then.prints, now.prints).differences
    for number, offset in sorted(then.confirmed.items()):
        confirmed, end = now.confirmed.get(number, -1), now.ends.get(number, 0)
        if not offset <= confirmed <= end:
            found.append(f"offset of the reading group in {then.topic}/{number} confirmed: {offset} -> {confirmed}")
    return found


def survivors(kafka: Kafka, topic: str, lost: datetime) -> list[str]:
    """Messages that were made before a moment at which the broker was lost with all it had, and that are there."""
    older = [each for each in kafka.records(topic) if each.at < lost]
    return [f"message {topic}/{each.partition}/{each.offset}: made {utc_text(each.at)}, and is there" for each in older]
