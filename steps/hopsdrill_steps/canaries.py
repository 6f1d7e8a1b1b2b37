"""Canaries in every store."""

from pytest_bdd import given, then

from hopsdrill.model.declaration import PlannedOperation
from hopsdrill.plan.declare import declares
from hopsdrill.run import canaries as run
from hopsdrill.run.measures import SKEW, measure_skew
from hopsdrill.run.session import Drill
from hopsdrill.run.stages import Recovered, start_writing
from hopsdrill.site import Site
from hopsdrill.workload.canaries import Flock
from hopsdrill.workload.writer import Writer
from hopsdrill_steps.writer import WRITE


BEGIN = PlannedOperation(name=run.BEGIN, target="{namespace}")


@given("a writer that commits numbered rows, and canaries in every store, until the disaster")
@declares(operations=[WRITE, BEGIN])
def a_writer_and_canaries(platform: Site, writer: Writer, canaries: Flock) -> None:
    """Start the writer, and begin the canaries; they go on until the disaster is declared."""
    start_writing(platform, writer)
    run.begin(platform, canaries)


@given("canaries in every store until the disaster")
@declares(operations=[BEGIN])
def canaries_in_every_store(platform: Site, canaries: Flock) -> None:
    """Begin them; they go on until the disaster is declared."""
    run.begin(platform, canaries)


@then(
    "exactly the canaries written after each store's recovery point are lost, and the skew between the stores is known"
)
@declares(actions=[run.ALIVE], proofs=[run.LOST], objectives=[SKEW])
def the_canaries_are_accounted_for(platform: Site, drill: Drill, recovered: Recovered) -> None:
    """Account for every canary; the newest that came back shows the moment that its store's data stands for."""
    measure_skew(platform, run.prove(platform, recovered), drill.plan.objectives.skew)
