"""Rows that were in flight at the backup: the gap that a restore leaves, and their jobs replayed; judged row by row."""

import json
from dataclasses import dataclass

from hopsdrill.adapters.kafka import Kafka
from hopsdrill.clients import broker, database, need
from hopsdrill.core.errors import VerificationError
from hopsdrill.core.wait import wait_for
from hopsdrill.proof.stream import Gap, gap, in_flight
from hopsdrill.run.disaster import require
from hopsdrill.site import Site
from hopsdrill.workload import stream
from hopsdrill.workload.stream import Sent


CONSUMED_S = 60.0
SHARE = 5  # a job that breaks off leaves out the last fifth of the rows in flight
REPLAY = "replay the jobs"
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


def number_of(key: bytes) -> int:
    """Which row a message is about."""
    return int(json.loads(key)["id"])


def await_consumed(kafka: Kafka, site: Site) -> int:
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
            await_consumed(kafka, site)
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
        start = await_consumed(kafka, site)
        sent = stream.send_by(kafka, site, numbers, otherwise=left.damaged) if numbers else 0
        taken = await_consumed(kafka, site) - start
        done.text = f"{sent} rows acknowledged by Kafka, {taken} taken by the platform's consumer"
    site.recorder.action(
        "jobs-sent-what-was-meant",
        effective=sent == taken == len(numbers),
        expected=f"{len(numbers)} rows acknowledged by Kafka and taken by the platform's consumer",
        observed=done.text,
    )
    require({"jobs-sent-what-was-meant": sent == taken == len(numbers)})
    return Replayed(before, taken, left)


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
        kept = {number_of(each.key) for each in kafka.records(stream.topic_of(site))} & {each.id for each in sent}
    site.recorder.proof(
        "kafka-keeps-none-of-the-rows",
        store="kafka",
        passed=bool(sent) and not kept,
        expected="none of the rows that the lost Kafka had acknowledged",
        observed=f"{len(kept)} of {len(sent)}",
        differences=[f"row {number}: is kept" for number in sorted(kept)],
    )
