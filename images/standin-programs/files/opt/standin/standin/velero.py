"""Kubernetes objects of a restore in place: two Velero Restores, the platform's own objects first."""

import time
from typing import Any

from standin import kube
from standin.say import StandinError, env, say


API = "velero.io/v1"
PAUSE = 0.5
BAD_ENDS = ("PartiallyFailed", "Failed", "FailedValidation")


def source(schedule: str, backup: str) -> dict[str, str]:
    """What to restore: a backup by name, or Velero's own choice of a schedule's newest Completed one."""
    return {"backupName": backup} if backup else {"scheduleName": schedule}


def restore_object(name: str, wanted: dict[str, str], backup_id: str) -> dict[str, Any]:
    """A Restore that also overwrites objects which exist: in place they do."""
    labels = {"hops.works/inplace-restore": backup_id}
    spec = {**wanted, "existingResourcePolicy": "update"}
    return {"apiVersion": API, "kind": "Restore", "metadata": {"name": name, "labels": labels}, "spec": spec}


def reason(status: dict[str, Any]) -> str:
    """Why a Restore ended badly, from every field Velero may say it in."""
    said = [*status.get("validationErrors", []), status.get("failureReason", "")]
    return "; ".join(filter(None, said)) or f"{status.get('errors', 0)} errors, see `velero restore describe`"


def wait_for_phase(kind: str, name: str, good: str, bad: tuple[str, ...], seconds: float) -> dict[str, Any]:
    """Wait until an object is in a good phase; give its status.

    Raises:
        StandinError: it is in a bad phase, or in no final one when the time is up.
    """
    within, end = env("VELERO_NAMESPACE"), time.monotonic() + seconds
    while True:
        status: dict[str, Any] = (kube.get(f"{kind}.velero.io", name, within=within) or {}).get("status", {})
        phase = status.get("phase", "")
        if phase == good:
            return status
        if phase in bad:
            message = f"{kind} {name} ended as {phase}: {reason(status)}"
            raise StandinError(message)
        if time.monotonic() > end:
            message = f"{kind} {name} is {phase or 'without a phase'} after {seconds:.0f} s, wanted {good}: {status.get('message', '')}"
            raise StandinError(message)
        time.sleep(PAUSE)


def restore_schedule(schedule: str, backup: str, backup_id: str, seconds: float) -> None:
    """Make one Restore and see it through."""
    name = f"{schedule}-restore-{int(time.time())}"
    kube.create(restore_object(name, source(schedule, backup), backup_id), within=env("VELERO_NAMESPACE"))
    say(f"Restore {name} of {backup or f'the latest of {schedule}'}")
    status = wait_for_phase("restore", name, "Completed", BAD_ENDS, seconds)
    say(f"Restore {name} is Completed, {status.get('warnings', 0)} warnings")


def restore_in_place(backup_id: str) -> None:
    """Restore the platform's objects, then the users'."""
    seconds = float(env("RESTORE_SECONDS"))
    wait_for_phase("backupstoragelocation", env("STORAGE_LOCATION"), "Available", (), seconds)
    restore_schedule(env("MAIN_SCHEDULE"), env("MAIN_BACKUP", ""), backup_id, seconds)
    restore_schedule(env("USERS_SCHEDULE"), env("USERS_BACKUP", ""), backup_id, seconds)
