"""The platform's data: what is loaded, what changes after the backup, what must be there in the end."""

from pytest_bdd import given, parsers, then

from hopsdrill.model.declaration import PlannedOperation
from hopsdrill.plan.declare import declares
from hopsdrill.proof.key import Key
from hopsdrill.run import disaster, stages
from hopsdrill.run.proofs import data_matches, loss_is_as_expected, objects_match
from hopsdrill.run.session import Drill
from hopsdrill.run.stages import Recovered, Snapshot
from hopsdrill.site import Site


LOAD = [
    PlannedOperation(name="load data", target="{namespace}"),
    PlannedOperation(name="create project objects", target="project namespaces"),
]
CHANGE = [
    PlannedOperation(name="change rows and users", target="{namespace}", destructive=True),
    PlannedOperation(name="change secrets and configmaps", target="project namespaces", destructive=True),
]
CHANGES = ["rows-changed-after-the-backup", "users-changed-after-the-backup", "secrets-changed-after-the-backup"]


@given(
    parsers.parse("feature groups with {rows:d} rows across {tables:d} tables, users and grants, and project secrets"),
    target_fixture="snapshot",
)
@declares(operations=LOAD)
def feature_groups(platform: Site, drill: Drill, key: Key, rows: int, tables: int) -> Snapshot:
    """Load the data and take the snapshot a restore must bring back."""
    return stages.load(platform, drill.plan.data.model_copy(update={"rows": rows, "tables": tables}), key)


@given("rows, users and secrets were changed, added and deleted after the backup")
@declares(operations=CHANGE, actions=CHANGES)
def changed_after_the_backup(platform: Site, drill: Drill, snapshot: Snapshot, key: Key) -> None:
    """Change the live state, so that only a restore brings the snapshot back."""
    disaster.change(platform, drill.plan.data, snapshot, key)


@then("the data matches the snapshot row by row")
@declares(
    proofs=["rows-match-the-snapshot", "users-and-grants-match-the-snapshot", "the-drawn-value-came-back"],
)
def the_data_matches(platform: Site, recovered: Recovered, key: Key) -> None:
    """Compare every row, account and grant."""
    data_matches(platform, recovered, key)


@then("exactly the writes made after the recovery point are lost")
@declares(proofs=["loss-is-as-expected"])
def the_loss_is_as_expected(platform: Site, recovered: Recovered) -> None:
    """Account for every acknowledged write."""
    loss_is_as_expected(platform, recovered)


@then("the restored secrets and configmaps equal the backed-up ones")
@declares(proofs=["objects-match-the-backup"])
def the_objects_match(platform: Site, recovered: Recovered, key: Key) -> None:
    """Compare every restored object with the one in the bucket."""
    objects_match(platform, recovered, key)
