"""Rows that were in flight at the backup, read again from what Kafka has kept: the platform's consumer is set back."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from hopsdrill.adapters.kafka import Kafka
from hopsdrill.clients import broker, need
from hopsdrill.core.clock import utc_text
from hopsdrill.core.errors import VerificationError
from hopsdrill.core.wait import wait_for
from hopsdrill.proof.stream import Gap, in_flight
from hopsdrill.run.disaster import require
from hopsdrill.run.replay import CONSUMED_S, Replayed, await_consumed, confirmed, held, number_of
from hopsdrill.run.stages import Recovered
from hopsdrill.site import Site
from hopsdrill.workload import stream
from hopsdrill.workload.stream import Sent


READ_AGAIN, KEPT = "set the consumer back", "look at what Kafka keeps"
EARLIER = timedelta(minutes=1)  # before the recovery point: when rows in flight were made
OLDEST, BEGINNING, MOMENT, REMOVED = (
    "the oldest row kept",
    "the beginning, its offsets being lost",
    "it begins at the moment of the backup",
    "Kafka's retention has removed them",
)


def keep_as_at_the_backup(site: Site, recovered: Recovered) -> None:
    """See that Kafka keeps the rows in flight, made before the recovery point and only then; where it does not, make it so.

    Other scenarios may have sent them again since; then its messages are removed and those rows sent with an earlier time,
    which the consumer is told to have confirmed, as it had before the restore.
    """
    sent, point = recovered.snapshot.sent, recovered.backup.rondb.after
    names, topic = need(site.profile.kafka, "kafka"), stream.topic_of(site)
    with site.recorder.operation(KEPT, topic, target=site.namespace, destructive=True) as done:
        with broker(site) as kafka:
            kept = [(number_of(each.key), each.at) for each in kafka.records(topic)]
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
            taken = await_consumed(kafka, site) - sum(found.values())
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
