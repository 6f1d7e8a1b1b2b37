"""The lab itself: what `lab up` says is there is there, and a namespace survives its loss."""

import base64
import secrets
import time

import pytest
from on_lab import hopsdrill

from hopsdrill.adapters import containers
from hopsdrill.adapters.credentials import read_credentials
from hopsdrill.adapters.docker import Docker
from hopsdrill.adapters.kubectl import Kubectl
from hopsdrill.core.errors import OperationError
from hopsdrill.core.paths import cache_dir
from hopsdrill.core.wait import wait_for
from hopsdrill.lab import program
from hopsdrill.lab.catalog import catalog


SMOKE = "labtest-smoke"


def test_a_second_lab_up_builds_nothing(lab):
    """No build is recorded, no image is made, the clusters stay the same ones."""
    builds = (cache_dir() / "builds.ndjson").read_text()
    ended = hopsdrill("lab", "up", "--json")
    assert ended.code == 0, ended.err
    assert "building" not in ended.err
    assert "image " not in ended.err
    assert (cache_dir() / "builds.ndjson").read_text() == builds
    assert ended.told["clusters"]["drill"]["uid"] == lab.clusters["drill"].uid


def test_status_agrees_with_the_world(lab, kube):
    """The recorded UID is the live one, every cluster answers, the bucket is the store's."""
    told = hopsdrill("lab", "status", "--json").told
    assert told["answering"] == {"drill": True}
    assert told["clusters"]["drill"]["uid"] == kube.uid()
    assert told["store"]["bucket"] == lab.store.bucket


def test_every_image_is_built(lab):
    """`lab images` lists them with what they stand for; only one that nobody asked for may be absent."""
    rows = hopsdrill("lab", "images", "--json").told
    assert len(rows) > 15
    known = catalog()
    unasked = {known.reference(image) for image in known.images if image.optional}
    assert [row["image"] for row in rows if row["state"] != "built" and row["image"] not in unasked] == []
    assert [row["image"] for row in rows if row["image"].endswith(":latest")] == []


def test_the_bucket_keeps_versions(bucket):
    """An overwritten and a deleted object can be had back."""
    assert bucket.versioning() == "Enabled"


@pytest.fixture
def namespace(kube):
    """A namespace of the test's own."""
    body = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": SMOKE}}
    kube.create(body)
    yield SMOKE
    kube.delete("v1/Namespace", SMOKE)
    gone(kube, "v1/Namespace", SMOKE)


def gone(kube, api, name, namespace=""):
    """Wait until an object is gone."""
    wait_for(
        lambda: kube.exists(api, name, namespace), what=f"{name} to be gone", until=lambda there: not there, deadline=60
    )


def test_services_reach_pods_by_name_and_address(lab, kube, namespace):
    """The packet filter works: a Service with two endpoints answers from inside a pod, by its cluster address."""
    labels = {"app": "echo"}
    for number in (1, 2):
        kube.create(pod(f"echo-{number}", namespace, labels, "while :; do echo hello | nc -l -p 8080; done"))
    kube.create(
        {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": {"name": "echo", "namespace": namespace},
            "spec": {"selector": labels, "ports": [{"port": 80, "targetPort": 8080}]},
        }
    )
    kube.create(pod("caller", namespace, {}, 'until [ "$(nc -w 2 echo 80)" = hello ]; do sleep 0.2; done'))
    wait_for(
        lambda: (kube.get("v1/Pod", "caller", namespace) or {}).get("status", {}).get("phase"),
        what="the caller to hear hello", until=lambda phase: phase == "Succeeded", broken=lambda phase: phase if phase == "Failed" else None, deadline=60,
    )  # fmt: skip


def pod(name, namespace, labels, script):
    """A busybox that runs a script."""
    container = {
        "name": "main",
        "image": "hopsdrill.local/busybox:1.35",
        "command": ["/bin/busybox", "sh", "-c", script],
    }
    spec = {
        "containers": [container],
        "restartPolicy": "Never",
        "terminationGracePeriodSeconds": 0,
        "automountServiceAccountToken": False,
    }
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": namespace, "labels": labels},
        "spec": spec,
    }


@pytest.fixture
def location(kube, lab, bucket):
    """A backup location of the test's own."""
    access, secret = read_credentials(lab.store.credentials_file)
    ini = f"[default]\naws_access_key_id={access}\naws_secret_access_key={secret}\n"
    meta = {"name": SMOKE, "namespace": "velero"}
    kube.create(
        {
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": meta,
            "data": {"cloud": base64.b64encode(ini.encode()).decode()},
        }
    )
    spec = {
        "provider": "aws", "credential": {"name": SMOKE, "key": "cloud"},
        "config": {"region": lab.store.region, "s3ForcePathStyle": "true", "s3Url": lab.store.internal_endpoint},
        "objectStorage": {"bucket": lab.store.bucket, "prefix": SMOKE},
    }  # fmt: skip
    kube.create({"apiVersion": "velero.io/v1", "kind": "BackupStorageLocation", "metadata": meta, "spec": spec})
    phase(kube, "BackupStorageLocation", SMOKE, "Available")
    yield SMOKE
    for kind in ("Restore", "Backup", "BackupStorageLocation"):
        if kube.delete(f"velero.io/v1/{kind}", SMOKE, "velero"):
            gone(kube, f"velero.io/v1/{kind}", SMOKE, "velero")
    kube.delete("v1/Secret", SMOKE, "velero")
    bucket.delete_prefix(f"{SMOKE}/")


def phase(kube, kind, name, wanted):
    """Wait for a phase of one of Velero's objects."""
    bad = {"Failed", "PartiallyFailed", "FailedValidation"}
    wait_for(
        lambda: (kube.get(f"velero.io/v1/{kind}", name, "velero") or {}).get("status", {}).get("phase", ""),
        what=f"{kind} {name} to be {wanted}", until=lambda seen: seen == wanted, broken=lambda seen: seen if seen in bad else None, deadline=90,
    )  # fmt: skip


def test_velero_backs_up_a_namespace_and_restores_it_after_its_loss(kube, namespace, location):
    """What was in it is in it again, by content and not by phase."""
    value = base64.b64encode(secrets.token_bytes(16)).decode()
    kube.create(
        {
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": {"name": "kept", "namespace": namespace},
            "data": {"token": value},
        }
    )
    meta = {"name": SMOKE, "namespace": "velero"}
    kube.create(
        {
            "apiVersion": "velero.io/v1",
            "kind": "Backup",
            "metadata": meta,
            "spec": {"includedNamespaces": [namespace], "storageLocation": location},
        }
    )
    phase(kube, "Backup", SMOKE, "Completed")
    before = kube.get("v1/Namespace", namespace)["metadata"]["uid"]
    kube.delete("v1/Namespace", namespace)
    gone(kube, "v1/Namespace", namespace)
    kube.create({"apiVersion": "velero.io/v1", "kind": "Restore", "metadata": meta, "spec": {"backupName": SMOKE}})
    phase(kube, "Restore", SMOKE, "Completed")
    assert kube.get("v1/Secret", "kept", namespace)["data"] == {"token": value}
    assert kube.get("v1/Namespace", namespace)["metadata"]["uid"] != before


def test_an_address_in_use_is_an_error_with_the_engines_words(lab):
    """Two containers cannot have one address; the message says which."""
    docker, network = Docker(lab.docker_host), "labtest-network"
    docker.call("network", "create", "--subnet", "10.214.0.0/24", network)
    sleeper = [
        "run",
        "-d",
        "--name",
        "labtest-holder",
        "--network",
        network,
        "--ip",
        "10.214.0.9",
        "--entrypoint",
        "/bin/busybox",
    ]
    try:
        docker.call(*sleeper, "hopsdrill.local/busybox:1.35", "sleep", "60")
        with pytest.raises(OperationError, match=r"labtest-store at 10\.214\.0\.9; the engine said: .*in use"):
            containers.run_store(
                lab.docker_host,
                "hopsdrill.local/busybox:1.35",
                name="labtest-store",
                network=network,
                address="10.214.0.9",
                env={},
                labels={"labtest": "labtest"},
            )
    finally:
        for name in ("labtest-holder", "labtest-store"):
            docker.remove_container(name)
        docker.call("volume", "rm", "-f", "labtest-store", check=False)
        docker.call("network", "rm", network, check=False)


def test_kubectl_and_the_clients_see_the_same_cluster(lab):
    """One UID, by either way."""
    ref = lab.clusters["drill"]
    assert Kubectl(program("kubectl"), ref.kubeconfig, ref.context).cluster_uid() == ref.uid


def test_doctor_is_content(lab):
    """Within ten seconds, with nothing missing."""
    started = time.monotonic()
    ended = hopsdrill("doctor")
    assert ended.code == 0, ended.out
    assert "MISSING" not in ended.out
    assert time.monotonic() - started < 10
