"""Velero's objects: a Backup made from a Schedule, phases read to a final one, restores listed."""

from typing import Any

from hopsdrill.core.clock import now
from hopsdrill.core.wait import wait_for
from hopsdrill.site import Site


# Velero 1.17's final phases; anything else is under way. Only Completed is good.
GOOD = "Completed"
BAD = frozenset({"PartiallyFailed", "Failed", "FailedValidation"})
FINAL = BAD | {GOOD}


def location_phase(site: Site) -> str:
    """Phase of the backup storage location; empty when it has none or is not there."""
    names = site.profile.kubernetes
    found = site.kube.get("velero.io/v1/BackupStorageLocation", names.storage_location, names.velero_namespace)
    return str((found or {}).get("status", {}).get("phase", ""))


def reason(status: dict[str, Any]) -> str:
    """Why something ended badly, from every field Velero may say it in."""
    said = [*status.get("validationErrors", []), status.get("failureReason", ""), status.get("message", "")]
    counts = f"{status.get('errors', 0)} errors, {status.get('warnings', 0)} warnings"
    return "; ".join([*filter(None, said), counts])


def backup_from_schedule(site: Site, schedule: str) -> dict[str, Any]:
    """Take a backup as a Schedule would; gives the Backup in its final, good phase.

    Raises:
        OperationError: there is no such Schedule, or the backup ended badly; the reason is in the message.
        DeadlineExceeded: it did not end in time.
    """
    names = site.profile.kubernetes
    name = f"{schedule}-{now().utc:%Y%m%d%H%M%S}"  # the form of a Schedule's own backups
    call = f"Backup {name} from Schedule {schedule}"
    with site.recorder.operation(f"back up {schedule}", call, target=names.velero_namespace) as done:
        found = site.kube.get("velero.io/v1/Schedule", schedule, names.velero_namespace)
        wanted = _backup(name, names.velero_namespace, schedule, found or {})
        site.kube.create(wanted)
        made = _ended(site, "Backup", name, site.deadlines.backup.total_seconds())
        done.text = f"{name} is {GOOD}: {reason(made['status'])}"
        done.evidence.append(site.recorder.keep(f"velero-backup-{name}.json", made))
    return made


def _backup(name: str, namespace: str, schedule: str, found: dict[str, Any]) -> dict[str, Any]:
    labels = {**found["metadata"].get("labels", {}), "velero.io/schedule-name": schedule} if found else {}
    return {
        "apiVersion": "velero.io/v1",
        "kind": "Backup",
        "metadata": {"name": name, "namespace": namespace, "labels": labels},
        "spec": found.get("spec", {}).get("template", {}),
    }


def _ended(site: Site, kind: str, name: str, deadline: float) -> dict[str, Any]:
    """Wait for the final phase of a Backup or Restore.

    Raises:
        OperationError: the phase is not Completed; the reason is in the message.
        DeadlineExceeded: it is still under way when the time is up.
    """
    namespace = site.profile.kubernetes.velero_namespace
    return wait_for(
        lambda: site.kube.get(f"velero.io/v1/{kind}", name, namespace) or {},
        what=f"Velero {kind.lower()} {name}",
        until=lambda found: _phase(found) == GOOD,
        broken=lambda found: f"{_phase(found)}: {reason(found['status'])}" if _phase(found) in BAD else None,
        deadline=deadline,
    ).value


def backup_phase(site: Site, name: str) -> str:
    """Phase of a Backup; empty when it has none or is not there."""
    found = site.kube.get("velero.io/v1/Backup", name, site.profile.kubernetes.velero_namespace)
    return _phase(found or {})


def restore_backup(site: Site, backup: str) -> dict[str, Any]:
    """Restore a Backup under a name of its own and wait for the final phase; gives the Restore.

    Raises:
        OperationError: the phase is not Completed; the reason is in the message.
        DeadlineExceeded: it is still under way when the time is up.
    """
    names = site.profile.kubernetes
    name = f"{backup}-restore-{now().utc:%H%M%S}"  # a Restore is carried out once: a name used before would be a no-op
    call = f"Restore {name} of Backup {backup}"
    with site.recorder.operation("restore kubernetes objects", call, target=site.cluster_uid, destructive=True) as done:
        meta = {"name": name, "namespace": names.velero_namespace}
        site.kube.create(
            {"apiVersion": "velero.io/v1", "kind": "Restore", "metadata": meta, "spec": {"backupName": backup}}
        )
        made = _ended(site, "Restore", name, site.deadlines.restore.total_seconds())
        done.text = f"{name} is {GOOD}: {reason(made['status'])}"
        done.evidence.append(site.recorder.keep(f"velero-restore-{name}.json", made))
    return made


def restores(site: Site) -> dict[str, dict[str, Any]]:
    """All Restores there are, by name."""
    found = site.kube.list("velero.io/v1/Restore", site.profile.kubernetes.velero_namespace)
    return {each["metadata"]["name"]: each for each in found}


def _phase(found: dict[str, Any]) -> str:
    return str(found.get("status", {}).get("phase", ""))
