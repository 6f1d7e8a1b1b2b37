"""Velero's objects: a Backup made from a Schedule, phases read to a final one, restores listed."""

from dataclasses import dataclass, field
from typing import Any

from hopsdrill.core.clock import now
from hopsdrill.core.errors import OperationError
from hopsdrill.core.wait import Watch, wait_for
from hopsdrill.recovery.results import told
from hopsdrill.recovery.version import ANNOTATION, running
from hopsdrill.site import Site


# Velero 1.17's final phases; anything else is under way. Only Completed is good.
GOOD = "Completed"
BAD = frozenset({"PartiallyFailed", "Failed", "FailedValidation"})
FINAL = BAD | {GOOD}
API = "velero.io/v1"
SCHEDULE = "velero.io/schedule-name"  # label of a Schedule's Backups
SHOWN = 5  # names in a message


@dataclass(frozen=True)
class State:
    """What Velero says of a Backup or Restore: its phase, and why; ``found`` is the object itself.

    Attributes:
        phase: empty while Velero has not looked at it.
        said: validation errors, failure reason, and how many errors and warnings there were.
    """

    phase: str
    said: str
    found: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)

    def __str__(self) -> str:
        return f"{self.phase or 'without a phase'}: {self.said}"

    __repr__ = __str__  # the form in which a wait quotes what it saw last


def state(site: Site, kind: str, name: str) -> State:
    """A Backup's or Restore's state as it is now; without a phase when it is not there."""
    found = site.kube.get(f"{API}/{kind}", name, site.profile.kubernetes.velero_namespace)
    if found is None:
        return State("", f"there is no {kind} {name}")
    status = found.get("status", {})
    return State(_phase(found), reason(status), found)


def watching(site: Site, *kinds: str) -> Watch:
    """A watch of Velero's objects, for a wait."""
    return site.kube.watching(*(f"{API}/{kind}" for kind in kinds), namespace=site.profile.kubernetes.velero_namespace)


def location_phase(site: Site) -> str:
    """Phase of the backup storage location; empty when it has none or is not there."""
    names = site.profile.kubernetes
    found = site.kube.get(f"{API}/BackupStorageLocation", names.storage_location, names.velero_namespace)
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
        body = backup_body(site, schedule, name)
        if version := running(site):
            body["metadata"]["annotations"] = {ANNOTATION: version}
        site.kube.create(body)
        made = await_end(site, "Backup", name, site.deadlines.backup.total_seconds())
        done.text = f"{name} is {made}"
        done.evidence.append(site.recorder.keep(f"velero-backup-{name}.json", made.found))
    return made.found


def backup_body(site: Site, schedule: str, name: str) -> dict[str, Any]:
    """A Backup as the Schedule itself would make it.

    Raises:
        OperationError: there is no such Schedule.
    """
    namespace = site.profile.kubernetes.velero_namespace
    found = site.kube.get(f"{API}/Schedule", schedule, namespace)
    if found is None:
        msg = f"There is no Velero Schedule {namespace}/{schedule}."
        raise OperationError(msg, hint="are backups enabled in the platform's values?")
    labels = {**found["metadata"].get("labels", {}), SCHEDULE: schedule}
    meta = {"name": name, "namespace": namespace, "labels": labels}
    return {"apiVersion": API, "kind": "Backup", "metadata": meta, "spec": found["spec"].get("template", {})}


def await_end(site: Site, kind: str, name: str, deadline: float) -> State:
    """Wait for the final phase of a Backup or Restore.

    Raises:
        OperationError: the phase is not Completed; the reason is in the message, with the first of Velero's errors.
        DeadlineExceeded: it is still under way when the time is up; its phase is in the message.
    """
    seen = wait_for(
        lambda: state(site, kind, name),
        what=f"the end of Velero {kind.lower()} {name}",
        until=lambda seen: seen.phase in FINAL,
        deadline=deadline,
        watch=watching(site, kind),
    ).value
    lines = told(site, kind, seen.found)
    ended = State(seen.phase, "; ".join([seen.said, *lines]), seen.found)
    if ended.phase != GOOD:
        msg = f"Velero {kind.lower()} {name} ended as {ended}"
        raise OperationError(msg, hint=f"velero {kind.lower()} logs {name}")
    return ended


def backup_phase(site: Site, name: str) -> str:
    """Phase of a Backup; empty when it has none or is not there."""
    return state(site, "Backup", name).phase


def restore_backup(site: Site, backup: str) -> dict[str, Any]:
    """Restore a Backup under a name of its own and wait for the final phase; gives the Restore.

    Raises:
        OperationError: there is no such Backup and nothing was made, or the phase is not Completed; the reason is in the message.
        DeadlineExceeded: it is still under way when the time is up.
    """
    require_backup(site, backup)
    return _restore(site, f"{backup}-restore", {"backupName": backup})


def restore_latest(site: Site, schedule: str) -> dict[str, Any]:
    """Restore what Velero takes for a Schedule's latest: of its Completed Backups the one that started last.

    Raises:
        OperationError: the phase is not Completed; the reason is in the message.
        DeadlineExceeded: it is still under way when the time is up.
    """
    return _restore(site, f"{schedule}-restore", {"scheduleName": schedule})


def require_backup(site: Site, backup: str) -> None:
    """See that a Backup of that name is there before a Restore of it is made: Velero would keep the failed Restore.

    Raises:
        OperationError: it is not; names the newest that are.
    """
    names = site.profile.kubernetes
    if site.kube.exists(f"{API}/Backup", backup, names.velero_namespace):
        return
    found = site.kube.list(f"{API}/Backup", names.velero_namespace)
    found.sort(key=lambda each: str(each.get("status", {}).get("startTimestamp", "")), reverse=True)
    known = ", ".join(each["metadata"]["name"] for each in found[:SHOWN]) or "none"
    msg = f"Velero knows no Backup {backup!r}; nothing was made. The newest it knows: {known}."
    hint = "hopsdrill backups list --store kubernetes"
    if backup != backup.lower():
        hint = f"names are lower case in Kubernetes; {hint}"
    raise OperationError(msg, hint=hint)


def _restore(site: Site, stem: str, source: dict[str, str]) -> dict[str, Any]:
    names = site.profile.kubernetes
    name = f"{stem}-{now().utc:%H%M%S}"  # a Restore is carried out once: a name used before would be a no-op
    call = f"Restore {name} of {' '.join(f'{key} {value}' for key, value in source.items())}"
    with site.recorder.operation("restore kubernetes objects", call, target=site.cluster_uid, destructive=True) as done:
        body = restore_body(name, names.velero_namespace, source)
        site.kube.create({**body, "metadata": {**body["metadata"], "labels": site.labels}})
        made = await_end(site, "Restore", name, site.deadlines.restore.total_seconds())
        of = made.found["spec"].get("backupName", "")
        done.text = f"{name} of {of} is {made}"
        done.evidence.append(site.recorder.keep(f"velero-restore-{name}.json", made.found))
    return made.found


def restore_body(name: str, namespace: str, source: dict[str, str]) -> dict[str, Any]:
    """A Restore; ``source`` is its ``backupName`` or its ``scheduleName``."""
    meta = {"name": name, "namespace": namespace}
    return {"apiVersion": API, "kind": "Restore", "metadata": meta, "spec": dict(source)}


def restores(site: Site) -> dict[str, dict[str, Any]]:
    """All Restores there are, by name."""
    found = site.kube.list(f"{API}/Restore", site.profile.kubernetes.velero_namespace)
    return {each["metadata"]["name"]: each for each in found}


def _phase(found: dict[str, Any]) -> str:
    return str(found.get("status", {}).get("phase", ""))
