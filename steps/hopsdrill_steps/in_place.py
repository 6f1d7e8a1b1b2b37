"""Restores in place to recovery points, in every way they may be asked for."""

from contextlib import ExitStack

from pytest_bdd import given, parsers, then, when

from hopsdrill.model.declaration import PlannedOperation
from hopsdrill.plan.declare import declares
from hopsdrill.proof.key import Key
from hopsdrill.recovery import markers
from hopsdrill.recovery.request import Way
from hopsdrill.run import in_place, repeated, unending, unready
from hopsdrill.run.in_place import Wanted
from hopsdrill.run.points import Points
from hopsdrill.run.repeated import Repeated
from hopsdrill.run.session import Drill
from hopsdrill.run.stages import Recovered
from hopsdrill.run.unending import Unended
from hopsdrill.run.unready import Answered
from hopsdrill.site import Site
from hopsdrill_steps.refusal import ASK
from hopsdrill_steps.restore import EFFECTS, RESTORE


CLEAR = PlannedOperation(name=markers.DELETE, target="{namespace}", destructive=True)
CHANGE_ALL = PlannedOperation(name=in_place.CHANGE_ALL, target="{namespace}", destructive=True)
RESTORE_POINT = [CLEAR, CHANGE_ALL, RESTORE]
POINT_EFFECTS = ["every-store-differs-before-the-restore", *EFFECTS]
FROM_THE_OLDER = ("rondb", "opensearch", "kubernetes")


def _restore(platform: Site, drill: Drill, points: Points, aim: Wanted, key: Key, way: Way) -> Recovered:  # noqa: PLR0913, PLR0917 - what a restore rests on
    in_place.clear(platform, points)
    return in_place.restore(platform, drill.plan.data, aim, key, way)


@when("the newer one is restored in place", target_fixture="recovered")
@declares(operations=RESTORE_POINT, actions=POINT_EFFECTS)
def the_newer_one_is_restored(platform: Site, drill: Drill, points: Points, aim: Wanted, key: Key) -> Recovered:
    """Change every store, then restore by a values file."""
    return _restore(platform, drill, points, aim, key, Way())


@when("the newer one is restored in place by flags on the command line", target_fixture="recovered")
@declares(operations=RESTORE_POINT, actions=POINT_EFFECTS)
def restored_by_flags(platform: Site, drill: Drill, points: Points, aim: Wanted, key: Key) -> Recovered:
    """The same values, each by a flag of helm's."""
    return _restore(platform, drill, points, aim, key, Way(flags=True))


@when(
    "the newer one is restored in place with the older one's backups of database, search engine and Kubernetes objects",
    target_fixture="recovered",
)
@declares(operations=RESTORE_POINT, actions=POINT_EFFECTS)
def restored_with_overrides(platform: Site, drill: Drill, points: Points, key: Key) -> Recovered:
    """The global ID is the newer one's; three stores are told another."""
    older, newer = points
    aim = in_place.wanted(platform, newer, dict.fromkeys(FROM_THE_OLDER, older))
    return _restore(platform, drill, points, aim, key, Way())


@then("Velero restored the latest completed backups")
@declares(proofs=["velero-took-the-latest-completed-backups"])
def velero_took_the_latest(platform: Site, recovered: Recovered) -> None:
    """By the Restores that the platform made."""
    in_place.prove_velero(platform, recovered, named=False)


@then("Velero restored the backups that were named")
@declares(proofs=["velero-took-the-named-backups"])
def velero_took_the_named(platform: Site, recovered: Recovered) -> None:
    """By the Restores that the platform made."""
    in_place.prove_velero(platform, recovered, named=True)


@then("the file system was restored under the global ID")
@declares(proofs=["file-system-followed-the-global-id"])
def files_followed(platform: Site, points: Points) -> None:
    """By its Job, whose name has the ID; another ID's would be there too."""
    older, newer = points
    in_place.prove_global_id(platform, newer.backup.rondb.id, older.backup.rondb.id)


# --- markers ---------------------------------------------------------------------------------------------------------


@given("the newer one has been restored in place")
@declares(operations=RESTORE_POINT)
def has_been_restored(platform: Site, drill: Drill, points: Points, aim: Wanted, key: Key) -> None:
    """By an earlier scenario, as all its markers say, or now."""
    if not in_place.marked(platform, aim):
        _restore(platform, drill, points, aim, key, Way())


@when("that restore is asked for again, and each marker that a refusal names is deleted", target_fixture="repeated_")
@declares(operations=[ASK, CLEAR])
def asked_again(platform: Site, aim: Wanted, key: Key) -> Repeated:
    """One marker at a time, so that each is seen to stand in the way."""
    return repeated.ask_until_none_is_left(platform, aim, key)


@then("it was refused until no marker was left, and nothing was touched")
@declares(proofs=["refused-while-a-marker-is-left", "nothing-was-touched"])
def refused_while_marked(platform: Site, aim: Wanted, repeated_: Repeated, key: Key) -> None:
    """By helm's words, by hopsdrill's own, and by everything in every store."""
    repeated.prove_refused(platform, aim, repeated_, key)


# --- timeouts --------------------------------------------------------------------------------------------------------


@when(
    "the newer one is restored in place with a timeout that is over before the restore is", target_fixture="recovered"
)
@declares(operations=RESTORE_POINT, actions=POINT_EFFECTS)
def restored_with_a_short_timeout(platform: Site, drill: Drill, points: Points, aim: Wanted, key: Key) -> Recovered:
    """Helm waits for the Jobs, and the search engine's is slowed down until it takes longer."""
    with unending.slowly(platform, aim, unending.LASTS) as slow:
        return _restore(platform, drill, points, slow, key, Way(patience=unending.PATIENCE))


@then("helm gave up while the restore went on")
@declares(proofs=["helm-gave-up-while-the-restore-went-on"])
def helm_gave_up(platform: Site, recovered: Recovered) -> None:
    """By its exit code, and by the Jobs that were at work then and have ended since."""
    in_place.prove_gave_up(platform, recovered)


@when("the newer one is restored in place with a search engine that cannot finish", target_fixture="unended")
@declares(operations=RESTORE_POINT, actions=["every-store-differs-before-the-restore"])
def restored_past_the_deadline(platform: Site, drill: Drill, points: Points, aim: Wanted, key: Key) -> Unended:
    """Within a bound of the scenario's own."""
    in_place.clear(platform, points)
    return unending.restore_past_the_deadline(platform, drill.plan.data, unending.slowed(platform, aim), key)


@then("the restore is told as not ended, and the documents have not come back")
@declares(proofs=["restore-is-told-as-not-ended", "documents-have-not-come-back"])
def told_as_not_ended(platform: Site, aim: Wanted, unended: Unended, key: Key) -> None:
    """By the error, by the Jobs, and by the comparison with the backup."""
    unending.prove_unended(platform, aim, unended, key)


@when("that restore is given up")
@declares(operations=[PlannedOperation(name=unending.GIVE_UP, target="{namespace}", destructive=True), CLEAR])
def given_up(platform: Site, aim: Wanted) -> None:
    """Its Jobs are deleted, and what is half restored is dropped."""
    unending.give_up(platform, aim)


@then("nothing of it is left running")
@declares(proofs=["nothing-is-left-running"])
def nothing_runs(platform: Site, aim: Wanted) -> None:
    """No Job, no pod of one, no shard that is being restored."""
    unending.prove_nothing_runs(platform, aim)


# --- what a restore needs --------------------------------------------------------------------------------------------


@when(parsers.parse("a restore in place of the newer one is asked for although {what}"), target_fixture="answered")
@declares(operations=[CLEAR, PlannedOperation(name=unready.TAKE_AWAY, target="{namespace}", destructive=True), RESTORE])
def asked_unready(platform: Site, points: Points, what: str, key: Key, upset: ExitStack) -> Answered:
    """One thing is missing; hopsdrill is asked first."""
    in_place.clear(platform, points)
    return unready.ask(platform, what, points[1].backup, key, upset)


@then("it is refused before anything is asked of the platform")
@declares(proofs=["refused-before-anything-was-asked"])
def refused_by_hopsdrill(platform: Site, answered: Answered) -> None:
    """With the reason."""
    unready.prove_own(platform, answered)


@then("the platform, asked all the same, refuses it too")
@declares(operations=[ASK], proofs=["platform-refuses-it-too"])
def refused_by_the_platform(platform: Site, answered: Answered) -> None:
    """In its own words, by its rendering or by a hook."""
    unready.prove_platforms(platform, answered)


@then("every store is as it was")
@declares(proofs=["nothing-was-touched"])
def as_it_was(platform: Site, answered: Answered, key: Key) -> None:
    """Database, accounts, objects, files, documents, images, pods, Velero's Restores."""
    unready.prove_untouched(platform, answered, key)
