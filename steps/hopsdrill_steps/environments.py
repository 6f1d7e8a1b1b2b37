"""Python environments that are made again."""

from contextlib import ExitStack

from pytest_bdd import given, then, when

from hopsdrill.model.declaration import PlannedOperation
from hopsdrill.plan.declare import declares
from hopsdrill.proof.key import Key
from hopsdrill.recovery import markers
from hopsdrill.recovery.request import SEPARATE
from hopsdrill.run import recreated
from hopsdrill.run.proofs import content_matches, contents_match, data_matches, objects_match
from hopsdrill.run.shelf import Shelf
from hopsdrill.run.stages import Recovered
from hopsdrill.site import Site
from hopsdrill_steps.data import ROW_PROOFS
from hopsdrill_steps.restore import EFFECTS, RESTORE


DELETE = PlannedOperation(name=recreated.DELETE, target="{namespace}", destructive=True)
DELETE_ENVIRONMENT = PlannedOperation(name=recreated.DELETE_ENVIRONMENT, target="{namespace}", destructive=True)
DELETE_MARKERS = PlannedOperation(name=markers.DELETE, target="{namespace}", destructive=True)
RESTORE_REGISTRY = PlannedOperation(name=recreated.RESTORE_REGISTRY, target="{namespace}", destructive=True)
MAKE = PlannedOperation(name=recreated.MAKE, target="{namespace}")
BACK = [*ROW_PROOFS, "files-match-the-snapshot", "documents-match-the-snapshot", "objects-match-the-backup"]


@given("a project was deleted with all it had in every store, its Python environment too")
@declares(operations=[DELETE], actions=["project-was-deleted"])
def a_project_was_deleted(platform: Site, recovered: Recovered, shelf: Shelf) -> None:
    """Nobody may take the platform for a restored one until it is again."""
    del recovered
    shelf.recovered = None
    recreated.delete_project(platform)


@when(
    "the platform is restored in place from that backup, without the registry's own backup", target_fixture="restored"
)
@declares(operations=[DELETE_MARKERS, RESTORE], actions=EFFECTS)
def restored_without_registry(platform: Site, recovered: Recovered, key: Key) -> Recovered:
    """As the platform is restored where the registry is not backed up."""
    return recreated.restore_without_registry(platform, recovered, key)


@then("the project is back in every other store, and its environment alone is missing")
@declares(proofs=[*BACK, "the-restore-lacks-the-environment"])
def back_without_environment(platform: Site, restored: Recovered, key: Key) -> None:
    """Every store is compared."""
    data_matches(platform, restored, key)
    contents_match(platform, restored, key, without=SEPARATE)
    objects_match(platform, restored, key)
    recreated.prove_lacking(platform, restored, key)


@when("the environment is made again from what the restored project says")
@declares(operations=[MAKE])
def made_again(platform: Site) -> None:
    """By hand: no restore does it."""
    recreated.make_again(platform)


@then("every environment is as it was at the backup, by its digest and by every layer")
@declares(proofs=["environments-match-the-snapshot"])
def environments_match(platform: Site, recovered: Recovered, key: Key, shelf: Shelf) -> None:
    """Every layer is read."""
    if content_matches(platform, SEPARATE, recovered, key):
        shelf.recovered = recovered  # the platform is again as the first restore left it


@given("the environment of a project was deleted")
@declares(operations=[DELETE_ENVIRONMENT, MAKE])
def environment_was_deleted(platform: Site, upset: ExitStack) -> None:
    """Made again when the scenario ends, however it ends."""
    upset.callback(recreated.make_again, platform)
    recreated.delete_environment(platform)


@when("the registry's own backup is restored, and nothing else")
@declares(operations=[DELETE_MARKERS, RESTORE_REGISTRY])
def registry_restored(platform: Site, recovered: Recovered) -> None:
    """By a plain upgrade that names its ID."""
    recreated.restore_registry(platform, recovered)


@when("it is made again with one package more than the project says")
@declares(operations=[MAKE])
def made_otherwise(platform: Site) -> None:
    """The registry takes it: it cannot know better."""
    recreated.make_again(platform, tuple(recreated.WRONG))


@then("it is told from the one that was deleted, by its digest")
@declares(proofs=["another-environment-is-told-apart"])
def told_apart(platform: Site, recovered: Recovered, key: Key) -> None:
    """By the same comparison that finds it whole."""
    recreated.prove_told(platform, recovered, key)
