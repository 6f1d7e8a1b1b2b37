"""Lists of successful backups."""

from pathlib import Path

from pytest_bdd import given, parsers, then, when

from hopsdrill.model.declaration import PlannedOperation
from hopsdrill.plan.declare import declares
from hopsdrill.recovery.backup import BackupSet, take_set
from hopsdrill.run import listing
from hopsdrill.run.corner import Corner
from hopsdrill.run.listing import Answer, Records
from hopsdrill.run.velero_objects import NEWER, NEWEST, OLDER
from hopsdrill.site import Site
from hopsdrill_steps.backup import BACK_UP


RECORD = PlannedOperation(name="record backups", target="a namespace of its own")
LIST = PlannedOperation(name="list the backups", target="{namespace}")
STORES = r"(?P<store>rondb|opensearch|registry|kubernetes|all stores)"


@given(
    parsers.parse(
        "records of {store} around New Year, in two metadata ConfigMaps, whose IDs do not grow with time, among others that do not count"
    ),
    target_fixture="records",
)
@declares(operations=[RECORD], actions=["ids-do-not-grow-with-time"])
def the_records(site: Site, corner: Corner, store: str) -> Records:
    """In a namespace of its own, with the platform's labels."""
    return listing.record(site, corner, store)


@when(parsers.re(f"the backups of {STORES} are listed"), target_fixture="answer")
@declares(operations=[LIST])
def are_listed(site: Site, corner: Corner, store: str) -> Answer:
    """By the command an operator uses."""
    return listing.ask(site, store, listing.profile_of(site, corner))


@then(parsers.re(f"every successful backup of {STORES} is listed once, the newest first, and no other"))
@declares(proofs=["backups-are-listed-by-time"])
def listed_by_time(site: Site, records: Records, answer: Answer) -> None:
    """The failed and the damaged one are told as passed over; the other store's is not there."""
    listing.prove_listed(site, records, answer)


@then("the completed ones of both schedules are listed, the newest first, and no other")
@declares(proofs=["velero-backups-are-listed-by-time"])
def velero_listed(site: Site, place: Corner, answer: Answer) -> None:
    """By their start; the partially failed ones are told as passed over."""
    listing.prove_velero_listed(site, place, answer, [OLDER, NEWER], NEWEST)


@when("every store is backed up", target_fixture="taken")
@declares(operations=BACK_UP)
def every_store(platform: Site) -> BackupSet:
    """By the platform's own CronJobs and Velero's Schedules."""
    return take_set(platform)


@then("the list of each store begins with that backup")
@declares(operations=[LIST], proofs=["list-begins-with-the-new-backup"])
def begins_with_it(platform: Site, taken: BackupSet) -> None:
    """Of every store whose backups are recorded, and of Velero's both Schedules."""
    listing.prove_set_listed(platform, taken)


@given("a reader of the cluster who may read nothing", target_fixture="reader")
@declares()
def a_reader(site: Site, corner: Corner) -> tuple[Path, str]:
    """A service account without any role."""
    return listing.reader(site, corner)


@when(parsers.re(f"the backups of {STORES} are listed by that reader"), target_fixture="answer")
@declares(operations=[LIST])
def listed_by(site: Site, reader: tuple[Path, str], store: str) -> Answer:
    """By the same command."""
    return listing.ask(site, store, listing.profile_of(site), reader)


@then(parsers.re(f"the answer is that the backups of {STORES} are unknown, with what could not be read"))
@declares(proofs=["unknown-is-not-absent"])
def unknown(site: Site, answer: Answer) -> None:
    """Exit code 8, and the reason."""
    listing.prove_unknown(site, answer)
