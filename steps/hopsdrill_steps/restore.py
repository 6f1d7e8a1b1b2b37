"""Restores."""

from pytest_bdd import given, when

from hopsdrill.model.declaration import PlannedOperation
from hopsdrill.plan.declare import declares
from hopsdrill.proof.key import Key
from hopsdrill.recovery.backup import BackupSet
from hopsdrill.run import disaster
from hopsdrill.run.stages import Recovered, Snapshot
from hopsdrill.site import Site
from hopsdrill.workload.writer import Writer
from hopsdrill_fixtures.recovered import Shelf
from hopsdrill_steps.backup import BACK_UP
from hopsdrill_steps.data import CHANGE, LOAD


RESTORE = PlannedOperation(name="restore in place", target="{namespace}", destructive=True)
EFFECTS = ["live-data-differed-before-the-restore", "data-directories-were-emptied", "server-was-made-anew"]


@when("the platform is restored in place from that backup with forceDataClear", target_fixture="recovered")
@declares(operations=[RESTORE], actions=EFFECTS)
def restored_in_place(  # noqa: PLR0913, PLR0917 - what a restore rests on
    platform: Site, snapshot: Snapshot, backup: BackupSet, writer: Writer, key: Key, shelf: Shelf
) -> Recovered:
    """Ask the platform for its own restore and watch it empty and refill the data nodes."""
    shelf.recovered = disaster.restore(platform, snapshot, backup, writer, key)
    return shelf.recovered


@given("a platform that was restored in place from its weekly backup", target_fixture="recovered")
@declares(operations=[*LOAD, *BACK_UP, *CHANGE, RESTORE])
def a_restored_platform(restored_platform: Recovered) -> Recovered:
    """The platform after its restore; made once a run, for every scenario that begins there."""
    return restored_platform
