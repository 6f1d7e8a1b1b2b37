"""Rows on their way through Kafka, replayed."""

from contextlib import ExitStack

from pytest_bdd import given, parsers, then, when

from hopsdrill.model.declaration import PlannedOperation
from hopsdrill.plan.declare import declares
from hopsdrill.proof.key import Key
from hopsdrill.run import replay, reread
from hopsdrill.run.proofs import data_matches
from hopsdrill.run.replay import Replayed
from hopsdrill.run.stages import Recovered
from hopsdrill.site import Site
from hopsdrill_steps.data import ROW_PROOFS


REOPEN = PlannedOperation(name="open the gap again", target="{namespace}", destructive=True)
KEEP = PlannedOperation(name=reread.KEPT, target="{namespace}", destructive=True)
REPLAY = PlannedOperation(name=replay.REPLAY, target="{namespace}")
READ_AGAIN = PlannedOperation(name=reread.READ_AGAIN, target="{namespace}", destructive=True)


@given("exactly the rows in flight are missing from the online store")
@declares(operations=[REOPEN], proofs=["exactly-the-rows-in-flight-are-missing"])
def the_gap(platform: Site, recovered: Recovered, upset: ExitStack) -> None:
    """Row by row; opened again when the scenario ends, for the next one."""
    upset.callback(replay.open_gap, platform, recovered.snapshot.sent)
    replay.prove_gap(platform, recovered.snapshot.sent)


@given("Kafka keeps them as it did at the backup")
@declares(operations=[KEEP])
def kafka_keeps_them(platform: Site, recovered: Recovered) -> None:
    """By its messages' keys and times."""
    reread.keep_as_at_the_backup(platform, recovered)


@given("Kafka has none of them")
@declares(proofs=["kafka-keeps-none-of-the-rows"])
def kafka_has_none(platform: Site, recovered: Recovered) -> None:
    """By its messages' keys."""
    replay.prove_lost_with_kafka(platform, recovered.snapshot.sent)


@when(parsers.re(r"the jobs that sent them are replayed( once more)?$"), target_fixture="replayed")
@declares(operations=[REPLAY], actions=["jobs-sent-what-was-meant"])
def jobs_replayed(platform: Site, recovered: Recovered) -> Replayed:
    """With all their rows."""
    return replay.replay(platform, recovered.snapshot.sent)


@when(
    parsers.re(r"the jobs that sent them are replayed (?P<how>not at all|but for .*|from .*)$"),
    target_fixture="replayed",
)
@declares(operations=[REPLAY], actions=["jobs-sent-what-was-meant"])
def jobs_replayed_wrongly(platform: Site, recovered: Recovered, how: str) -> Replayed:
    """In a way that leaves a gap."""
    return replay.replay(platform, recovered.snapshot.sent, how)


@when(parsers.re(r"the consumer reads again (from|although) (?P<how>.+)$"), target_fixture="replayed")
@declares(operations=[READ_AGAIN], actions=["consumer-was-set-back"])
def consumer_reads_again(platform: Site, recovered: Recovered, how: str) -> Replayed:
    """Its offsets are set while it is stopped."""
    return reread.read_again(platform, recovered, how)


@then("every row is there as it was sent, and nothing else in the database has changed")
@declares(proofs=["gap-is-closed", *ROW_PROOFS])
def the_gap_is_closed(platform: Site, recovered: Recovered, key: Key) -> None:
    """Row by row."""
    replay.prove_closed(platform, recovered.snapshot.sent)
    data_matches(platform, recovered, key)


@then("every row is taken again, and nothing changes")
@declares(proofs=["second-replay-changes-nothing"])
def nothing_changes(platform: Site, recovered: Recovered, replayed: Replayed) -> None:
    """By the consumer's offsets and by the rows."""
    replay.prove_unchanged(platform, recovered.snapshot.sent, replayed)


@then("the claim that the gap is closed is red, naming exactly the rows that are missing or wrong")
@declares(proofs=["open-gap-is-told-row-by-row"])
def the_gap_is_told(platform: Site, recovered: Recovered, replayed: Replayed) -> None:
    """By the same comparison that finds a gap closed."""
    replay.prove_told(platform, recovered.snapshot.sent, replayed)
