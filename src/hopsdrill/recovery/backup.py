"""The platform's own backups, triggered and seen to their end; what they left in the bucket is read, not believed."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from hopsdrill.core.clock import now, parse_utc
from hopsdrill.core.errors import OperationError
from hopsdrill.core.wait import wait_for
from hopsdrill.model.profile import RecordedStore
from hopsdrill.recovery import velero
from hopsdrill.recovery.jobs import Change, await_jobs, from_cronjob, job_logs
from hopsdrill.site import Site


MILLISECOND = timedelta(
    milliseconds=1
)  # times in logs are cut to milliseconds, so the end of a span may lie this much later
MINUTE = timedelta(seconds=61)  # backup IDs are made of minutes: two backups in one minute collide
LATEST_SECOND = 40  # of a minute, in which all stores' backups are begun: cron begins them at its first


@dataclass(frozen=True)
class StoreBackup:
    """One store's backup, as its entry in the metadata ConfigMap says."""

    id: str
    entry: dict[str, Any]

    @property
    def seconds(self) -> float:
        """How long it took."""
        return float(self.entry["duration_ms"]) / 1000


@dataclass(frozen=True)
class RondbBackup(StoreBackup):
    """One backup of the database.

    Attributes:
        after: a write acknowledged before this moment (server's clock) is in it.
        before: a write sent after this moment is not.
        rule: how the two moments are known.
    """

    after: datetime
    before: datetime
    rule: str


@dataclass(frozen=True)
class BackupSet:
    """The backups of one recovery point.

    Attributes:
        others: backups of the other recorded stores, by store.
        seconds: from the first one's begin to the last one's end.
    """

    rondb: RondbBackup
    main: dict[str, Any]
    users: dict[str, Any]
    others: dict[str, StoreBackup] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def ids(self) -> dict[str, str]:
        """Backup ID per store."""
        recorded = {store: each.id for store, each in self.recorded.items()}
        return {**recorded, **{store: each["metadata"]["name"] for store, each in self.of_velero.items()}}

    @property
    def of_velero(self) -> dict[str, dict[str, Any]]:
        """Velero's own."""
        return {"kubernetes": self.main, "kubernetes (projects)": self.users}

    @property
    def expires(self) -> dict[str, str]:
        """Until when a backup is kept, UTC, of those that say it."""
        told = {store: str(each.get("status", {}).get("expiration", "")) for store, each in self.of_velero.items()}
        return {store: text for store, text in told.items() if text}

    @property
    def recorded(self) -> dict[str, StoreBackup]:
        """The backups that ConfigMaps record, the database's first."""
        return {"rondb": self.rondb, **self.others}


Entries = dict[str, dict[str, Any]]


def take_set(site: Site, changes: Mapping[str, Change] | None = None) -> BackupSet:
    """Take the backups of all stores; the Kubernetes backup comes last, for the others' entries must be in it.

    ``changes`` are made to the Jobs of some stores, by store.

    Raises:
        OperationError: one of them failed.
        DeadlineExceeded: one of them did not end in time.
    """
    names = site.profile.kubernetes
    with site.recorder.operation("wait for a minute of its own", "a backup's ID is made of it", target=site.namespace):
        await_fresh_minute(site)
    begun = now().mono
    rondb, others = _take_recorded(site, changes or {})
    if names.namespace_filter:
        _name_projects(site, names.namespace_filter)
    main = velero.backup_from_schedule(site, names.main_schedule)
    users = velero.backup_from_schedule(site, names.users_schedule)
    return BackupSet(rondb, main, users, others, now().mono - begun)


def entries(site: Site, store: RecordedStore) -> Entries:
    """All backups of a store that the platform has recorded, by ID, from every metadata ConfigMap (they rotate)."""
    maps = site.kube.list("v1/ConfigMap", site.namespace, store.metadata_selector)
    return {key: json.loads(text) for each in maps for key, text in (each.get("data") or {}).items()}


def await_fresh_minute(site: Site, latest: int = LATEST_SECOND) -> None:
    """Wait for a minute in which no backup was begun, and of which enough is left for all to be begun in it: one ID for all."""
    known = [entry for store in site.profile.recorded.values() for entry in entries(site, store).values()]
    free = max((parse_utc(entry["start_time"]) for entry in known), default=now().utc - MINUTE) + MINUTE
    wait_for(
        lambda: now().utc,
        what="the next minute, for a backup ID of its own",
        until=lambda moment: moment >= free and moment.second <= latest,
        deadline=140,
    )


def _take_recorded(site: Site, changes: Mapping[str, Change]) -> tuple[RondbBackup, dict[str, StoreBackup]]:
    """Begin the backups of all recorded stores together, as their common schedule would, and see each to its end."""
    stores = site.profile.recorded
    before = {name: entries(site, store) for name, store in stores.items()}
    jobs = {name: f"manual-backup-{name}-{now().utc:%H%M%S}" for name in stores}
    call = "; ".join(f"kubectl create job --from=cronjob/{stores[name].cronjob} {job}" for name, job in jobs.items())
    with site.recorder.operation("back up the stores", call, target=site.namespace) as done:
        for name, job in jobs.items():
            from_cronjob(site, stores[name].cronjob, job, changes.get(name, dict))
        logs: dict[str, str] = {}
        try:
            await_jobs(site, list(jobs.values()), site.deadlines.backup.total_seconds())
        finally:
            logs = {name: job_logs(site, job) for name, job in jobs.items()}
            done.evidence += [site.recorder.keep(f"logs-backup-{name}.txt", text) for name, text in logs.items()]
        made = recorded_since(site, before)
        done.text = ", ".join(f"{name} {each.id} in {each.seconds:.1f} s" for name, each in made.items())
    return rondb_backup(site, made.pop("rondb"), logs["rondb"]), made


def recorded_since(site: Site, before: dict[str, Entries]) -> dict[str, StoreBackup]:
    """The one backup of every recorded store that was recorded since; by store.

    Raises:
        OperationError: a store recorded none, or more than one.
    """
    return {name: _new(site, name, store, before[name]) for name, store in site.profile.recorded.items()}


def _new(site: Site, name: str, store: RecordedStore, before: Entries) -> StoreBackup:
    fresh = {key: entry for key, entry in entries(site, store).items() if key not in before}
    if len(fresh) != 1:
        msg = f"The backup Job of {name} is complete, but {len(fresh)} new entries are in its metadata ConfigMaps."
        hint = f"kubectl get configmap -n {site.namespace} -l {store.metadata_selector}"
        raise OperationError(msg, hint=hint)
    return StoreBackup(*next(iter(fresh.items())))


def _name_projects(site: Site, cronjob: str) -> None:
    """Have the platform tell the users' Schedule its projects now; by itself it does so every hour."""
    job = f"manual-filter-{now().utc:%H%M%S}"
    call = f"kubectl create job --from=cronjob/{cronjob} {job}"
    with site.recorder.operation("name the project namespaces", call, target=site.namespace):
        from_cronjob(site, cronjob, job)
        await_jobs(site, [job], site.deadlines.backup.total_seconds())


def rondb_backup(site: Site, made: StoreBackup, logs: str) -> RondbBackup:
    """A database's backup with the moments it stands for; ``logs`` are its Job's.

    Raises:
        OperationError: the log does not say its consistency point, although the profile says it does.
    """
    rondb = site.profile.rondb
    start, end = parse_utc(made.entry["start_time"]), parse_utc(made.entry["end_time"])
    rule = f"between the backup's start and end, as its metadata entry says; the data stands for its {rondb.consistency_point}"
    if rondb.consistency_log is not None:
        found = re.search(rondb.consistency_log.pattern, logs)
        if found is None:
            msg = f"The log of backup {made.id} does not say its consistency point (container {rondb.consistency_log.container})."
            raise OperationError(msg, hint="correct consistency_log in the platform profile, or leave it out")
        start, end = parse_utc(found["after"]), parse_utc(found["before"]) + MILLISECOND
        rule = f"while writers were locked out, as container {rondb.consistency_log.container} says; the data stands for the {rondb.consistency_point}"
    return RondbBackup(made.id, made.entry, start, end, rule)
