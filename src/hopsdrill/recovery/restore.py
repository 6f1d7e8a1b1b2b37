"""A restore in place as the platform's documentation has it: one `helm upgrade` with three values, then the Jobs."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from hopsdrill.core.clock import Instant, now
from hopsdrill.core.errors import DrillError, OperationError
from hopsdrill.core.process import Completed, failure_text
from hopsdrill.recovery import values
from hopsdrill.recovery.backup import BackupSet
from hopsdrill.recovery.install import wait_serving
from hopsdrill.recovery.jobs import await_jobs, job_logs
from hopsdrill.recovery.velero import FINAL, reason, restores
from hopsdrill.recovery.version import require_version
from hopsdrill.site import Site


SCHEDULES = 2  # the platform's own objects, and the users'
SEPARATE = "registry"  # backed up and restored on its own, by the page this follows
SAMPLE = 0.25  # seconds between two looks at the data pods


@dataclass(frozen=True)
class Request:
    """What a restore is asked for with; None leaves a value out.

    Attributes:
        overrides: another backup for one store: names of the profile's ``restore_values``, and IDs.
    """

    backup_id: str | None
    in_place: bool | None
    force: bool | None
    overrides: dict[str, str] = field(default_factory=dict)

    def values(self, site: Site) -> dict[str, Any]:
        """The upgrade's or install's values: the release's own, and the request at the profile's paths."""
        made, paths = values.platform_values(site), site.profile.restore_values
        wanted = {"backup_id": self.backup_id, "in_place": self.in_place, "force": self.force, **self.overrides}
        for name, value in wanted.items():
            if value is not None:
                values.set_path(made, paths[name], value)
        return made

    def __str__(self) -> str:
        own = "".join(f", {name} {value}" for name, value in self.overrides.items())
        return f"backupId={self.backup_id or 'none'}, inPlace={self.in_place}, forceDataClear={self.force}{own}"


def overrides(backup: BackupSet) -> dict[str, str]:
    """What must be named beside the global ID: stores whose ID is another one, and the registry, which never follows it."""
    return {
        f"{store}_id": each.id
        for store, each in backup.others.items()
        if store == SEPARATE or each.id != backup.rondb.id
    }


def restore_jobs(site: Site, backup: BackupSet, *, in_place: bool) -> list[str]:
    """Jobs that a restore of this set runs in the release's namespace, each with its own store's ID."""
    stores = site.profile.recorded
    names = [name.format(id=each.id) for store, each in backup.recorded.items() for name in stores[store].restore_jobs]
    hopsfs = site.profile.hopsfs
    return names + [name.format(id=backup.rondb.id) for name in (hopsfs.restore_jobs if hopsfs and in_place else [])]


@dataclass
class Restored:
    """What was seen of a restore.

    Attributes:
        started: just before the platform's own operation was called.
        pods_gone: first moment at which no data pod of before was left.
        provisioned: there was a cluster to restore into; None where the old one was restored over.
        serving: the database answered again.
    """

    started: Instant
    pods_gone: datetime | None = None
    provisioned: Instant | None = None
    serving: Instant | None = None
    velero: dict[str, dict[str, Any]] = field(default_factory=dict)


def request(site: Site, asked: Request, name: str) -> Completed:
    """Ask for a restore by `helm upgrade`; the caller judges the exit code."""
    path = values.write(site, name, asked.values(site))
    timeout = site.deadlines.restore.total_seconds()
    return site.helm.upgrade(site.release, path, timeout=timeout)


def restore_in_place(site: Site, backup: BackupSet) -> Restored:
    """Restore over the running release and wait until every store serves again.

    Raises:
        PreconditionError: another version made the backup, or nobody says which; nothing was touched.
        OperationError: helm or a restore Job failed; what they said is evidence.
        DeadlineExceeded: the Jobs did not end in time, whatever helm said.
    """
    require_version(site, backup.main, in_place=True)
    asked = Request(backup.rondb.id, in_place=True, force=True, overrides=overrides(backup))
    call = f"helm upgrade {site.release.name} {site.release.chart} --version {site.release.version} ({asked})"
    done, jobs = Restored(now()), restore_jobs(site, backup, in_place=True)
    known = set(restores(site))
    with site.recorder.operation("restore in place", call, target=site.namespace, destructive=True) as told:
        try:
            with _watching(site, done):
                upgrade(site, asked, f"restore-values-{asked.backup_id}")
                await_jobs(site, jobs, site.deadlines.restore.total_seconds())
            wait_serving(site, site.deadlines.restore.total_seconds())
            done.serving = now()
        finally:
            told.evidence += capture(site, jobs)
            with suppress(OperationError):  # what was captured above says the same, or why it could not be had
                done.velero = {name: each for name, each in restores(site).items() if name not in known}
        told.text = f"Jobs complete and every store serving after {done.serving.mono - done.started.mono:.1f} s; {_phases(done)}"
    return done


def upgrade(site: Site, asked: Request, name: str) -> None:
    """Ask by `helm upgrade` what must not be refused.

    Raises:
        OperationError: helm refused or failed; its words are in the message.
    """
    ended = request(site, asked, name)
    if ended.returncode != 0:
        raise OperationError(failure_text(ended))


def _phases(done: Restored) -> str:
    found = [f"{name} {each.get('status', {}).get('phase', 'without a phase')}" for name, each in done.velero.items()]
    return ", ".join(found) or "no Velero Restore was made"


def unfinished(done: Restored) -> list[str]:
    """Velero Restores that did not end well, each with its reason."""
    ends = {name: each.get("status", {}) for name, each in done.velero.items()}
    few = [f"{len(ends)} Velero Restores were seen, of {SCHEDULES} Schedules"] if len(ends) < SCHEDULES else []
    return few + [
        f"{name} is {status.get('phase') or 'without a phase'}{'' if status.get('phase') in FINAL else ', not final'}: {reason(status)}"
        for name, status in sorted(ends.items())
        if status.get("phase") != "Completed"
    ]


def capture(site: Site, restore_jobs: list[str]) -> list[str]:
    """Keep what the hooks and Jobs of a restore have said, and the release's history; what cannot be had is said so."""
    jobs = [*site.profile.hook_jobs, *restore_jobs]
    kept: list[str] = []
    parts: list[tuple[str, Callable[[], object]]] = [
        ("logs-restore.txt", lambda: "\n".join(job_logs(site, job) for job in jobs)),
        ("velero-restores.json", lambda: restores(site)),
        ("pods.json", lambda: site.kube.list("v1/Pod", site.namespace)),
    ]
    for name, read in parts:
        try:
            kept.append(site.recorder.keep(name, read()))
        except DrillError as error:
            kept.append(site.recorder.keep(name, f"could not be captured: {error.message}\n"))
    return kept


@contextmanager
def _watching(site: Site, done: Restored) -> Iterator[None]:
    """Meanwhile, look every quarter of a second which data pods there are; note when the old ones were gone."""
    old, ended = _pod_uids(site), threading.Event()

    def look() -> None:
        while not ended.wait(SAMPLE):
            try:
                left = old & _pod_uids(site)
            except DrillError:
                continue  # a lost look is no observation; the next one is a quarter of a second away
            if not left:
                done.pods_gone = now().utc
                return

    watcher = threading.Thread(target=look, name="pod-watch", daemon=True)
    watcher.start()
    try:
        yield
    finally:
        ended.set()
        watcher.join(timeout=10)


def _pod_uids(site: Site) -> set[str]:
    wanted = set(site.profile.rondb.data_pods)
    found = site.kube.list("v1/Pod", site.namespace)
    return {pod["metadata"]["uid"] for pod in found if pod["metadata"]["name"] in wanted}
