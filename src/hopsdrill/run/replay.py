"""Rows that were in flight at the backup: the gap a restore leaves, their jobs replayed, Kafka read again; each judged row by row."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from hopsdrill.adapters.kafka import Kafka
from hopsdrill.clients import broker, database, need
from hopsdrill.core.clock import utc_text
from hopsdrill.core.errors import VerificationError
from hopsdrill.core.wait import wait_for
from hopsdrill.proof.stream import Gap, gap, in_flight
from hopsdrill.run.disaster import require
from hopsdrill.run.stages import Recovered
from hopsdrill.site import Site
from hopsdrill.workload import stream
from hopsdrill.workload.stream import Sent


CONSUMED_S = 60.0
SHARE = 5  # a job that breaks off leaves out the last fifth of the rows in flight
EARLIER = timedelta(minutes=1)  # before the recovery point: when rows in flight were made
REPLAY, READ_AGAIN = "replay the jobs", "set the consumer back"
OLDEST, BEGINNING, MOMENT, REMOVED = (
    "the oldest row kept",
    "the beginning, its offsets being lost",
    "it begins at the moment of the backup",
    "Kafka's retention has removed them",
)
IN_FULL, NOT_AT_ALL, BROKEN_OFF, OTHER_INPUT = "in full", "not at all", "but for their last rows", "from other input"


@dataclass(frozen=True)
class Replayed:
    """One replay.

    Attributes:
        before: what the online store held: each row's ID, and whether it said what was sent.
        taken: rows that the platform's consumer has taken from Kafka since.
        left: the gap that must be left.
    """

    before: dict[int, bool]
    taken: int
    left: Gap


# --- how it stands -----------------------------------------------------------------------------------------------------


def held(site: Site) -> dict[int, bool]:
    """The online store's rows: ID, and whether it says what was sent."""
    with database(site) as sql:
        return stream.rows(sql)


def confirmed(kafka: Kafka, site: Site) -> dict[int, tuple[int, int]]:
    """Of each partition the offset up to which the platform's consumer has confirmed it, and the next one.

    What retention has removed counts as confirmed.
    """
    group, topic = need(site.profile.kafka, "kafka").group, stream.topic_of(site)
    told = kafka.committed(group, topic)
    return {number: (max(told.get(number, oldest), oldest), end) for number, (oldest, end) in kafka.ends(topic).items()}


def _await_consumed(kafka: Kafka, site: Site) -> int:
    """Wait until the platform's consumer has confirmed every message; gives the sum of its offsets."""
    seen = wait_for(
        lambda: confirmed(kafka, site),
        what=f"the consumer to confirm every message of {stream.topic_of(site)}",
        until=lambda found: all(at == end for at, end in found.values()),
        deadline=CONSUMED_S,
    )
    return sum(at for at, _ in seen.value.values())


def prove_gap(site: Site, sent: tuple[Sent, ...]) -> None:
    """Record that exactly the rows in flight at the backup are missing."""
    found, flying = gap(sent, held(site)), in_flight(sent)
    wrong = sorted(set(found.lines) ^ set(Gap(missing=flying).lines))
    site.recorder.proof(
        "exactly-the-rows-in-flight-are-missing",
        store="kafka",
        passed=bool(flying) and not wrong,
        expected=f"of {len(sent)} rows that Kafka acknowledged, the {len(flying)} in flight at the backup are missing, and no other",
        observed=f"{len(found.missing)} missing, {len(found.foreign)} that nobody sent, {len(found.damaged)} damaged",
        differences=wrong,
        evidence=[site.recorder.keep("gap.json", found.lines)],
    )


def open_gap(site: Site, sent: tuple[Sent, ...]) -> None:
    """Put the online store back to what the restore left: without the rows in flight, the consumer at work and done.

    Raises:
        VerificationError: it holds something else than the restore left.
    """
    names, wanted = need(site.profile.kafka, "kafka"), Gap(missing=in_flight(sent))
    call = f"remove the {len(wanted.missing)} rows in flight from the online store"
    with site.recorder.operation("open the gap again", call, target=site.namespace, destructive=True):
        stream.scale(site, names, 1)
        with broker(site) as kafka:
            _await_consumed(kafka, site)
        with database(site) as sql:
            stream.remove(sql, wanted.missing)
        found = gap(sent, held(site))
    if found != wanted:
        msg = f"The online store is not as the restore left it: {'; '.join(sorted(set(found.lines) ^ set(wanted.lines))[:5])}"
        raise VerificationError(msg, hint="run this scenario alone; it restores a platform for itself")


# --- replaying the jobs ------------------------------------------------------------------------------------------------


def replay(site: Site, sent: tuple[Sent, ...], how: str = IN_FULL) -> Replayed:
    """Run the jobs again that had sent the rows, and wait until the platform's consumer has taken what they send.

    A job sends all its rows again, those that had arrived too; nothing tells it which were in flight.

    Args:
        site: where.
        sent: all that they had sent.
        how: wholly, or in one of the ways that leave a gap.

    Raises:
        VerificationError: the consumer took another number of rows than the jobs sent, or nobody knows that way.
        DeadlineExceeded: it did not take them in time.
    """
    flying = in_flight(sent)
    tail = flying[-max(1, len(flying) // SHARE) :]
    ways = {
        IN_FULL: ([each.id for each in sent], Gap()),
        NOT_AT_ALL: ([], Gap(missing=flying)),
        BROKEN_OFF: ([each.id for each in sent if each.id not in tail], Gap(missing=tail)),
        OTHER_INPUT: ([each.id for each in sent], Gap(damaged=tail)),
    }
    if how not in ways:
        msg = f"There is no way {how!r} to replay jobs."
        raise VerificationError(msg, hint=f"known: {', '.join(ways)}")
    numbers, left = ways[how]
    return _run(site, numbers, left, how)


def _run(site: Site, numbers: list[int], left: Gap, how: str) -> Replayed:
    before, topic = held(site), stream.topic_of(site)
    with (
        site.recorder.operation(REPLAY, f"{len(numbers)} rows to {topic}, {how}", target=site.namespace) as done,
        broker(site) as kafka,
    ):
        start = _await_consumed(kafka, site)
        sent = stream.send_by(kafka, site, numbers, otherwise=left.damaged) if numbers else 0
        taken = _await_consumed(kafka, site) - start
        done.text = f"{sent} rows acknowledged by Kafka, {taken} taken by the platform's consumer"
    site.recorder.action(
        "jobs-were-replayed",
        effective=sent == taken == len(numbers),
        expected=f"{len(numbers)} rows acknowledged by Kafka and taken by the platform's consumer",
        observed=done.text,
    )
    require({"jobs-were-replayed": sent == taken == len(numbers)})
    return Replayed(before, taken, left)


# --- reading again from Kafka ------------------------------------------------------------------------------------------


def keep_as_at_the_backup(site: Site, recovered: Recovered) -> None:
    """See that Kafka keeps the rows in flight, made before the recovery point and only then; where it does not, make it so.

    Other scenarios may have sent them again since; then its messages are removed and those rows sent with an earlier time,
    which the consumer is told to have confirmed, as it had before the restore.
    """
    sent, point = recovered.snapshot.sent, recovered.backup.rondb.after
    names, topic = need(site.profile.kafka, "kafka"), stream.topic_of(site)
    with site.recorder.operation("look at what Kafka keeps", topic, target=site.namespace, destructive=True) as done:
        with broker(site) as kafka:
            kept = [(_number(each.key), each.at) for each in kafka.records(topic)]
        wrong = unlike_the_backup(sent, kept, point)
        done.text = wrong or "the rows in flight, as at the backup"
        if wrong:
            _stop_consumer(site)
            with broker(site) as kafka:
                kafka.discard(topic)
                stream.send_by(kafka, site, in_flight(sent), at=point - EARLIER)
                kafka.confirm(names.group, topic, {number: end for number, (_, end) in kafka.ends(topic).items()})
            stream.scale(site, names, 1)


def unlike_the_backup(sent: tuple[Sent, ...], kept: Iterable[tuple[int, datetime]], point: datetime) -> str:
    """Why what Kafka keeps is not what it kept at the recovery point; empty where it is."""
    known, flying, early = {each.id for each in sent}, set(in_flight(sent)), set[int]()
    for number, at in kept:
        if number not in known:
            return f"row {number}, which is none of those sent before the backup"
        if number in flying and at >= point:
            return f"row {number}, sent again at {utc_text(at)}"
        early.add(number)
    lacking = sorted(flying - early)
    return f"{len(lacking)} of {len(flying)} rows in flight are not there" if lacking else ""


def _number(key: bytes) -> int:
    return int(json.loads(key)["id"])


def read_again(site: Site, recovered: Recovered, how: str) -> Replayed:
    """Stop the platform's consumer, set back what it has confirmed, start it, and wait until it has read to the end.

    Raises:
        VerificationError: its offsets are not where they were set, or nobody knows that way.
        DeadlineExceeded: it did not stop, or did not read to the end in time.
    """
    if how not in {OLDEST, BEGINNING, MOMENT, REMOVED}:
        msg = f"There is no way {how!r} to read again."
        raise VerificationError(msg, hint=f"known: {OLDEST}, {BEGINNING}, {MOMENT}, {REMOVED}")
    names, topic, before = need(site.profile.kafka, "kafka"), stream.topic_of(site), held(site)
    call = f"group {names.group} on {topic}: {how}"
    with site.recorder.operation(READ_AGAIN, call, target=site.namespace, destructive=True) as done:
        _stop_consumer(site)
        with broker(site) as kafka:
            aim = _set_back(kafka, site, recovered, how)
            found = {number: at for number, (at, _) in confirmed(kafka, site).items()}
        stream.scale(site, names, 1)
        with broker(site) as kafka:
            taken = _await_consumed(kafka, site) - sum(found.values())
        done.text = f"read again from {found}, {taken} rows taken"
    site.recorder.action(
        "consumer-was-set-back",
        effective=found == aim,
        expected=f"it has confirmed {aim} before it starts",
        observed=done.text,
    )
    require({"consumer-was-set-back": found == aim})
    flying = in_flight(recovered.snapshot.sent)
    return Replayed(before, taken, Gap(missing=flying) if how in {MOMENT, REMOVED} else Gap())


def _set_back(kafka: Kafka, site: Site, recovered: Recovered, how: str) -> dict[int, int]:
    """Set what the stopped consumer has confirmed; gives of each partition where it is to read from."""
    group, topic = need(site.profile.kafka, "kafka").group, stream.topic_of(site)
    if how == REMOVED:
        kafka.discard(topic)
    oldest = {number: first for number, (first, _) in kafka.ends(topic).items()}
    aim = kafka.since(topic, recovered.backup.rondb.after) if how == MOMENT else oldest
    if how == BEGINNING:
        kafka.forget(group)
    else:
        kafka.confirm(group, topic, aim)
    return aim


def _stop_consumer(site: Site) -> None:
    """No pod of it is left, and the broker knows none of its group."""
    names = need(site.profile.kafka, "kafka")
    stream.scale(site, names, 0)
    what = f"group {names.group} to have no members"
    with broker(site) as kafka:
        wait_for(lambda: kafka.members(names.group), what=what, until=lambda count: not count, deadline=CONSUMED_S)


# --- proofs ------------------------------------------------------------------------------------------------------------


def prove_closed(site: Site, sent: tuple[Sent, ...]) -> None:
    """Record that every row is in the online store as it was sent, and no other."""
    found = gap(sent, held(site))
    site.recorder.proof(
        "gap-is-closed",
        store="kafka",
        passed=bool(sent) and not found.lines,
        expected=f"{len(sent)} rows as they were sent, and no other",
        observed=f"{len(found.lines)} differences" if found.lines else "as they were sent",
        differences=found.lines,
    )


def prove_unchanged(site: Site, sent: tuple[Sent, ...], replayed: Replayed) -> None:
    """Record that the consumer took every row once more, and that the online store holds what it held."""
    now = held(site)
    wrong = sorted(
        f"row {number}: changed"
        for number in {*now, *replayed.before}
        if now.get(number) != replayed.before.get(number)
    )
    few = len(in_flight(sent))
    site.recorder.proof(
        "second-replay-changes-nothing",
        store="kafka",
        passed=not wrong and replayed.taken >= few and not gap(sent, now).lines,
        expected=f"at least the {few} rows taken again, and {len(sent)} rows as before and as sent",
        observed=f"{replayed.taken} taken, {len(now)} rows, {len(wrong)} changed",
        differences=[*wrong, *gap(sent, now).lines],
    )


def prove_told(site: Site, sent: tuple[Sent, ...], replayed: Replayed) -> None:
    """Record that the claim of a closed gap is red, and names exactly the rows that are missing or wrong."""
    found = gap(sent, held(site)).lines
    wrong = sorted(set(found) ^ set(replayed.left.lines))
    site.recorder.proof(
        "open-gap-is-told-row-by-row",
        store="kafka",
        passed=bool(found) and not wrong,
        expected=f"{len(replayed.left.lines)} rows named: {'; '.join(replayed.left.lines[:2])} ...",
        observed=f"{len(found)} rows named" if found else "nothing: the gap would have passed for closed",
        differences=wrong,
        evidence=[site.recorder.keep("gap.json", found)],
    )


def prove_lost_with_kafka(site: Site, sent: tuple[Sent, ...]) -> None:
    """Record that Kafka itself keeps none of the rows."""
    with broker(site) as kafka:
        kept = {_number(each.key) for each in kafka.records(stream.topic_of(site))} & {each.id for each in sent}
    site.recorder.proof(
        "kafka-keeps-none-of-the-rows",
        store="kafka",
        passed=bool(sent) and not kept,
        expected="none of the rows that the lost Kafka had acknowledged",
        observed=f"{len(kept)} of {len(sent)}",
        differences=[f"row {number}: is kept" for number in sorted(kept)],
    )
