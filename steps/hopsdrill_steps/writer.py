"""The writer, whose acknowledged rows tell what was lost."""

from pytest_bdd import given

from hopsdrill.model.declaration import PlannedOperation
from hopsdrill.plan.declare import declares
from hopsdrill.run.stages import start_writing
from hopsdrill.site import Site
from hopsdrill.workload.writer import Writer


WRITE = PlannedOperation(name="write numbered rows", target="{namespace}")


@given("a writer that commits numbered rows until the disaster")
@declares(operations=[WRITE])
def a_writer(platform: Site, writer: Writer) -> None:
    """Start the writer; it goes on until the disaster is declared."""
    start_writing(platform, writer)
