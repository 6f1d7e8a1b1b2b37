"""`platform status` and `backups list` against the lab's real Kubernetes, Velero and bucket.

The platform itself is not installed: what the two commands read is made here, under names of our own given by a profile.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from on_lab import hopsdrill

from hopsdrill.adapters.kube import Kube
from hopsdrill.adapters.s3 import ObjectStore
from hopsdrill.core.clock import now, utc_text
from hopsdrill.core.wait import wait_for
from hopsdrill.model.profile import Profile
from hopsdrill.plan.loader import load_named_profile


SPACE, VELERO = "labtest-status", "velero"
MAIN, USERS, LOCATION, SECRET = f"{SPACE}-main", f"{SPACE}-users", f"{SPACE}-bsl", f"{SPACE}-credentials"
PREFIX = "labtest_status"
STORES = ("rondb", "opensearch", "registry")
OWN = now().utc.strftime("%y%V%u%H%M")


def profile() -> Profile:
    """The stand-in's, with every name changed."""
    base = load_named_profile("hopsworks-standin")
    stores = {
        store: getattr(base, store).model_copy(
            update={
                "cronjob": f"back-up-{store}",
                "metadata_selector": f"status-test={store}",
                "bucket_prefix": f"{PREFIX}/{store}",
            }
        )
        for store in STORES
    }
    kubernetes = base.kubernetes.model_copy(
        update={
            "storage_location": LOCATION,
            "bucket_prefix": f"{PREFIX}/k8s",
            "main_schedule": MAIN,
            "users_schedule": USERS,
        }
    )
    return base.model_copy(update={"name": SPACE, "namespace": SPACE, "kubernetes": kubernetes, **stores})


def objects(lab) -> Iterator[dict]:
    """Everything a healthy platform's backups rest on, apart from Velero itself."""
    yield {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": SPACE}}
    container = {"name": "nothing", "image": "hopsdrill.local/busybox:1.35", "command": ["true"]}
    for store in STORES:
        pod = {"restartPolicy": "Never", "containers": [container]}
        spec = {"schedule": "@weekly", "jobTemplate": {"spec": {"template": {"spec": pod}}}}
        meta = {"name": f"back-up-{store}", "namespace": SPACE}
        yield {"apiVersion": "batch/v1", "kind": "CronJob", "metadata": meta, "spec": spec}
    meta = {"name": SECRET, "namespace": VELERO}
    keys = lab.store.credentials_file.read_text()
    yield {"apiVersion": "v1", "kind": "Secret", "metadata": meta, "stringData": {"cloud": keys}}
    spec = {
        "provider": "aws",
        "objectStorage": {"bucket": lab.store.bucket, "prefix": f"{PREFIX}/k8s"},
        "credential": {"name": SECRET, "key": "cloud"},
        "config": {"region": lab.store.region, "s3Url": lab.store.internal_endpoint, "s3ForcePathStyle": "true"},
    }
    meta = {"name": LOCATION, "namespace": VELERO}
    yield {"apiVersion": "velero.io/v1", "kind": "BackupStorageLocation", "metadata": meta, "spec": spec}
    for name in (MAIN, USERS):
        template = {"storageLocation": LOCATION, "includedNamespaces": [SPACE], "includedResources": ["configmaps"]}
        meta = {"name": name, "namespace": VELERO}
        spec = {"schedule": "@weekly", "template": template}
        yield {"apiVersion": "velero.io/v1", "kind": "Schedule", "metadata": meta, "spec": spec}


@pytest.fixture(scope="module")
def platform(lab, kube: Kube, bucket: ObjectStore) -> Iterator[None]:
    """The parts, made and waited for, and removed with all they led to."""
    made = list(objects(lab))
    try:
        for each in made:
            kube.create(each)
        wait_for(
            lambda: phase(kube, "BackupStorageLocation", LOCATION),
            what="the location",
            until=lambda it: it == "Available",
            deadline=90,
        )
        for name in (MAIN, USERS):
            wait_for(
                lambda name=name: phase(kube, "Schedule", name),
                what=name,
                until=lambda it: it == "Enabled",
                deadline=60,
            )
        yield
    finally:
        for each in reversed(made):
            api, meta = f"{each['apiVersion']}/{each['kind']}", each["metadata"]
            kube.delete(api, meta["name"], meta.get("namespace", ""))
        for each in kube.list("velero.io/v1/Backup", VELERO):
            if each["spec"].get("storageLocation") == LOCATION:
                kube.delete("velero.io/v1/Backup", each["metadata"]["name"], VELERO)
        bucket.delete_prefix(f"{PREFIX}/")
        wait_for(
            lambda: kube.exists("v1/Namespace", SPACE),
            what="the namespace to go",
            until=lambda it: not it,
            deadline=120,
        )


def phase(kube, kind, name) -> str:
    """Phase of one of Velero's objects."""
    return ((kube.get(f"velero.io/v1/{kind}", name, VELERO) or {}).get("status") or {}).get("phase", "")


@pytest.fixture(scope="module")
def named(tmp_path_factory) -> Path:
    """The profile as a file, as an operator would name it."""
    path = tmp_path_factory.mktemp("status") / "profile.yaml"
    path.write_text(yaml.safe_dump(profile().model_dump(mode="json", exclude_none=True)))
    return path


def status(named, *words) -> tuple[int, dict]:
    """Exit code and data of `platform status`."""
    done = hopsdrill("platform", "status", "--profile", named, "--json", *words, timeout=60)
    assert done.out, done.err
    return done.code, done.told


def test_a_healthy_platform_is_enabled(platform, named):
    """CronJobs, versioning, location and both Schedules are as they should be; nothing is due yet."""
    code, told = status(named)
    assert (code, told["level"]) == (0, "enabled"), told


def test_another_cluster_without_a_bucket_is_unknown_never_enabled(platform, named, lab):
    """Named by kubeconfig and context, nothing of the lab's own state is used."""
    ref = lab.clusters["drill"]
    where = ["--kubeconfig", ref.kubeconfig, "--context", ref.context]
    code, told = status(named, *where)
    assert (code, told["level"]) == (8, "unknown")
    assert told["services"]["hopsfs"]["level"] == "unknown"
    store = [
        "--store-endpoint",
        lab.store.endpoint,
        "--bucket",
        lab.store.bucket,
        "--store-credentials",
        lab.store.credentials_file,
    ]
    assert status(named, *where, *store)[0] == 0


CHANGES = {
    "suspended": (
        "batch/v1/CronJob",
        "back-up-rondb",
        SPACE,
        {"suspend": True},
        "rondb",
        "is suspended",
    ),
    "paused": ("velero.io/v1/Schedule", MAIN, VELERO, {"paused": True}, "kubernetes", "is paused"),
    "refused": (
        "velero.io/v1/Schedule",
        USERS,
        VELERO,
        {"schedule": "every week"},
        "kubernetes",
        "is FailedValidation",
    ),
    "unavailable": (
        "velero.io/v1/BackupStorageLocation",
        LOCATION,
        VELERO,
        {"objectStorage": {"bucket": "no-such-bucket"}},
        "kubernetes",
        "is Unavailable: ",
    ),
}


@pytest.mark.parametrize("case", CHANGES)
def test_each_misconfiguration_is_found_with_veleros_own_words(platform, named, kube, case):
    """Changed, seen, and changed back: partial with the cause, then enabled again."""
    api, name, space, change, service, said = CHANGES[case]
    before = kube.get(api, name, space)["spec"]
    kube.patch(api, name, space, {"spec": change})
    try:
        seen = wait_for(
            lambda: status(named), what=said, until=lambda it: said in json.dumps(it[1]["services"][service]["findings"]), interval=2, deadline=120
        )  # fmt: skip
        code, told = seen.value
        assert (code, told["level"], told["services"][service]["level"]) == (1, "partial", "partial")
        assert all(each["cure"] for each in told["services"][service]["findings"])
    finally:
        kube.patch(api, name, space, {"spec": {key: before.get(key) for key in change}})
    wait_for(lambda: status(named)[0], what="enabled again", until=lambda it: it == 0, interval=2, deadline=120)


def listed(named, *words) -> tuple[int, list[dict]]:
    """Exit code and sets of `backups list`."""
    done = hopsdrill("backups", "list", "--profile", named, "--json", *words, timeout=60)
    assert done.out, done.err
    return done.code, done.told["sets"]


@pytest.fixture(scope="module")
def backed_up(platform, kube: Kube, bucket: ObjectStore) -> None:
    """One set: entries and files as the stores leave them, and two real backups by Velero."""
    start = now().utc
    entry = {"start_time": utc_text(start), "end_time": utc_text(start), "duration_ms": 0, "state": "SUCCESS"}
    parts = [f"rondb/{node}/BACKUP-{OWN}-PART-1-OF-1/x.data" for node in (1, 2)]
    for name in ["users.sql", "databases.sql", *parts]:
        bucket.put(f"{PREFIX}/rondb/{OWN}/{name}", b"x")
    bucket.put(f"{PREFIX}/registry/{OWN}/index.json", b"{}")
    index = {"snapshots": [{"name": OWN, "uuid": "u", "state": 1}], "indices": {}}
    for name, data in {"index-0": json.dumps(index).encode(), "snap-u.dat": b"x", "meta-u.dat": b"x"}.items():
        bucket.put(f"{PREFIX}/opensearch/{name}", data)
    for store in STORES:
        meta = {"name": f"{store}-backups-metadata", "namespace": SPACE, "labels": {"status-test": store}}
        kube.create({"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta, "data": {OWN: json.dumps(entry)}})
    for name in (MAIN, USERS):
        spec = kube.get("velero.io/v1/Schedule", name, VELERO)["spec"]["template"]
        meta = {
            "name": f"{name}-{start:%Y%m%d%H%M%S}",
            "namespace": VELERO,
            "labels": {"velero.io/schedule-name": name},
        }
        kube.create({"apiVersion": "velero.io/v1", "kind": "Backup", "metadata": meta, "spec": spec})
        wait_for(
            lambda meta=meta: phase(kube, "Backup", meta["name"]),
            what=meta["name"],
            until=lambda it: it == "Completed",
            deadline=120,
        )


def test_a_whole_set_is_complete_and_can_be_restored(backed_up, named):
    """The IDs of all stores; the registry's own must be said."""
    code, sets = listed(named)
    assert (code, [each["mark"] for each in sets]) == (0, ["complete"]), sets
    assert list(sets[0]["backups"]) == [*STORES, "kubernetes", "kubernetes (projects)"]
    assert sets[0]["restore"]["backup_id"] == OWN
    assert sets[0]["restore"]["overrides"] == {"registry.restoreFromBackup.backupId": OWN}


def test_the_bucket_alone_still_tells_of_the_set(backed_up, named):
    """The cluster is gone: the same IDs, unverified for what only the cluster knew."""
    code, sets = listed(named, "--bucket-only")
    assert (code, [each["mark"] for each in sets]) == (1, ["unverified"]), sets
    assert sets[0]["backups"]["kubernetes"]["id"].startswith(MAIN)


def test_a_missing_part_and_a_missing_snapshot_are_named(backed_up, named, bucket):
    """Removed from the bucket, and found."""
    bucket.delete_prefix(f"{PREFIX}/rondb/{OWN}/rondb/2/")
    bucket.put(f"{PREFIX}/opensearch/index-1", b'{"snapshots": [], "indices": {}}')
    code, sets = listed(named)
    assert (code, sets[0]["mark"]) == (1, "incomplete")
    assert any("rondb: node 2 has no parts" in each for each in sets[0]["reasons"])
    assert any(f"no snapshot {OWN} in {PREFIX}/opensearch/index-1" in each for each in sets[0]["reasons"])
