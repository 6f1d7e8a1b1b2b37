"""Bind the failed shard, with steps of its own: the call that a platform's restore Job makes, made by nobody who judges its answer."""

from pathlib import Path

import requests
from pytest_bdd import given, scenarios, then, when

from hopsdrill.clients import need
from hopsdrill.core.bracket import Offset
from hopsdrill.core.clock import now
from hopsdrill.model.declaration import PlannedOperation
from hopsdrill.plan.declare import declares
from hopsdrill.proof.key import Key
from hopsdrill.recovery.backup import BackupSet
from hopsdrill.recovery.restore import Restored
from hopsdrill.run.proofs import content_matches
from hopsdrill.run.sealing.parts import Snapshot
from hopsdrill.run.stages import Disaster, Recovered
from hopsdrill.run.stages import Snapshot as Held
from hopsdrill.site import Site
from hopsdrill.workload import documents


LOSE = PlannedOperation(name="lose a data file of a shard", target="bucket", destructive=True)
RESTORE = PlannedOperation(name="restore a snapshot by the engine's API", target="{namespace}", destructive=True)


@given("a data file of a shard of that snapshot vanished from the bucket")
@declares(operations=[LOSE], actions=["a-data-file-was-lost"])
def a_lost_file(platform: Site, backup: BackupSet) -> None:
    """The largest one of an index with documents."""
    names = need(platform.profile.opensearch, "opensearch")
    taken = Snapshot(platform.store, names, backup.others["opensearch"].id)
    folder = f"{names.bucket_prefix}/{taken.folders[documents.FEATURES]}/"
    mine = [each for each in platform.store.entries(folder) if "/__" in each.key and taken.holds(each.key)]
    key = max(mine, key=lambda each: (each.size, each.key)).key
    with platform.recorder.operation("lose a data file of a shard", key, target=key, destructive=True):
        platform.store.delete(key)
    gone = platform.store.get(key) is None
    platform.recorder.action("a-data-file-was-lost", effective=gone, expected="gone", observed=f"{key}: gone is {gone}")


@when("the search engine is told to restore that snapshot, and answers with HTTP 200", target_fixture="recovered")
@declares(operations=[RESTORE], actions=["engine-answered-200"])
def restored_by_api(platform: Site, snapshot: Held, backup: BackupSet) -> Recovered:
    """The indices deleted, then the documented call."""
    names = need(platform.profile.opensearch, "opensearch")
    declared, id_ = now(), backup.others["opensearch"].id
    path = f"_snapshot/{names.repository}/{id_}/_restore?wait_for_completion=true"
    with (
        platform.recorder.operation(
            "restore a snapshot by the engine's API", path, target=id_, destructive=True
        ) as done,
        platform.forwarder.to(names.service, platform.namespace, names.port) as (host, port),
    ):
        base, indices = f"http://{host}:{port}", "*,-.*"
        for index in requests.get(f"{base}/_cat/indices/{indices}?h=index", timeout=60).text.split():
            requests.delete(f"{base}/{index}", timeout=60).raise_for_status()
        answer = requests.post(f"{base}/{path}", json={"indices": indices}, timeout=120)
        done.text = f"HTTP {answer.status_code}: {answer.text[:300]}"
    platform.recorder.action(
        "engine-answered-200", effective=answer.status_code == 200, expected="HTTP 200", observed=done.text
    )
    return Recovered(snapshot, backup, Disaster(declared, (), Offset(0.0, 0.0)), Restored(declared), "")


@then("every document is as the backup holds it")
@declares(proofs=["documents-match-the-snapshot"])
def documents_match(platform: Site, recovered: Recovered, key: Key) -> None:
    """Every document, mapping and alias, and whether all shards serve."""
    content_matches(platform, "opensearch", recovered, key)


scenarios(str(Path(__file__).parent / "shard.feature"))
