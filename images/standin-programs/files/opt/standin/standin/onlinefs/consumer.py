"""The loop: read a batch, write it, and only then let the broker know.

An offset is stored after the database's commit, and only stored offsets are committed to Kafka (twice a second, at a
rebalance and at the end). Whatever ends this process, rows are read again rather than lost.
"""

import signal
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition

from standin.db import Session
from standin.onlinefs import broker, store
from standin.onlinefs.message import Change, RefusedMessageError, parse
from standin.say import StandinError, env, say


BATCH = 500
POLL_SECONDS = 1.0
TELL_SECONDS = 10.0  # between two lines of progress
FIRST_PAUSE, LONGEST_PAUSE = 0.25, 10.0  # seconds between attempts at the database

Message = Any  # the client ships no types in Debian's version


def backoff(attempt: int) -> float:
    """Seconds before the attempt after ``attempt`` failed ones."""
    return min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(attempt - 1, 10))


def next_offsets(messages: Sequence[Message]) -> list[tuple[str, int, int]]:
    """Topic, partition and the offset after the last message of each partition."""
    ends: dict[tuple[str, int], int] = {}
    for message in messages:
        where = (message.topic(), message.partition())
        ends[where] = max(ends.get(where, 0), message.offset() + 1)
    return [(topic, partition, offset) for (topic, partition), offset in sorted(ends.items())]


@dataclass
class Totals:
    """What was done since the start; ``dead`` are messages that can never be written."""

    upserts: int = 0
    deletes: int = 0
    dead: int = 0

    def text(self) -> str:
        """One line."""
        return f"since the start: {self.upserts} upserts, {self.deletes} deletes, {self.dead} dead letters"


class OnlineFs:
    """The consumer of all ``..._onlinefs`` topics."""

    def __init__(self) -> None:
        self.totals, self.stopped = Totals(), False
        self._heartbeat = Path(env("HEARTBEAT", "/tmp/heartbeat"))  # noqa: S108 - the container's own
        self._session: Session | None = None
        self._told, self._told_at = self.totals.text(), time.monotonic()
        self._consumer = Consumer(
            broker.settings(
                group_id=env("KAFKA_GROUP"),
                auto_offset_reset="earliest",
                enable_auto_commit=True,
                auto_commit_interval_ms=500,
                enable_auto_offset_store=False,  # stored by us, after the database's commit
                topic_metadata_refresh_interval_ms=2000,  # so that a new topic is seen soon
                session_timeout_ms=6000,
                # A database that is away for long must not cost us the partitions; a dead process is seen by its session.
                max_poll_interval_ms=86_400_000,
                queued_max_messages_kbytes=8192,
                fetch_message_max_bytes=2 * 1024 * 1024,
            )
        )

    def run(self) -> None:
        """Consume until told to stop.

        Raises:
            StandinError: Kafka's client gave up.
        """
        self._consumer.subscribe([env("TOPIC_PATTERN")], on_assign=self._assigned)
        try:
            while not self.stopped:
                self._beat()
                self._take(self._consumer.consume(BATCH, timeout=POLL_SECONDS))
                self._tell()
        except KafkaException as error:
            message = "consuming"
            raise broker.failed(message, error) from error
        finally:
            self._consumer.close()
            say(f"stopped; {self.totals.text()}")

    def _take(self, found: Sequence[Message]) -> None:
        messages = [message for message in found if not message.error()]
        for error in {message.error().str() for message in found if message.error()}:
            say(f"Kafka: {error}")
        if messages and self._write(messages):
            self._store_offsets(messages)

    def _write(self, messages: Sequence[Message]) -> bool:
        """Write a batch however long it takes; False when we are told to stop before it is written."""
        changes, origins = self._parse(messages)
        attempt = 0
        while changes and not self.stopped:
            try:
                self._session = self._session or store.open_session()
                refused = store.write(self._session, changes)
            except StandinError as error:
                attempt += 1
                say(f"{error}; attempt {attempt}, next in {backoff(attempt):.2f} s")
                self._drop_session()
                self._wait(backoff(attempt))
                continue
            for place, reason in refused.items():
                self._dead_letter(origins[place], reason)
            written = [change.op for place, change in enumerate(changes) if place not in refused]
            self.totals.upserts += written.count("upsert")
            self.totals.deletes += written.count("delete")
            return True
        return not changes

    def _parse(self, messages: Sequence[Message]) -> tuple[list[Change], list[Message]]:
        pairs = []
        for message in messages:
            try:
                pairs.append((parse(message.key(), message.value()), message))
            except RefusedMessageError as error:
                self._dead_letter(message, str(error))
        return [change for change, _ in pairs], [message for _, message in pairs]

    def _dead_letter(self, message: Message, reason: str) -> None:
        self.totals.dead += 1
        say(f"dead letter {message.topic()}[{message.partition()}]@{message.offset()}: {reason}")

    def _store_offsets(self, messages: Sequence[Message]) -> None:
        try:
            self._consumer.store_offsets(offsets=[TopicPartition(*each) for each in next_offsets(messages)])
        except KafkaException as error:
            # The partitions went to another consumer meanwhile: it reads these messages again, which changes nothing.
            if error.args[0].code() not in (KafkaError._STATE, KafkaError._UNKNOWN_PARTITION):  # noqa: SLF001 - the client's own names
                raise
            say(f"offsets not stored: {error}")

    def _assigned(self, _: Consumer, partitions: list[TopicPartition]) -> None:
        say(
            "assigned " + (", ".join(sorted(f"{each.topic}[{each.partition}]" for each in partitions)) or "nothing yet")
        )

    def _drop_session(self) -> None:
        if self._session is not None:
            self._session._force_close()  # noqa: SLF001 - a polite end would wait for a server that may be gone
        self._session = None

    def _wait(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while not self.stopped and time.monotonic() < end:
            self._beat()
            time.sleep(0.1)

    def _beat(self) -> None:
        self._heartbeat.touch()

    def _tell(self) -> None:
        if self.totals.text() != self._told and time.monotonic() - self._told_at >= TELL_SECONDS:
            self._told, self._told_at = self.totals.text(), time.monotonic()
            say(self._told)


def run() -> None:
    """Consume until a signal says stop; what is under way is finished first."""
    worker = OnlineFs()

    def stop(number: int, _: object) -> None:
        say(f"{signal.Signals(number).name}: stopping")
        worker.stopped = True

    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, stop)
    worker.run()
