"""The packaged feature, unchanged, on a second cluster that no fixture of ours made, with a chart whose names all differ.

The cluster comes and goes with the command line. Its bucket is its own, by the lab's rule: two platforms keep blocks at
their bucket's root and would take each other's for orphans. The release, the namespace, Secrets, ConfigMaps, Jobs, CronJobs,
Services, Velero's objects, prefixes, labels of the record and the broker's address are others; only the profile knows them.
"""

from pathlib import Path

import pytest
import renamed_chart
import yaml
from on_lab import hopsdrill, run_folder

from hopsdrill.adapters.kube import Kube
from hopsdrill.adapters.s3 import ObjectStore
from hopsdrill.core.errors import OperationError
from hopsdrill.core.paths import data_dir
from hopsdrill.journal import read
from hopsdrill.lab import load
from hopsdrill.lab.cluster import kubeconfig
from hopsdrill.model import events as ev
from hopsdrill.plan.loader import load_given_profile


CLUSTER = "second"
FEATURES = ["in_place_restore/weekly_backup.feature", "in_place_restore/refusals.feature"]


def plan_of(folder: Path) -> Path:
    """The packaged plan with another cluster and another profile; features and binding are the packaged files."""
    made = renamed_chart.make(folder)
    plan = yaml.safe_load((data_dir("drills") / "in-place-restore.yaml").read_text())
    binding = data_dir("drills") / plan["binding"]
    plan |= {"name": "second-cluster", "target": {"lab_cluster": CLUSTER}, "features": FEATURES}
    plan |= {"profile": made.profile.name, "binding": str(binding)}
    (folder / "plan.yaml").write_text(yaml.safe_dump(plan))
    return folder / "plan.yaml"


def created(folder: Path) -> set[tuple[str, str, str]]:
    """What a run entered into its ledger: kind, namespace, name."""
    events = [entry.event for entry in read(folder)]
    made = [event.resource for event in events if isinstance(event, ev.ResourceCreated)]
    return {(each.kind, each.namespace, each.name) for each in made}


def left_over(profile: Path) -> list[str]:
    """What the drill left on the second cluster and in its bucket, older versions included."""
    lab, names = load(), load_given_profile(str(profile))
    ref = lab.clusters[CLUSTER]
    kube, bucket = Kube(ref.kubeconfig, ref.context, uid=ref.uid), ObjectStore(lab.store_of(CLUSTER))
    found = [f"namespace {each['metadata']['name']}" for each in kube.list("v1/Namespace", labels="hopsdrill.io/run")]
    for kind in ("Backup", "Restore", "Schedule", "BackupStorageLocation"):
        found += [f"{kind} {each['metadata']['name']}" for each in kube.list(f"velero.io/v1/{kind}", "velero")]
    return [*found, *(f"prefix {prefix}" for prefix in names.bucket_prefixes if bucket.holds(prefix))]


@pytest.fixture
def second(lab):
    """The second cluster, by the command line, and gone again with its bucket; other clusters stay."""
    ended = hopsdrill("lab", "up", "--cluster", CLUSTER, timeout=1800)
    try:
        assert ended.code == 0, ended.err[-3000:]
        assert f"{lab.store.bucket}-{CLUSTER}" in ended.out
        bucket = load().store_of(CLUSTER)
        yield CLUSTER
    finally:
        down = hopsdrill("lab", "down", "--cluster", CLUSTER, timeout=180)
    assert down.code == 0, down.err[-3000:]
    assert CLUSTER not in load().clusters
    assert not kubeconfig(CLUSTER).exists()
    assert lab.clusters.keys() <= load().clusters.keys()
    with pytest.raises(OperationError, match="NoSuchBucket"):
        ObjectStore(bucket).entries("")
    assert ObjectStore(lab.store).versioning() == "Enabled"


@pytest.mark.nightly
@pytest.mark.usefixtures("second")
def test_the_unchanged_feature_passes_on_a_second_cluster_with_other_names(tmp_path):
    """PASS in every scenario, and nothing that was made carries a name of the first platform."""
    plan, reports = plan_of(tmp_path), tmp_path / "reports"
    ended = hopsdrill("run", plan, "--json", "--reports", reports, timeout=1200)
    assert (ended.code, ended.told["verdict"]) == (0, "PASS"), ended.err[-3000:]
    assert {name.split("::")[0] for name in ended.told["scenarios"]} == set(FEATURES)
    assert set(ended.told["scenarios"].values()) == {"PASS"}
    made = created(run_folder(reports))
    assert ("helm-release", renamed_chart.NAMESPACE, renamed_chart.RELEASE) in made
    own = load_given_profile("hopsworks-standin")
    known = {own.namespace, own.release, own.store_secret.name, own.kubernetes.location_secret}
    assert {name for _, _, name in made} & known == set()
    assert left_over(tmp_path / "renamed.yaml") == []
