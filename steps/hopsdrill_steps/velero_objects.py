"""Velero's backups and restores of objects: by schedule, by name, and however they end."""

from pytest_bdd import given, parsers, then, when

from hopsdrill.model.declaration import PlannedOperation
from hopsdrill.plan.declare import declares
from hopsdrill.proof.key import Key
from hopsdrill.run import corner as corners
from hopsdrill.run import velero_ends, velero_objects
from hopsdrill.run.corner import Corner
from hopsdrill.run.velero_ends import Ended
from hopsdrill.run.velero_objects import NEWER, OLDER, Refused, Restores
from hopsdrill.site import Site
from hopsdrill_steps.locations import MAKE, RESTORE, VELERO, WRITE


SPACES = "two namespaces of its own"
LOSE = PlannedOperation(name="lose the namespaces", target=SPACES, destructive=True)
CHANGE = PlannedOperation(name="change an object", target=SPACES)
BEGIN_BACKUP = PlannedOperation(name="begin a backup", target=VELERO)
BEGIN_RESTORE = PlannedOperation(name="begin a restore", target=SPACES, destructive=True)
HARM = PlannedOperation(name="harm the way of a restore", target="a backup of its own", destructive=True)
KEEP = PlannedOperation(name="keep a namespace from going", target=SPACES, destructive=True)
END = PlannedOperation(name="wait for the end", target=VELERO)
OF_THE_BACKUP = ["velero-took-that-backup", "objects-are-of-the-backup"]


@given("the namespaces they hold are lost")
@declares(operations=[LOSE], actions=["the-namespaces-were-lost"])
def the_namespaces_are_lost(site: Site, place: Corner) -> None:
    """Deleted with everything in them."""
    corners.lose(site, place)


@when(
    "the latest backup of the main schedule is restored, then the latest of the users schedule",
    target_fixture="restored",
)
@declares(operations=[RESTORE])
def the_latest_are_restored(site: Site, place: Corner) -> Restores:
    """By scheduleName: Velero chooses."""
    return velero_objects.restore_latest(site, place)


@then("the objects are those of the newer completed backups, and of no other")
@declares(proofs=OF_THE_BACKUP)
def of_the_newer(site: Site, place: Corner, restored: Restores, key: Key) -> None:
    """Compared with every archive."""
    velero_objects.prove_version(site, place, restored, NEWER, key)


@when("the older backups of both schedules are restored by their names", target_fixture="restored")
@declares(operations=[RESTORE])
def the_older_are_restored(site: Site, place: Corner) -> Restores:
    """By backupName."""
    return velero_objects.restore_named(site, place, OLDER)


@then("the objects are those of the older backups, and of no other")
@declares(proofs=OF_THE_BACKUP)
def of_the_older(site: Site, place: Corner, restored: Restores, key: Key) -> None:
    """Compared with every archive."""
    velero_objects.prove_version(site, place, restored, OLDER, key)


@when(parsers.re(r"a restore of (?P<what>a backup.*|the backup.*) is asked for"), target_fixture="refused")
@declares(operations=[RESTORE, BEGIN_RESTORE])
def asked_for(site: Site, place: Corner, what: str) -> Refused:
    """By a name that is none."""
    return velero_objects.ask_for(site, place, what)


@then(
    parsers.parse('it is refused before anything is made, saying "{said}"; without that check the answer is "{theirs}"')
)
@declares(proofs=["refused-before-anything-was-made"])
def it_is_refused(site: Site, refused: Refused, said: str, theirs: str) -> None:
    """By hopsdrill, and by Kubernetes or Velero."""
    velero_objects.prove_refused(site, refused, said, theirs)


@then("nothing was restored")
@declares(proofs=["nothing-was-restored"])
def nothing_restored(site: Site, place: Corner) -> None:
    """The namespaces are still lost."""
    velero_objects.prove_nothing_restored(site, place)


@given("one object says something else than the backup holds")
@declares(operations=[CHANGE])
def a_stale_object(site: Site, place: Corner) -> None:
    """A ConfigMap of the project."""
    velero_objects.make_stale(site, place)


@when("the backups of both schedules are restored by their names", target_fixture="restored")
@declares(operations=[RESTORE])
def the_backups_are_restored(site: Site, place: Corner) -> Restores:
    """By backupName, over what is there."""
    return velero_objects.restore_named(site, place, NEWER)


@then("Velero says Completed with a warning")
@declares(proofs=["velero-says-completed"])
def velero_says_completed(site: Site, restored: Restores) -> None:
    """Which is no proof."""
    velero_objects.prove_completed_with_warning(site, restored)


@then("the verification finds that object, and no other")
@declares(proofs=["stale-object-is-found"])
def the_stale_object_is_found(site: Site, place: Corner, key: Key) -> None:
    """By comparison with the archive."""
    velero_objects.prove_stale_found(site, place, NEWER, key)


# --- ends ------------------------------------------------------------------------------------------------------------


@when(parsers.re(r"a backup is taken (?P<how>of|under|into|whose)(?P<rest> .*)"), target_fixture="ended")
@declares(operations=[WRITE, MAKE, BEGIN_BACKUP, END])
def a_backup_is_taken(site: Site, place: Corner, how: str, rest: str) -> Ended:
    """In a way that has an end of its own."""
    return velero_ends.back_up(site, place, how + rest)


@when(parsers.re(r"a restore is made (?P<how>from .*|of .*|through .*)"), target_fixture="ended")
@declares(operations=[LOSE, HARM, BEGIN_RESTORE, END], actions=["the-namespaces-were-lost"])
def a_restore_is_made(site: Site, place: Corner, how: str, key: Key) -> Ended:
    """In a way that has an end of its own."""
    return velero_ends.restore(site, place, how, key)


@when("a restore is made into a namespace that is still being deleted", target_fixture="ended")
@declares(operations=[KEEP, BEGIN_RESTORE, END])
def a_restore_into_terminating(site: Site, place: Corner, key: Key) -> Ended:
    """Velero waits for the namespace to go."""
    return velero_ends.restore_into_terminating(site, place, key)


@then(parsers.parse('it ends as {phase} before its deadline, saying "{said}"'))
@declares(proofs=["end-is-told-with-its-reason"])
def it_ends_as(site: Site, ended: Ended, phase: str, said: str) -> None:
    """By Velero's phase and its own words."""
    velero_ends.prove_end(site, ended, phase, said)


@then("it is not among the completed backups")
@declares(proofs=["backup-is-not-counted"])
def not_counted(site: Site, place: Corner, ended: Ended) -> None:
    """As a restore would look for them."""
    velero_ends.prove_not_counted(site, place, ended)


@then("the objects are not those of the backup")
@declares(proofs=["incomplete-restore-is-found"])
def not_restored(site: Site, place: Corner, ended: Ended, key: Key) -> None:
    """The comparison is red."""
    velero_ends.prove_not_restored(site, place, ended, key)


@then("the wait ends at its deadline and says that it is InProgress")
@declares(proofs=["under-way-is-no-end"])
def under_way(site: Site, ended: Ended) -> None:
    """An error, neither a success nor an end."""
    velero_ends.prove_under_way(site, ended)


@then("the backup goes on to its own end")
@declares(operations=[END], proofs=["it-went-on-to-its-own-end"])
def the_backup_goes_on(site: Site, ended: Ended) -> None:
    """Awaited by itself."""
    velero_ends.prove_own_end(site, ended)


@then("the restore goes on to its own end, once the namespace is gone")
@declares(operations=[END], proofs=["it-went-on-to-its-own-end", "objects-are-of-the-backup"])
def the_restore_goes_on(site: Site, place: Corner, ended: Ended, key: Key) -> None:
    """Awaited by itself, and proved by the objects."""
    velero_ends.let_go(site, place)
    velero_ends.prove_own_end(site, ended)
    velero_objects.prove_project(site, place, NEWER, key)
