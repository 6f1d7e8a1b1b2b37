"""Backup sets that the drill did not take, and their seals."""

from pytest_bdd import given, then, when

from hopsdrill.model.declaration import PlannedOperation
from hopsdrill.plan.declare import declares
from hopsdrill.recovery import markers
from hopsdrill.run import given as points
from hopsdrill.run.given import Given, GivenRestored
from hopsdrill.run.sealing.gate import GATE
from hopsdrill.run.sealing.proofs import COHERENT, CONTENT, prove_coherent, prove_content
from hopsdrill.run.session import Drill
from hopsdrill.site import Site
from hopsdrill_steps.restore import RESTORE


CLEAR = PlannedOperation(name=markers.DELETE, target="{namespace}", destructive=True)
EFFECTS = ["data-directories-were-emptied", "server-was-made-anew"]


@given("the platform that stands on the cluster, which this drill has not installed")
@declares()
def the_platform_that_stands(site: Site) -> None:
    """It stays when the drill ends."""
    points.stand(site)


@given("the backup set that the plan names, as it was sealed", target_fixture="given_set")
@declares(proofs=[GATE])
def the_set_of_the_plan(site: Site, drill: Drill) -> Given:
    """Found by its ID; every object and record of it is held against the seal once more."""
    return points.the_set(site, drill.plan)


@when("the platform is restored in place from that set", target_fixture="given_restored")
@declares(operations=[CLEAR, RESTORE], actions=EFFECTS)
def restored_from_the_set(site: Site, given_set: Given) -> GivenRestored:
    """Every backup of the set is named in the request: others may have been taken since."""
    return points.restore(site, given_set)


@then("the content of every store is what the seal says of the recovery point")
@declares(proofs=list(CONTENT.values()))
def content_is_as_sealed(site: Site, given_set: Given) -> None:
    """By fingerprints that were taken when the set was sealed; without a seal this is UNKNOWN."""
    prove_content(site, given_set.seal)


@then("foreign keys, blocks, files, shards, images and the references between the stores hold")
@declares(proofs=COHERENT)
def the_stores_hold_together(site: Site) -> None:
    """Whatever they hold; needs no seal."""
    prove_coherent(site)


@then("the recovery time and the age of the recovery point are within the plan's objectives")
@declares(objectives=["rto", "rpo"])
def within_the_objectives(site: Site, drill: Drill, given_restored: GivenRestored) -> None:
    """The drill has written nothing that could be counted: the recovery point's age at the disaster is what is lost."""
    points.measure(site, given_restored, drill.plan.objectives)
