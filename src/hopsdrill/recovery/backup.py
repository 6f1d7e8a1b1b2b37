"""The platform's own backup, triggered and seen to its end; what it left in the bucket is read, not believed."""

import json
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from hopsdrill.core.clock import now, parse_utc
from hopsdrill.core.errors import OperationError
from hopsdrill.core.kubedata import job_end
from hopsdrill.core.wait import wait_for
from hopsdrill.recovery import velero
from hopsdrill.site import Site


MILLISECOND = timedelta(
    milliseconds=1
)  # times in logs are cut to milliseconds, so the end of a span may lie this much later
MINUTE = timedelta(seconds=61)  # backup IDs are made of minutes: two backups in one minute collide


@dataclass(frozen=True)
class RondbBackup:
    """One backup of the database.

    Attributes:
        entry: its entry in the metadata ConfigMap.
        after: a write acknowledged before this moment (server's clock) is in it.
        before: a write sent after this moment is not.
        rule: how the two moments are known.
    """

    id: str
    entry: dict[str, Any]
    after: datetime
    before: datetime
    rule: str

    @property
    def seconds(self) -> float:
        """How long it took."""
        return float(self.entry["duration_ms"]) / 1000


@dataclass(frozen=True)
class BackupSet:
    """The backups of one recovery point."""

    rondb: RondbBackup
    main: dict[str, Any]
    users: dict[str, Any]

    @property
    def ids(self) -> dict[str, str]:
        """Backup ID per store."""
        names = {"kubernetes": self.main, "kubernetes (projects)": self.users}
        return {"rondb": self.rondb.id, **{store: each["metadata"]["name"] for store, each in names.items()}}


def take_set(site: Site) -> BackupSet:
    """Take the backups of all stores, the database's first: its entry must be in the Kubernetes backup.

    Raises:
        OperationError: one of them failed.
        DeadlineExceeded: one of them did not end in time.
    """
    names = site.profile.kubernetes
    rondb = take_rondb(site)
    main = velero.backup_from_schedule(site, names.main_schedule)
    return BackupSet(rondb, main, velero.backup_from_schedule(site, names.users_schedule))


def entries(site: Site) -> dict[str, dict[str, Any]]:
    """All backups the platform has recorded, by ID, from every metadata ConfigMap (they rotate)."""
    maps = site.kube.list("v1/ConfigMap", site.namespace, site.profile.rondb.metadata_selector)
    return {key: json.loads(text) for each in maps for key, text in (each.get("data") or {}).items()}


def take_rondb(site: Site) -> RondbBackup:
    """Trigger the CronJob and wait for its Job; the backup is the entry that is new afterwards."""
    before = entries(site)
    _await_next_minute(before)
    name = f"manual-backup-{now().utc:%H%M%S}"
    call = f"kubectl create job --from=cronjob/{site.profile.rondb.cronjob} {name}"
    with site.recorder.operation("back up rondb", call, target=site.namespace) as done:
        site.kube.create(_job(site, name))
        try:
            _await_job(site, name)
        finally:
            logs = job_logs(site, name)
            done.evidence.append(site.recorder.keep(f"logs-{name}.txt", logs))
        backup_id, entry = _new_entry(site, name, before)
        backup = _backup(site, backup_id, entry, logs)
        done.text = f"backup {backup.id}, {backup.seconds:.1f} s"
    return backup


def _new_entry(site: Site, job: str, before: dict[str, dict[str, Any]]) -> tuple[str, dict[str, Any]]:
    fresh = {key: entry for key, entry in entries(site).items() if key not in before}
    if len(fresh) != 1:
        msg = f"The backup Job {job} is complete, but {len(fresh)} new entries are in the metadata ConfigMaps."
        selector = site.profile.rondb.metadata_selector
        raise OperationError(msg, hint=f"kubectl get configmap -n {site.namespace} -l {selector}")
    return next(iter(fresh.items()))


def _await_next_minute(known: dict[str, dict[str, Any]]) -> None:
    starts = [parse_utc(entry["start_time"]) for entry in known.values()]
    if starts:
        free = max(starts) + MINUTE
        wait_for(lambda: now().utc >= free, what="the next minute, for a backup ID of its own", until=bool, deadline=70)


def _job(site: Site, name: str) -> dict[str, Any]:
    found = site.kube.get("batch/v1/CronJob", site.profile.rondb.cronjob, site.namespace)
    if found is None:
        msg = f"There is no CronJob {site.namespace}/{site.profile.rondb.cronjob}."
        raise OperationError(msg, hint="are backups enabled in the platform's values?")
    meta = {"name": name, "namespace": site.namespace, "annotations": {"cronjob.kubernetes.io/instantiate": "manual"}}
    return {"apiVersion": "batch/v1", "kind": "Job", "metadata": meta, "spec": found["spec"]["jobTemplate"]["spec"]}


def _await_job(site: Site, name: str) -> None:
    wait_for(
        lambda: job_end(site.kube.get("batch/v1/Job", name, site.namespace)),
        what=f"Job {site.namespace}/{name} to complete",
        until=lambda end: end == "complete",
        broken=lambda end: f"it {end}; see its logs in the evidence" if end == "failed" else None,
        deadline=site.deadlines.backup.total_seconds(),
    )


def job_logs(site: Site, job: str) -> str:
    """What every container of a Job's pods has said, in their order."""
    parts: list[str] = []
    for pod in site.kube.list("v1/Pod", site.namespace, f"batch.kubernetes.io/job-name={job}"):
        for container in [*pod["spec"].get("initContainers", []), *pod["spec"]["containers"]]:
            name = container["name"]
            parts.append(f"--- {pod['metadata']['name']} {name}\n{_log(site, pod['metadata']['name'], name)}")
    return "\n".join(parts)


def _log(site: Site, pod: str, container: str) -> str:
    try:
        return site.kube.logs(pod, site.namespace, container)
    except OperationError as error:
        return f"(no log: {error.message})\n"  # a container that never started has none


def _backup(site: Site, backup_id: str, entry: dict[str, Any], logs: str) -> RondbBackup:
    rondb = site.profile.rondb
    start, end = parse_utc(entry["start_time"]), parse_utc(entry["end_time"])
    rule = f"between the backup's start and end, as its metadata entry says; the data stands for its {rondb.consistency_point}"
    if rondb.consistency_log is not None:
        found = re.search(rondb.consistency_log.pattern, logs)
        if found is None:
            msg = f"The log of backup {backup_id} does not say its consistency point (container {rondb.consistency_log.container})."
            raise OperationError(msg, hint="correct consistency_log in the platform profile, or leave it out")
        start, end = parse_utc(found["after"]), parse_utc(found["before"]) + MILLISECOND
        rule = f"while writers were locked out, as container {rondb.consistency_log.container} says; the data stands for the {rondb.consistency_point}"
    return RondbBackup(backup_id, entry, start, end, rule)
