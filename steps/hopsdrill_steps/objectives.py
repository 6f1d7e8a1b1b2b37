"""Objectives."""

from pytest_bdd import then

from hopsdrill.plan.declare import declares
from hopsdrill.run.measures import MEASURED, measure
from hopsdrill.run.session import Drill
from hopsdrill.run.stages import Recovered
from hopsdrill.site import Site


@then("the recovery time and the recovery point are within the plan's objectives")
@declares(objectives=MEASURED)
def the_objectives_are_met(platform: Site, drill: Drill, recovered: Recovered) -> None:
    """Measure both; a missed one makes the verdict BREACHED, which is no failed proof."""
    measure(platform, recovered, drill.plan.objectives, drill.plan.data)
