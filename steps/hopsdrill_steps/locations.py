"""Backup locations, and the wait for what they hold."""

from pytest_bdd import given, parsers, then, when

from hopsdrill.model.declaration import PlannedOperation
from hopsdrill.plan.declare import declares
from hopsdrill.recovery.location import Synced
from hopsdrill.run import corner as corners
from hopsdrill.run import locations, synced, velero_objects
from hopsdrill.run.corner import Corner
from hopsdrill.run.locations import Tried
from hopsdrill.run.synced import Waited
from hopsdrill.site import Site


VELERO = "{kubernetes_velero_namespace}"
MAKE = PlannedOperation(name="make a backup location", target=VELERO)
WAIT = PlannedOperation(name="wait for the backup location", target=VELERO)
SYNC = PlannedOperation(name="wait for the backups to be synced", target=VELERO)
FORGET = PlannedOperation(name="forget the backups", target=VELERO, destructive=True)
WRITE = PlannedOperation(name="write objects", target="two namespaces of its own")
BACK_UP = PlannedOperation(name="back up two schedules of its own", target=VELERO)
RESTORE = PlannedOperation(name="restore kubernetes objects", target="two namespaces of its own", destructive=True)


@given("a folder of the bucket that no platform uses", target_fixture="place")
@declares()
def a_folder(corner: Corner) -> Corner:
    """Names only; what is made there is removed when the scenario ends."""
    return corner


@when("a backup location is made there with credentials, endpoint and path style", target_fixture="tried")
@declares(operations=[MAKE, WAIT])
def a_good_location(site: Site, place: Corner) -> Tried:
    """Make it and wait for it."""
    return locations.try_good(site, place)


@then("it is Available before its deadline")
@declares(proofs=["location-is-available"])
def it_is_available(site: Site, tried: Tried) -> None:
    """By Velero's own phase."""
    locations.prove_available(site, tried)


@then("a backup taken through it lies in the bucket, under its prefix")
@declares(operations=[WRITE, BACK_UP], proofs=["backup-lies-under-the-prefix"])
def a_backup_through_it(site: Site, place: Corner) -> None:
    """Read from the bucket, not from Velero."""
    locations.prove_written(site, place)


@when(
    parsers.re(r"a backup location is made there (?P<how>with an? .*|without .*|over .*|in .*)"), target_fixture="tried"
)
@declares(operations=[MAKE, WAIT])
def a_wrong_location(site: Site, place: Corner, how: str) -> Tried:
    """Make it with one thing wrong and wait for it in vain."""
    return locations.try_wrong(site, place, how)


@then(parsers.parse('the wait for it ends at its deadline with the phase Unavailable, saying "{said}"'))
@declares(proofs=["wait-ended-with-the-reason", "nothing-was-written"])
def it_is_unavailable(site: Site, place: Corner, tried: Tried, said: str) -> None:
    """The message has Velero's phase and reason; the bucket is as it was."""
    locations.prove_unavailable(site, place, tried, said)


@given("a location of its own with two namespaces", target_fixture="place")
@declares(operations=[MAKE])
def a_furnished_corner(site: Site, corner: Corner) -> Corner:
    """A usable location, a Schedule and a namespace like the platform's, and the same like a project's."""
    corners.furnish(site, corner)
    return corner


@given("a completed backup of both schedules", target_fixture="place")
@declares(operations=[MAKE, WRITE, BACK_UP])
def one_backup(site: Site, corner: Corner) -> Corner:
    """Taken by Velero from both Schedules."""
    corners.furnish(site, corner)
    corners.take(site, corner, velero_objects.NEWER)
    return corner


@given("an older and a newer completed backup of both schedules", target_fixture="place")
@declares(operations=[MAKE, WRITE, BACK_UP])
def two_backups(site: Site, corner: Corner) -> Corner:
    """What they hold differs."""
    corners.furnish(site, corner)
    corners.take(site, corner, velero_objects.OLDER)
    corners.take(site, corner, velero_objects.NEWER)
    return corner


@given("a newest backup of both schedules that ended PartiallyFailed")
@declares(operations=[WRITE, BACK_UP])
def a_newest_bad_backup(site: Site, place: Corner) -> None:
    """A hook in a pod of the backup fails; the archive is there all the same."""
    corners.take_badly(site, place, velero_objects.NEWEST)


@given("a Velero that knows neither the location nor the backups")
@declares(operations=[FORGET])
def a_new_velero(site: Site, place: Corner) -> None:
    """As in a new cluster; the bucket has them."""
    corners.forget(site, place)


@when("a backup location is made over them", target_fixture="seen")
@declares(operations=[MAKE, SYNC])
def a_location_over_them(site: Site, place: Corner) -> Synced:
    """Wait for Velero's own synchronising."""
    return synced.location_over(site, place)


@then("Velero knows the newer backup of both schedules before the deadline")
@declares(proofs=["latest-backups-are-known"])
def the_latest_are_known(site: Site, place: Corner, seen: Synced) -> None:
    """Not any backup: these two."""
    synced.prove_synced(site, place, seen, velero_objects.NEWER)


@given(parsers.parse("a location that holds {what}"), target_fixture="place")
@declares(operations=[MAKE, WRITE, BACK_UP])
def a_location_that_holds(site: Site, corner: Corner, what: str) -> Corner:
    """Nothing, or what is not to be taken for the wanted backups."""
    synced.hold(site, corner, what)
    return corner


@when("the latest backups of both schedules are to be restored from it", target_fixture="waited")
@declares(operations=[SYNC, RESTORE])
def the_latest_are_asked_for(site: Site, place: Corner) -> Waited:
    """They never come."""
    return synced.ask(site, place)


@then(parsers.parse('the wait for them ends at its deadline, saying "{said}"'))
@declares(proofs=["wait-ended-with-what-was-seen"])
def the_wait_ends(site: Site, waited: Waited, said: str) -> None:
    """The message has what the bucket holds and what Velero knows."""
    synced.prove_ended(site, waited, said)


@then("no Restore was made")
@declares(proofs=["no-restore-was-made"])
def no_restore(site: Site, waited: Waited) -> None:
    """By the Restores there are."""
    synced.prove_no_restore(site, waited)
