"""How late an end is seen, on the real cluster: held against kubectl's own watch of the same object, which knows nothing of ours.

The poll cannot help here: its interval is longer than any of these tests. What is left is the watch.
"""

import subprocess
import threading
import time
from contextlib import contextmanager
from types import SimpleNamespace

import pytest

from hopsdrill.core.errors import OperationError
from hopsdrill.core.kubedata import job_end
from hopsdrill.core.wait import wait_for
from hopsdrill.lab import program
from hopsdrill.plan.loader import load_named_profile
from hopsdrill.recovery import jobs, velero


PROFILE = load_named_profile("hopsworks-standin")
SPACE = "hopsdrill-waits"
NEVER = 60.0  # seconds between two looks
WITHIN = 0.25


@pytest.fixture(scope="module")
def site(kube):
    """As much of a site as waits need, in a namespace of its own."""
    kube.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": SPACE}})
    yield SimpleNamespace(kube=kube, namespace=SPACE, profile=PROFILE)
    kube.delete("v1/Namespace", SPACE)
    wait_for(
        lambda: kube.exists("v1/Namespace", SPACE),
        what="the namespace to be gone",
        until=lambda there: not there,
        deadline=90,
    )


@contextmanager
def kubectl_sees(kube, kind, name, namespace, path):
    """When kubectl saw each value of a path of an object, on this machine's monotonic clock."""
    seen: dict[str, float] = {}
    words = ["get", kind, name, "-n", namespace, "--watch", "-o", f"jsonpath={{{path}}}{{'\\n'}}"]
    where = ["--kubeconfig", str(kube.kubeconfig), "--context", kube.context]
    watch = subprocess.Popen([program("kubectl"), *where, *words], stdout=subprocess.PIPE, text=True)

    def read():
        for line in watch.stdout:
            seen.setdefault(line.strip(), time.monotonic())

    reader = threading.Thread(target=read)
    reader.start()
    try:
        yield seen
    finally:
        watch.terminate()
        watch.wait(timeout=10)
        reader.join(timeout=10)
        watch.stdout.close()


def make_job(kube, name, *, command=("sleep", "2"), **pod):
    """A Job of one container; ``pod`` changes the container."""
    container = {"name": "main", "image": PROFILE.witness_image, "command": list(command), **pod}
    spec = {"restartPolicy": "OnFailure", "containers": [container], "terminationGracePeriodSeconds": 0}
    body = {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": name, "namespace": SPACE}}
    kube.create({**body, "spec": {"backoffLimit": 100, "template": {"spec": spec}}})


def until_both(seen, value):
    """Wait until kubectl has it too; gives when."""
    return wait_for(
        lambda: seen.get(value), what=f"kubectl to see {value}", until=bool, deadline=10, interval=0.01
    ).value


@pytest.mark.parametrize("number", range(3))
def test_a_job_s_completion_is_seen_within_a_quarter_of_a_second(site, number):
    """By the watch alone; what `late` says is no less than what it was."""
    name = f"soon-{number}"
    make_job(site.kube, name)
    with kubectl_sees(site.kube, "job", name, SPACE, ".status.succeeded") as seen:
        done = wait_for(
            lambda: job_end(site.kube.get("batch/v1/Job", name, SPACE)),
            what=name,
            until="complete".__eq__,
            deadline=NEVER,
            interval=NEVER,
            watch=site.kube.watching("batch/v1/Job", namespace=SPACE),
        )
        there = until_both(seen, "1")
    assert done.at.mono - there <= WITHIN, (
        f"{done.at.mono - there:.3f} s after kubectl; it may be {done.late:.3f} s late"
    )


@pytest.mark.parametrize("number", range(3))
def test_the_end_of_a_velero_backup_is_seen_within_a_quarter_of_a_second(site, number):
    """Velero itself gives it the phase: its location is not there."""
    name, namespace = f"waits-{number}-{int(time.time())}", PROFILE.kubernetes.velero_namespace
    meta = {"name": name, "namespace": namespace}
    site.kube.create(
        {"apiVersion": velero.API, "kind": "Backup", "metadata": meta, "spec": {"storageLocation": "nowhere"}}
    )
    try:
        with kubectl_sees(site.kube, "backups.velero.io", name, namespace, ".status.phase") as seen:
            done = wait_for(
                lambda: velero.state(site, "Backup", name),
                what=name,
                until=lambda state: state.phase in velero.FINAL,
                deadline=NEVER,
                interval=NEVER,
                watch=velero.watching(site, "Backup"),
            )
            there = until_both(seen, "FailedValidation")
    finally:
        site.kube.delete(f"{velero.API}/Backup", name, namespace)
    assert done.at.mono - there <= WITHIN, (
        f"{done.at.mono - there:.3f} s after kubectl; it may be {done.late:.3f} s late"
    )


def test_a_watch_is_left_behind_by_nobody(site):
    """When a wait is over its threads are."""
    make_job(site.kube, "none-left", command=("true",))
    jobs.await_jobs(site, ["none-left"], 60)
    assert not [each for each in threading.enumerate() if each.name == "kube-watch"]


def test_how_late_the_waits_of_a_drill_see_an_end_is_within_the_bound(site):
    """Their own interval and their own watch: the bound a report prints beside a time."""
    make_job(site.kube, "bounded")
    assert jobs.await_jobs(site, ["bounded"], 60).late <= WITHIN


def test_an_image_that_may_not_be_pulled_ends_the_wait_at_once_with_its_name(site):
    """Kubernetes itself does not try again."""
    make_job(site.kube, "never", image="hopsdrill.local/nowhere:1", imagePullPolicy="Never")
    began = time.monotonic()
    with pytest.raises(OperationError, match=r"ErrImageNeverPull.*hopsdrill\.local/nowhere:1"):
        jobs.await_jobs(site, ["never"], 300)
    assert time.monotonic() - began < 30
    site.kube.delete("batch/v1/Job", "never", SPACE)


@pytest.mark.nightly
def test_a_container_that_crashes_again_and_again_ends_the_wait_with_its_exit_code(site):
    """After five restarts, long before the deadline."""
    make_job(site.kube, "crashing", command=("sh", "-c", "exit 7"))
    began = time.monotonic()
    with pytest.raises(OperationError, match="CrashLoopBackOff after 5 restarts; it ended last with exit code 7"):
        jobs.await_jobs(site, ["crashing"], 600)
    assert time.monotonic() - began < 300
    site.kube.delete("batch/v1/Job", "crashing", SPACE)


@pytest.mark.nightly
def test_a_secret_that_nobody_makes_ends_the_wait_and_one_that_is_made_late_does_not(site):
    """A minute is given to whoever makes it."""
    wants = {"env": [{"name": "X", "valueFrom": {"secretKeyRef": {"name": "late", "key": "x"}}}]}
    make_job(site.kube, "lacking", command=("true",), **wants)
    late = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "late", "namespace": SPACE},
        "stringData": {"x": "1"},
    }
    maker = threading.Timer(20, site.kube.create, [late])
    maker.start()
    jobs.await_jobs(site, ["lacking"], 120)
    maker.join()
    site.kube.delete("v1/Secret", "late", SPACE)
    make_job(site.kube, "lacking-still", command=("true",), **wants)
    with pytest.raises(OperationError, match='CreateContainerConfigError: secret "late" not found'):
        jobs.await_jobs(site, ["lacking-still"], 300)
    site.kube.delete("batch/v1/Job", "lacking-still", SPACE)
