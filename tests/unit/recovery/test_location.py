"""Waits for a location and for its backups: they end in their time, say what they saw, and count only what is wanted."""

import gzip
import json
from types import SimpleNamespace

import pytest
from plain_velero import Bucket, Cluster, backup, site

from hopsdrill.core.errors import DeadlineExceeded, OperationError
from hopsdrill.recovery import location, velero
from hopsdrill.recovery.location import Location, Synced


PLACE = Location("bsl", "k8s", "secret")
SCHEDULES = ["main", "users"]


def place(**status):
    """A location with a status."""
    return {"metadata": {"name": "bsl"}, "status": status}


def test_a_location_that_is_available_is_waited_for():
    """Its course says so."""
    waited = location.await_available(site(Cluster(BackupStorageLocation=[place(phase="Available")])), "bsl", 0)
    assert location.course(waited).startswith("Available after 0.0 s")


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ([place(phase="Unavailable", message="SignatureDoesNotMatch")], "Unavailable: SignatureDoesNotMatch"),
        ([place()], "without a phase: no message"),
        ([], "there is no backup location bsl"),
    ],
)
def test_a_location_that_is_not_available_ends_the_wait_at_its_deadline_with_the_reason(found, said):
    """Phase and Velero's message."""
    with pytest.raises(DeadlineExceeded, match=said):
        location.await_available(site(Cluster(BackupStorageLocation=found)), "bsl", 0)


def test_of_a_long_message_begin_and_end_are_told():
    """The reason stands last."""
    text = f"BackupStorageLocation is unavailable {'x' * 900} connection refused"
    said = location.state(site(Cluster(BackupStorageLocation=[place(phase="Unavailable", message=text)])), "bsl").said
    assert said.startswith("BackupStorageLocation is unavailable")
    assert said.endswith("connection refused")
    assert len(said) < 350


def test_the_latest_is_the_completed_one_that_started_last():
    """Neither a later one that is not whole, nor another schedule's, nor one whose name sorts higher."""
    found = [
        backup("main", "z", start="2026-01-01T00:00:00Z"),
        backup("main", "a", start="2026-01-02T00:00:00Z"),
        backup("main", "b", phase="PartiallyFailed", start="2026-01-03T00:00:00Z"),
        backup("users", "c", start="2026-01-04T00:00:00Z"),
    ]
    assert location.completed(found, "main") == ["a", "z"]


BOTH = [backup("main", "m"), backup("users", "u")]


def test_both_schedules_latest_backups_are_waited_for():
    """What the bucket holds is what Velero knows."""
    seen = location.await_synced(site(Cluster(Backup=BOTH), Bucket(*BOTH)), PLACE, SCHEDULES, 0)
    assert seen.known == {"main": "m", "users": "u"}


NEWER = backup("main", "n", start="2026-11-23T00:00:00Z")


@pytest.mark.parametrize(
    ("known", "lying", "said"),
    [
        ([], [], "the bucket holds no completed backup, Velero knows none"),
        ([backup("other", "o")], [backup("other", "o")], "also in the location: o Completed"),
        ([backup("main", "m")], BOTH, "users: the bucket holds u, Velero knows none"),
        ([backup("main", "m"), backup("users", "u", phase="Failed")], BOTH, "also in the location: u Failed"),
        (BOTH, [*BOTH, NEWER], "main: the bucket holds n, Velero knows m"),
        ([*BOTH, NEWER], BOTH, "main: the bucket holds m, Velero knows n"),
        (
            [backup("main", "m"), backup("users", "u", place="elsewhere")],
            BOTH,
            "users: the bucket holds u, Velero knows none",
        ),
    ],
)
def test_any_other_backup_is_not_taken_for_the_wanted_ones(known, lying, said):
    """The wait ends at its deadline and says what was seen; nothing is made."""
    cluster = Cluster(Backup=known)
    with pytest.raises(DeadlineExceeded, match=said):
        location.restore_latest(site(cluster, Bucket(*lying)), PLACE, SCHEDULES, 0)
    assert cluster.made == []


def test_a_description_that_cannot_be_read_is_no_backup():
    """Velero leaves it out, too."""
    bucket = Bucket(*BOTH)
    bucket.files["k8s/backups/m/velero-backup.json"] = b"{"
    assert [each["metadata"]["name"] for each in location.archived(bucket, "k8s")] == ["u"]


def test_nothing_wanted_is_never_done():
    """A bucket without backups is no synchronised one."""
    assert not Synced({"main": None}, {"main": None}).done


# --- ends of backups and restores ------------------------------------------------------------------------------------


@pytest.mark.parametrize("phase", ["PartiallyFailed", "Failed", "FailedValidation"])
def test_an_end_that_is_not_completed_is_an_error_with_velero_s_reason(phase):
    """Whatever Velero says it in."""
    found = backup("main", "m", phase=phase)
    found["status"] |= {"validationErrors": ["no such location"], "failureReason": "the bucket is gone"}
    with pytest.raises(OperationError, match=f"{phase}: no such location; the bucket is gone"):
        velero.await_end(site(Cluster(Backup=[found])), "Backup", "m", 5)


@pytest.mark.parametrize("phase", ["", "New", "InProgress", "FinalizingPartiallyFailed", "Deleting"])
def test_what_is_under_way_at_its_deadline_is_told_as_under_way(phase):
    """Neither an end nor a success."""
    with pytest.raises(DeadlineExceeded, match=phase or "without a phase"):
        velero.await_end(site(Cluster(Backup=[backup("main", "m", phase=phase)])), "Backup", "m", 0)


def test_warnings_of_a_completed_restore_are_told_and_their_absence_is_told_as_such():
    """Completed is no reason to be silent; a results file that is not there is said."""
    found = {
        "metadata": {"name": "r", "namespace": "velero"},
        "spec": {"backupName": "m"},
        "status": {"phase": "Completed", "warnings": 1},
    }
    bsl = {"metadata": {"name": "bsl"}, "spec": {"objectStorage": {"prefix": "k8s"}}}
    bucket = Bucket()
    bucket.ref = SimpleNamespace(bucket="b")
    here = site(Cluster(Restore=[found], Backup=BOTH, BackupStorageLocation=[bsl]), bucket)
    assert "could not be read" in velero.await_end(here, "Restore", "r", 0).said
    said = {"warnings": {"namespaces": {"p": ["could not restore, it exists"]}}, "errors": {}}
    bucket.files["k8s/restores/r/restore-r-results.gz"] = gzip.compress(json.dumps(said).encode())
    assert velero.await_end(here, "Restore", "r", 0).said.endswith("1 warnings; warning: could not restore, it exists")


@pytest.mark.parametrize(("name", "hint"), [("nobody", "backups list"), ("M", "lower case")])
def test_a_restore_of_a_backup_that_is_not_there_is_refused_before_anything_is_made(name, hint):
    """The newest that are there are named."""
    cluster = Cluster(Backup=[*BOTH, NEWER])
    with pytest.raises(OperationError, match="The newest it knows: n, m, u") as error:
        velero.restore_backup(site(cluster), name)
    assert hint in error.value.hint
    assert cluster.made == []


def test_a_schedule_that_is_not_there_is_said():
    """Instead of a backup of everything."""
    with pytest.raises(OperationError, match="no Velero Schedule velero/main"):
        velero.backup_from_schedule(SimpleNamespace(**vars(site(Cluster()))), "main")
