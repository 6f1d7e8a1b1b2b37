"""A schedule of one minute, seen firing by itself: what the controllers made, for which moment, and that it is whole."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from hopsdrill.adapters.kube import MANAGER
from hopsdrill.core.clock import now, parse_utc
from hopsdrill.core.cron import next_after
from hopsdrill.core.wait import wait_for
from hopsdrill.proof import kubernetes
from hopsdrill.proof.key import Key
from hopsdrill.proof.prints import Prints
from hopsdrill.recovery import velero
from hopsdrill.recovery.backup import BackupSet, Entries, entries, recorded_since, rondb_backup
from hopsdrill.recovery.jobs import await_jobs, job_logs
from hopsdrill.run import whole
from hopsdrill.run.configuration import configure, enable
from hopsdrill.run.contents import read_all
from hopsdrill.run.stages import backed_up_objects
from hopsdrill.site import Site


EVERY_MINUTE = "* * * * *"
FIRED_S = 180.0  # two whole minutes and what the controllers need
SCHEDULED = (
    "batch.kubernetes.io/cronjob-scheduled-timestamp"  # on Jobs of a CronJob: for which moment; set by Kubernetes
)
MINUTE = timedelta(minutes=1)

Object = dict[str, Any]


@dataclass(frozen=True)
class Before:
    """How everything stood before the schedule was changed."""

    asked: datetime
    known: set[str]
    entries: dict[str, Entries]
    objects: kubernetes.Fingerprint
    contents: dict[str, Prints]


@dataclass(frozen=True)
class Fired:
    """What the controllers made by themselves: the first Job of each CronJob, the first Backup of each Schedule."""

    before: Before
    jobs: dict[str, Object]
    backups: dict[str, Object]

    @property
    def all(self) -> bool:
        """Whether every one has fired."""
        return all(self.jobs.values()) and all(self.backups.values())

    def __repr__(self) -> str:
        missing = [name for name, each in {**self.jobs, **self.backups}.items() if not each]
        return f"not fired yet: {', '.join(missing) or 'none'}"


def fire(site: Site, upset: ExitStack, key: Key) -> Fired:
    """Set a schedule of one minute by an upgrade, see everything fire, and set the platform's own again."""
    before = Before(
        now().utc,
        {each["metadata"]["uid"] for each in [*_jobs(site), *_backups(site)]},
        {store: entries(site, each) for store, each in site.profile.recorded.items()},
        backed_up_objects(site, key),
        read_all(site, key),
    )
    upset.callback(enable, site)
    configure(site, schedule=EVERY_MINUTE)
    namespaces = f"{site.namespace}, {site.profile.kubernetes.velero_namespace}"
    with site.recorder.operation("wait for the schedules to fire", EVERY_MINUTE, target=namespaces) as done:
        seen = wait_for(
            lambda: _fired(site, before),
            what="both CronJobs and both Velero Schedules to fire by themselves",
            until=lambda fired: fired.all,
            deadline=FIRED_S,
        )
        done.text = f"all have fired {(now().utc - before.asked).total_seconds():.1f} s after the upgrade was asked for"
    upset.close()
    return seen.value


def _jobs(site: Site) -> list[Object]:
    return site.kube.list("batch/v1/Job", site.namespace)


def _backups(site: Site) -> list[Object]:
    return site.kube.list(f"{velero.API}/Backup", site.profile.kubernetes.velero_namespace)


def _fired(site: Site, before: Before) -> Fired:
    names = site.profile.kubernetes
    jobs = _oldest(_jobs(site), before, lambda job: _owner(job).get("name", ""))
    made = _oldest(_backups(site), before, lambda each: each["metadata"].get("labels", {}).get(velero.SCHEDULE, ""))
    cronjobs = [each.cronjob for each in site.profile.recorded.values()]
    schedules = (names.main_schedule, names.users_schedule)
    return Fired(
        before, {each: jobs.get(each, {}) for each in cronjobs}, {each: made.get(each, {}) for each in schedules}
    )


def _owner(made: Object) -> Object:
    """The controller that made an object; empty when nobody owns it."""
    owners: list[Object] = made["metadata"].get("ownerReferences", [])
    return next((each for each in owners if each.get("controller")), {})


def _oldest(found: list[Object], before: Before, by: Callable[[Object], str]) -> dict[str, Object]:
    fresh = [each for each in found if each["metadata"]["uid"] not in before.known]
    fresh.sort(key=lambda each: str(each["metadata"]["creationTimestamp"]), reverse=True)
    return {by(each): each for each in fresh}


def prove_fired(site: Site, fired: Fired) -> None:
    """Record that controllers made all of it by themselves, for a moment that the expression names, within the bound."""
    wrong = [line for name, job in fired.jobs.items() for line in _job_faults(site, name, job, fired.before.asked)]
    wrong += [line for name, made in fired.backups.items() for line in _backup_faults(site, name, made)]
    shown = [f"{name}: {each['metadata']['name']}" for name, each in {**fired.jobs, **fired.backups}.items()]
    site.recorder.proof(
        "schedules-fired-by-themselves",
        store="platform",
        passed=not wrong,
        expected=f"of every CronJob a Job owned by it for a moment of {EVERY_MINUTE!r}, of both Schedules a Backup that Velero made",
        observed="; ".join(shown),
        differences=wrong,
        evidence=[site.recorder.keep("fired.json", [*fired.jobs.values(), *fired.backups.values()])],
        data=False,
    )


def _job_faults(site: Site, cronjob: str, job: Object, asked: datetime) -> list[str]:
    live = site.kube.get("batch/v1/CronJob", cronjob, site.namespace) or {}
    faults = [] if _owner(job).get("uid") == live["metadata"]["uid"] else [f"{cronjob}: its Job is not owned by it"]
    said = job["metadata"].get("annotations", {}).get(SCHEDULED, "")
    computed = [next_after(EVERY_MINUTE, asked + number * MINUTE) for number in range(3)]
    if not said or parse_utc(said) not in computed:
        faults.append(f"{cronjob}: scheduled for {said or 'no moment'}, computed {computed[0]} or a minute later")
    return faults


def _backup_faults(site: Site, schedule: str, made: Object) -> list[str]:
    makers = {each.get("manager") for each in made["metadata"].get("managedFields", [])}
    faults = [f"{schedule}: made by {', '.join(map(str, makers))}"] if MANAGER in makers or not makers else []
    live = site.kube.get(f"{velero.API}/Schedule", schedule, site.profile.kubernetes.velero_namespace) or {}
    last = live.get("status", {}).get("lastBackup", "")
    if last < made["metadata"]["creationTimestamp"]:
        faults.append(f"{schedule}: Velero's own note of its last backup says {last or 'none'}")
    return faults


def prove_whole(site: Site, fired: Fired, key: Key) -> None:
    """Record that what fired are whole backups of every store, recorded and in the bucket."""
    jobs = {store: fired.jobs[each.cronjob]["metadata"]["name"] for store, each in site.profile.recorded.items()}
    deadline = site.deadlines.backup.total_seconds()
    await_jobs(site, list(jobs.values()), deadline)
    main, users = (
        velero.await_end(site, "Backup", each["metadata"]["name"], deadline) for each in fired.backups.values()
    )
    made = recorded_since(site, _first_of(site, fired, jobs))
    rondb = rondb_backup(site, made.pop("rondb"), job_logs(site, jobs["rondb"]))
    backup = BackupSet(rondb, main.found, users.found, made)
    for look in whole.looks(site, backup, fired.before.objects, fired.before.contents, key).values():
        whole.record(site, look())


def _first_of(site: Site, fired: Fired, jobs: dict[str, str]) -> dict[str, Entries]:
    """What was recorded already, or by a later firing than the first: an entry begins when its Job does."""
    later: dict[str, Entries] = {}
    for store, job in jobs.items():
        live = site.kube.get("batch/v1/Job", job, site.namespace) or {}
        end = parse_utc(live["status"]["completionTime"])
        known = fired.before.entries[store]
        own = entries(site, site.profile.recorded[store])
        later[store] = {**known, **{each: entry for each, entry in own.items() if parse_utc(entry["start_time"]) > end}}
    return later
