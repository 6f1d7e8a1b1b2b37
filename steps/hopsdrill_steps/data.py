"""The platform's data: what is loaded, what changes after the backup, what must be there in the end."""

from pytest_bdd import given, parsers, then

from hopsdrill.model.declaration import PlannedOperation
from hopsdrill.plan.declare import declares
from hopsdrill.proof.key import Key
from hopsdrill.run import accounting, disaster, renew, stages
from hopsdrill.run.proofs import (
    contents_match,
    data_matches,
    in_flight_is_lost,
    loss_is_as_expected,
    objects_match,
    stream_flows,
)
from hopsdrill.run.session import Drill
from hopsdrill.run.shelf import Shelf
from hopsdrill.run.stages import Recovered, Snapshot
from hopsdrill.site import Site


RENEW = PlannedOperation(name="remove the platform", target="{namespace}", destructive=True)
LOAD = [
    PlannedOperation(name="load data", target="{namespace}"),
    PlannedOperation(name="create project objects", target="project namespaces"),
]
CHANGE = [
    PlannedOperation(name="change rows and users", target="{namespace}", destructive=True),
    PlannedOperation(name="change secrets and configmaps", target="project namespaces", destructive=True),
]
LOAD_CONTENTS = [
    PlannedOperation(name="load files", target="{namespace}"),
    PlannedOperation(name="load documents", target="{namespace}"),
    PlannedOperation(name="load environments", target="{namespace}"),
    PlannedOperation(name="send feature rows", target="{namespace}"),
]
CHANGE_CONTENTS = [
    PlannedOperation(name="change files", target="{namespace}", destructive=True),
    PlannedOperation(name="change documents", target="{namespace}", destructive=True),
    PlannedOperation(name="change environments", target="{namespace}", destructive=True),
    PlannedOperation(name="start the consumer", target="{namespace}"),
]
ROW_PROOFS = ["rows-match-the-snapshot", "users-and-grants-match-the-snapshot", "the-drawn-value-came-back"]
CONTENT_PROOFS = ["files-match-the-snapshot", "documents-match-the-snapshot", "environments-match-the-snapshot"]
STREAM_PROOFS = ["rows-in-flight-are-lost-and-no-others", "offsets-match-the-snapshot", "rows-flow-again"]
CONTENT_CHANGES = [
    "files-changed-after-the-backup",
    "documents-changed-after-the-backup",
    "environments-changed-after-the-backup",
    "rows-were-in-flight-at-the-backup",
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


@given(
    parsers.parse(
        "{rows:d} rows across {tables:d} tables, {files:d} files, {documents:d} documents, {objects:d} Kubernetes objects, "
        "two Python environments, and feature rows in flight in Kafka"
    ),
    target_fixture="snapshot",
)
@declares(operations=[RENEW, *LOAD, *LOAD_CONTENTS])
def data_in_every_store(  # noqa: PLR0913, PLR0917 - what the line names
    platform: Site,
    drill: Drill,
    key: Key,
    shelf: Shelf,
    rows: int,
    tables: int,
    files: int,
    documents: int,
    objects: int,
) -> Snapshot:
    """Load every store and take the snapshot a restore must bring back; where an earlier scenario has loaded its data, on a new platform."""
    renew.as_new(platform)
    shelf.recovered = None
    sizes = {"rows": rows, "tables": tables, "files": files, "documents": documents, "objects": objects}
    return stages.load_everything(platform, drill.plan.data.model_copy(update=sizes), key)


@given("the data of every store was changed, added to and deleted after the backup, and the rows in flight arrived")
@declares(operations=[*CHANGE, *CHANGE_CONTENTS], actions=[*CHANGES, *CONTENT_CHANGES])
def everything_changed_after_the_backup(platform: Site, drill: Drill, snapshot: Snapshot, key: Key) -> None:
    """Change every store, and start Kafka's consumer again."""
    disaster.change(platform, drill.plan.data, snapshot, key)
    disaster.change_contents(platform, snapshot, key)


@given("rows, users and secrets were changed, added and deleted after the backup")
@declares(operations=CHANGE, actions=CHANGES)
def changed_after_the_backup(platform: Site, drill: Drill, snapshot: Snapshot, key: Key) -> None:
    """Change the live state, so that only a restore brings the snapshot back."""
    disaster.change(platform, drill.plan.data, snapshot, key)


@then("the data matches the snapshot row by row")
@declares(proofs=ROW_PROOFS)
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


@then(
    parsers.re(
        r"every row, user, file, document, environment and Kubernetes object is as the backup( named for it)? holds it"
    )
)
@declares(proofs=[*ROW_PROOFS, *CONTENT_PROOFS, "block-objects-match-the-snapshot", "objects-match-the-backup"])
def everything_matches(platform: Site, recovered: Recovered, key: Key) -> None:
    """Compare everything in every store."""
    data_matches(platform, recovered, key)
    contents_match(platform, recovered, key)
    accounting.blocks_match(platform, recovered, key)
    objects_match(platform, recovered, key)


@then("exactly the writes made after the recovery point and the rows in flight are lost, and rows flow again")
@declares(proofs=["loss-is-as-expected", "every-change-after-the-backup-is-accounted-for", *STREAM_PROOFS])
def the_whole_loss_is_as_expected(platform: Site, recovered: Recovered, key: Key) -> None:
    """Account for every write, for every change in every store, and for every row sent through Kafka; then send another."""
    loss_is_as_expected(platform, recovered)
    accounting.changes_are_accounted_for(platform, recovered, key)
    in_flight_is_lost(platform, recovered)
    accounting.offsets_match(platform, recovered, key)
    stream_flows(platform)
