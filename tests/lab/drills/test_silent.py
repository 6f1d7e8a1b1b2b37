"""Bind the silent loss, with a step of its own: how an operator would extend the packaged ones."""

from pathlib import Path

from pytest_bdd import given, scenarios

from hopsdrill.model.declaration import PlannedOperation
from hopsdrill.plan.declare import declares
from hopsdrill.recovery.backup import BackupSet
from hopsdrill.site import Site


LOSE = PlannedOperation(name="lose a part of the backup", target="bucket", destructive=True)


@given("a part of that backup vanished without a trace")
@declares(operations=[LOSE], actions=["a-part-was-lost"])
def a_lost_part(platform: Site, backup: BackupSet) -> None:
    """Remove one of the first node's parts, after the backup was proved to be whole."""
    prefix = f"{platform.profile.rondb.bucket_prefix}/{backup.rondb.id}/rondb/1/"
    part = platform.store.folders(prefix)[0]
    with platform.recorder.operation("lose a part of the backup", part, target=prefix, destructive=True):
        removed = platform.store.delete_prefix(f"{prefix}{part}/")
    left = platform.store.folders(prefix)
    platform.recorder.action(
        "a-part-was-lost",
        effective=part not in left,
        expected="the part is gone",
        observed=f"{removed} files of {part}",
    )


scenarios(str(Path(__file__).parent / "silent.feature"))
