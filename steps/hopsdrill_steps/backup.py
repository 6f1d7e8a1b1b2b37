"""Backups."""

from pytest_bdd import given, then

from hopsdrill.model.declaration import PlannedOperation
from hopsdrill.plan.declare import declares
from hopsdrill.proof.key import Key
from hopsdrill.recovery.backup import BackupSet
from hopsdrill.run import stages
from hopsdrill.run.aftermath import back_up_again
from hopsdrill.run.stages import Recovered, Snapshot
from hopsdrill.site import Site
from hopsdrill_steps.data import CONTENT_PROOFS, ROW_PROOFS


BACK_UP = [
    PlannedOperation(name="back up the stores", target="{namespace}"),
    PlannedOperation(name="back up {kubernetes_main_schedule}", target="{kubernetes_velero_namespace}"),
    PlannedOperation(name="back up {kubernetes_users_schedule}", target="{kubernetes_velero_namespace}"),
]
WHOLE = [
    "database-backup-is-whole",
    "object-backup-is-whole",
    "file-blocks-are-whole",
    "search-backup-is-whole",
    "registry-backup-is-whole",
]


@given("the weekly backup of every installed store has been taken", target_fixture="backup")
@declares(operations=BACK_UP, proofs=WHOLE)
def the_weekly_backup(platform: Site, snapshot: Snapshot, key: Key) -> BackupSet:
    """Trigger every store's own backup and prove from the bucket that all are whole."""
    return stages.back_up(platform, snapshot, key)


@then("the data is still there, and a fresh backup of every store succeeds and is whole")
@declares(operations=BACK_UP, proofs=[*ROW_PROOFS, *CONTENT_PROOFS, *WHOLE])
def a_fresh_backup(platform: Site, recovered: Recovered, key: Key) -> None:
    """Back everything up once more, as the platform will do from now on."""
    back_up_again(platform, recovered, key)
