"""The rule for Kubernetes objects: Velero serves, its location is available, both Schedules run and have led to a backup."""

from hopsdrill.adapters.kube import Object
from hopsdrill.core.clock import parse_utc
from hopsdrill.model.profile import Profile
from hopsdrill.recovery.seen import Seen
from hopsdrill.recovery.status.facts import Facts
from hopsdrill.recovery.status.model import Finding, Level, Service, service
from hopsdrill.recovery.status.recorded import overdue


COMPLETED = "Completed"
ACCESS = "mend the access, then look again"


def kubernetes(facts: Facts, profile: Profile) -> Service:
    """Everything the backup of Kubernetes objects rests on."""
    told: dict[str, str] = {}
    absent = all(not seen.unread and seen.value is None for seen in facts.schedules.values())
    schedules = [finding for name in facts.schedules for finding in _schedule(name, facts, told)] if not absent else []
    return service(told, [*_server(facts, profile, told, absent=absent), *_location(facts, profile, told), *schedules])


def _server(facts: Facts, profile: Profile, told: dict[str, str], *, absent: bool) -> list[Finding]:
    """Velero itself; without it or without any Schedule the service is disabled, not partial."""
    seen, space = facts.velero, profile.kubernetes.velero_namespace
    found = []
    if seen.unread:
        found.append(Finding(Level.UNKNOWN, f"Velero's Deployment could not be read: {seen.unread}", ACCESS))
    elif seen.value is None:
        told["velero"] = "absent"
        found.append(
            Finding(
                Level.DISABLED,
                f"There is no Deployment {space}/velero: nothing backs up Kubernetes objects.",
                "install Velero with its AWS plugin, then upgrade the platform",
            )
        )
    else:
        ready, wanted = seen.value.get("status", {}).get("availableReplicas", 0), seen.value["spec"].get("replicas", 1)
        told["velero"] = f"{ready} of {wanted} available"
        if ready < max(wanted, 1):
            found.append(
                Finding(
                    Level.PARTIAL,
                    f"Velero's Deployment {space}/velero has {ready} of {wanted} replicas available.",
                    f"kubectl describe deployment velero -n {space}",
                )
            )
    if absent:
        found.append(
            Finding(
                Level.DISABLED,
                f"Neither Schedule is there ({', '.join(facts.schedules)}): Kubernetes objects are not backed up.",
                "set hopsworks.velero.backup.enabled=true in the platform's values and upgrade",
            )
        )
    return found


def _location(facts: Facts, profile: Profile, told: dict[str, str]) -> list[Finding]:
    seen, name = facts.location, f"{profile.kubernetes.velero_namespace}/{profile.kubernetes.storage_location}"
    if seen.unread:
        return [Finding(Level.UNKNOWN, f"BackupStorageLocation {name} could not be read: {seen.unread}", ACCESS)]
    if seen.value is None:
        told["storage location"] = "absent"
        return [
            Finding(
                Level.PARTIAL,
                f"There is no BackupStorageLocation {name}: Velero has nowhere to write.",
                "make it: provider aws, the platform's bucket, the prefix " + profile.kubernetes.bucket_prefix,
            )
        ]
    status = seen.value.get("status") or {}
    phase = status.get("phase") or "without a phase"
    told["storage location"] = f"{profile.kubernetes.storage_location} {phase}"
    if phase == "Available":
        return []
    said = status.get("message") or "Velero gives no reason"
    cure = f"check bucket, prefix {profile.kubernetes.bucket_prefix}, region, s3Url, s3ForcePathStyle and Secret {profile.kubernetes.location_secret}; Velero looks again within a minute"
    return [Finding(Level.PARTIAL, f"BackupStorageLocation {name} is {phase}: {said}", cure)]


def _schedule(name: str, facts: Facts, told: dict[str, str]) -> list[Finding]:
    seen = facts.schedules[name]
    if seen.unread:
        return [Finding(Level.UNKNOWN, f"Schedule {name} could not be read: {seen.unread}", ACCESS)]
    if seen.value is None:
        told[name] = "absent"
        return [
            Finding(
                Level.PARTIAL,
                f"There is no Schedule {name}.",
                "enable Velero's backup in the platform's values and upgrade",
            )
        ]
    spec, status = seen.value["spec"], seen.value.get("status") or {}
    phase = status.get("phase") or "New"
    told[name] = (
        f"{phase}{', paused' if spec.get('paused') else ''}, {spec['schedule']}, last backup {status.get('lastBackup') or 'none'}"
    )
    found = []
    if phase != "Enabled":
        said = "; ".join(status.get("validationErrors", [])) or "Velero has not looked at it; does its Deployment run?"
        found.append(Finding(Level.PARTIAL, f"Schedule {name} is {phase}: {said}", f"velero schedule describe {name}"))
    if spec.get("paused"):
        found.append(
            Finding(
                Level.PARTIAL,
                f"Schedule {name} is paused: no backup is taken until it is resumed.",
                f"velero schedule unpause {name}",
            )
        )
    return [*found, *_backups(name, seen.value, facts, told)]


def _backups(name: str, schedule: Object, facts: Facts, told: dict[str, str]) -> list[Finding]:
    """Whether any backup of a Schedule is Completed, and whether one is overdue."""
    seen: Seen[list[Object]] = facts.backups
    if seen.unread:
        return [Finding(Level.UNKNOWN, f"Velero's Backups could not be listed: {seen.unread}", ACCESS)]
    own = [each for each in seen.value if each["metadata"].get("labels", {}).get("velero.io/schedule-name") == name]
    phases = [str((each.get("status") or {}).get("phase") or "New") for each in own]
    told[f"backups of {name}"] = f"{len(own)}, {phases.count(COMPLETED)} of them Completed"
    if own and COMPLETED not in phases:
        text = f"None of the {len(own)} backups of {name} is Completed ({', '.join(sorted(set(phases)))}): nothing of it can be restored."
        return [Finding(Level.PARTIAL, text, "velero backup describe and velero backup logs of the newest say why")]
    good = [_ended(each) for each, phase in zip(own, phases, strict=True) if phase == COMPLETED]
    since = max([*good, schedule["metadata"].get("creationTimestamp") or ""])
    late = overdue(
        f"a backup of {name}", str(schedule["spec"]["schedule"]), parse_utc(since) if since else None, facts.at
    )
    return [late] if late and not schedule["spec"].get("paused") else []


def _ended(backup: Object) -> str:
    status = backup["status"]
    return str(
        status.get("startTimestamp") or status.get("completionTimestamp") or backup["metadata"]["creationTimestamp"]
    )
