"""Restores."""

from pytest_bdd import given, when

from hopsdrill.model.declaration import PlannedOperation
from hopsdrill.plan.declare import declares
from hopsdrill.proof.key import Key
from hopsdrill.recovery.backup import BackupSet
from hopsdrill.run import disaster, rebuild
from hopsdrill.run.aftermath import upgrade_plainly
from hopsdrill.run.session import Drill
from hopsdrill.run.shelf import Shelf
from hopsdrill.run.stages import Disaster, Recovered, Snapshot
from hopsdrill.site import Site
from hopsdrill.workload.canaries import Flock
from hopsdrill.workload.writer import Writer
from hopsdrill_steps.backup import BACK_UP
from hopsdrill_steps.data import CHANGE, CHANGE_CONTENTS, LOAD, LOAD_CONTENTS, RENEW


RESTORE = PlannedOperation(name="restore in place", target="{namespace}", destructive=True)
EFFECTS = ["live-data-differed-before-the-restore", "data-directories-were-emptied", "server-was-made-anew"]


@when("the platform is restored in place from that backup with forceDataClear", target_fixture="recovered")
@declares(operations=[RESTORE], actions=EFFECTS)
def restored_in_place(  # noqa: PLR0913, PLR0917 - what a restore rests on
    platform: Site, snapshot: Snapshot, backup: BackupSet, writer: Writer, canaries: Flock, key: Key, shelf: Shelf
) -> Recovered:
    """Ask the platform for its own restore and watch it empty and refill the data nodes."""
    shelf.recovered = disaster.restore(platform, snapshot, backup, writer, key, flock=canaries)
    return shelf.recovered


DESTROY = PlannedOperation(name="destroy the cluster", target="lab", destructive=True)
REBUILD = [
    PlannedOperation(name="make a new cluster", target="lab"),
    PlannedOperation(name="make the backup location", target="{kubernetes_velero_namespace}"),
    PlannedOperation(name="wait for the backups to be synced", target="{kubernetes_velero_namespace}"),
    PlannedOperation(name="restore kubernetes objects", target="the new cluster", destructive=True),
    PlannedOperation(name="install the platform", target="{namespace}"),
    PlannedOperation(name="keep what the restore has said", target="{kubernetes_velero_namespace}"),
]
UPGRADE = PlannedOperation(name="upgrade without the restore block", target="{namespace}", destructive=True)


@when("the cluster is lost with everything on it", target_fixture="lost")
@declares(operations=[DESTROY], actions=["the-cluster-was-destroyed"])
def the_cluster_is_lost(platform: Site, drill: Drill, writer: Writer, canaries: Flock) -> tuple[Disaster, str]:
    """Destroy it; the bucket outlives it."""
    return rebuild.lose_cluster(platform, drill, writer, canaries)


@when("the platform is restored into a new cluster from that backup", target_fixture="recovered")
@declares(operations=REBUILD, actions=["the-new-cluster-was-empty", "server-was-made-anew"])
def restored_anew(  # noqa: PLR0913, PLR0917 - what a restore rests on
    platform: Site,
    drill: Drill,
    snapshot: Snapshot,
    backup: BackupSet,
    lost: tuple[Disaster, str],
    writer: Writer,
    shelf: Shelf,
) -> Recovered:
    """Make a cluster, give Velero its location, restore the objects, install with the backup's ID."""
    shelf.recovered = rebuild.restore_anew(platform, drill, snapshot, backup, lost, writer.token)
    return shelf.recovered


@given("a platform that was restored into a new cluster from its weekly backup", target_fixture="recovered")
@declares(operations=[RENEW, *LOAD, *LOAD_CONTENTS, *BACK_UP, DESTROY, *REBUILD])
def a_rebuilt_platform(rebuilt_platform: Recovered) -> Recovered:
    """The platform in its new cluster; made once a run, for every scenario that begins there."""
    return rebuilt_platform


@when("the restore block is removed and the platform is upgraded plainly")
@declares(operations=[UPGRADE])
def upgraded_plainly(platform: Site) -> None:
    """Back to normal: the values hold no restore any more."""
    upgrade_plainly(platform)


@given("a platform that was restored in place from its weekly backup", target_fixture="recovered")
@declares(operations=[RENEW, *LOAD, *LOAD_CONTENTS, *BACK_UP, *CHANGE, *CHANGE_CONTENTS, RESTORE])
def a_restored_platform(restored_platform: Recovered) -> Recovered:
    """The platform after its restore; made once a run, for every scenario that begins there."""
    return restored_platform
