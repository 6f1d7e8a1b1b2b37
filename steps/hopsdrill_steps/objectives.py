"""Objectives."""

from pytest_bdd import then

from hopsdrill.plan.declare import declares
from hopsdrill.run import canaries
from hopsdrill.run.measures import MEASURED, SKEW, measure, measure_skew
from hopsdrill.run.session import Drill
from hopsdrill.run.stages import Recovered
from hopsdrill.site import Site


@then("the recovery time and the recovery point are within the plan's objectives")
@declares(objectives=MEASURED)
def the_objectives_are_met(platform: Site, drill: Drill, recovered: Recovered) -> None:
    """Measure both; a missed one makes the verdict BREACHED, which is no failed proof."""
    measure(platform, recovered, drill.plan.objectives, drill.plan.data, attested=drill.attested)


@then("the recovery time, the recovery point of every store and the skew between them are within the plan's objectives")
@declares(actions=[canaries.ALIVE], proofs=[canaries.LOST], objectives=[*MEASURED, SKEW])
def the_objectives_are_met_in_every_store(platform: Site, drill: Drill, recovered: Recovered) -> None:
    """Account for every canary, then measure; the recovery point is that of the store which lost most."""
    found, wanted = canaries.prove(platform, recovered), drill.plan.objectives
    measure(platform, recovered, wanted, drill.plan.data, found, drill.attested)
    measure_skew(platform, found, wanted.skew)
