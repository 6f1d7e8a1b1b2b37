"""A wrong bucket, a full disk in one store: the error names the store, and nothing passes for whole."""

import copy
import re
import subprocess

import pytest
import yaml
from on_lab import hopsdrill, leftovers, run_folder, tailored

from hopsdrill.core.paths import data_dir
from hopsdrill.journal import read
from hopsdrill.lab import load
from hopsdrill.model import events as ev


SMALL = ("test_database_only.py", "database_only.feature")
IMPATIENT = {"install": "30s", "backup": "2m", "restore": "2m", "verify": "1m", "cleanup": "3m"}
# wrong keys, stores out of reach and unversioned buckets: tests/contract/hopsfs, at the same place of the platform
WRONG = {"a bucket that does not exist": ({"bucket": {"name": "no-such-bucket"}}, r"namenode.*no-such-bucket")}


def profile_with(s3: dict) -> dict:
    """The packaged profile's values with other S3 values."""
    values = copy.deepcopy(yaml.safe_load((data_dir("profiles") / "hopsworks-standin.yaml").read_text())["values"])
    values["global"]["_hopsworks"]["managedObjectStorage"]["s3"] |= s3
    return {"values": values}


def errors(folder) -> str:
    """What the failed steps of a run have said."""
    events = [entry.event for entry in read(folder)]
    return "\n".join(event.error for event in events if isinstance(event, ev.StepFinished) and event.error)


@pytest.mark.nightly
@pytest.mark.parametrize("case", WRONG)
def test_a_platform_that_cannot_reach_its_bucket_is_named(case, tmp_path, kube, bucket):
    """The drill is not judgeable; the store's own words are in the error; everything is cleaned up."""
    s3, said = WRONG[case]
    plan = tailored(tmp_path, *SMALL, profile=profile_with(s3), name="bad-input", deadlines=IMPATIENT)
    ended = hopsdrill("run", plan, "--json", "--reports", tmp_path / "reports")
    assert ended.code == 8, ended.err[-3000:]
    assert ended.told["verdict"] == "UNKNOWN"
    assert re.search(said, errors(run_folder(tmp_path / "reports")))
    assert leftovers(kube, bucket) == []


@pytest.mark.nightly
def test_a_full_disk_in_one_store_ends_the_backup(tmp_path, kube, bucket):
    """Node 2 of the database has no room for its parts: the backup fails, says why, and records nothing."""
    node = "hopsdrill-drill-control-plane"
    environment = {"DOCKER_HOST": load().docker_host, "PATH": "/usr/bin:/bin"}

    def on_node(script: str) -> None:
        subprocess.run(["docker", "exec", node, "sh", "-ec", script], env=environment, check=True, timeout=30)

    on_node("mkdir -p /mnt/tiny && mount -t tmpfs -o size=128k,mode=1777 tmpfs /mnt/tiny")
    volume = {
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": {"name": "labtest-tiny"},
        "spec": {
            "accessModes": ["ReadWriteOnce"],
            "capacity": {"storage": "2Gi"},
            "storageClassName": "standard",
            "persistentVolumeReclaimPolicy": "Retain",
            "hostPath": {"path": "/mnt/tiny"},
            "claimRef": {"namespace": "hopsworks", "name": "rondb-ndbmtd-node-group-0-1"},
        },
    }
    kube.create(volume)
    try:
        plan = tailored(tmp_path, *SMALL, name="full-disk")
        ended = hopsdrill("run", plan, "--json", "--reports", tmp_path / "reports")
    finally:
        kube.delete("v1/PersistentVolume", "labtest-tiny")
        on_node("umount /mnt/tiny; rmdir /mnt/tiny")
    assert ended.code == 8, ended.err[-3000:]
    assert ended.told["verdict"] == "UNKNOWN"
    said = errors(run_folder(tmp_path / "reports"))
    assert "manual-backup-rondb" in said
    assert "node-group-0-1" in said
    assert "recovery-point.declared" not in (run_folder(tmp_path / "reports") / "journal.ndjson").read_text()
    assert leftovers(kube, bucket) == []
