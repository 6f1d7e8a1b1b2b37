"""A restore in place as the platform's documentation has it: one `helm upgrade` with three values, then the Jobs."""

import re
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
from hopsdrill.recovery.jobs import await_jobs, ends, job_logs
from hopsdrill.recovery.prerequisites import require_restorable
from hopsdrill.recovery.request import Request, Way, jobs_of, overrides
from hopsdrill.recovery.velero import FINAL, reason, restores
from hopsdrill.recovery.version import require_version
from hopsdrill.site import Site


SCHEDULES = 2  # the platform's own objects, and the users'
SAMPLE = 0.25  # seconds between two looks at the data pods
GAVE_UP = re.compile(r"timed out waiting|deadline exceeded")  # Helm's words when its timeout is over


@dataclass
class Restored:
    """What was seen of a restore.

    Attributes:
        started: just before the platform's own operation was called.
        pods_gone: first moment at which no data pod of before was left.
        provisioned: there was a cluster to restore into; None where the old one was restored over.
        serving: every store was seen to serve again.
        late: seconds by which that may have been seen too late.
        gave_up: what helm said when its timeout was over before the restore was; empty when it saw the end.
        under_way: Jobs that had not ended then.
    """

    started: Instant
    pods_gone: datetime | None = None
    provisioned: Instant | None = None
    serving: Instant | None = None
    late: float = 0.0
    velero: dict[str, dict[str, Any]] = field(default_factory=dict)
    gave_up: str = ""
    under_way: list[str] = field(default_factory=list)


BY_FILE = Way()


def request(site: Site, asked: Request, name: str, way: Way = BY_FILE) -> Completed:
    """Ask for a restore by `helm upgrade`; the caller judges the exit code."""
    given = values.platform_values(site) if way.flags else asked.values(site)
    path = values.write(site, name, given)
    timeout = way.patience or site.deadlines.restore.total_seconds()
    return site.helm.upgrade(site.release, path, flags=way.words(site, asked), timeout=timeout)


def restore_in_place(site: Site, backup: BackupSet, asked: Request | None = None, way: Way = BY_FILE) -> Restored:
    """Restore over the running release and wait until every store serves again, all within the deadline.

    Args:
        site: where.
        backup: the backups that are to be restored.
        asked: by which request; that of ``backup`` itself unless given.
        way: how helm is called.

    Raises:
        PreconditionError: another version made the backup, or nobody says which, or a restore cannot work now; nothing was touched.
        OperationError: helm or a restore Job failed; what they said is evidence.
        DeadlineExceeded: the Jobs did not end in time, whatever helm said.
    """
    wanted = asked or Request(backup.rondb.id, in_place=True, force=True, overrides=overrides(backup))
    jobs = jobs_of(site, backup, in_place=True, global_id=wanted.backup_id or "")
    require_restorable(
        site, wanted, backup, jobs
    )  # before the version, which is read from the storage that this looks at
    require_version(site, backup.main, in_place=True)
    chart = f"{site.release.shown} --version {site.release.version}"
    call = f"helm upgrade {site.release.name} {chart} {way} ({wanted})"
    done, known = Restored(now()), set(restores(site))

    def left() -> float:
        return max(1.0, site.deadlines.restore.total_seconds() - (now().mono - done.started.mono))

    with site.recorder.operation("restore in place", call, target=site.namespace, destructive=True) as told:
        try:
            with _watching(site, done):
                _begin(site, wanted, jobs, way, done)
                await_jobs(site, jobs, left())
            seen = wait_serving(site, left())
            done.serving, done.late = seen.at, seen.late
        finally:
            told.evidence += capture(site, jobs)
            with suppress(OperationError):  # what was captured above says the same, or why it could not be had
                done.velero = {name: each for name, each in restores(site).items() if name not in known}
        told.text = f"Jobs complete and every store serving after {done.serving.mono - done.started.mono:.1f} s; {_phases(done)}"
    return done


def _begin(site: Site, asked: Request, jobs: list[str], way: Way, done: Restored) -> None:
    """Call helm; that its patience is over while the restore goes on is noted, and is neither an end nor a failure.

    Raises:
        OperationError: helm refused or failed; its words are in the message.
    """
    ended = request(site, asked, f"restore-values-{asked.backup_id}", way)
    if ended.returncode == 0:
        return
    said = failure_text(ended)
    if way.patience is None or not GAVE_UP.search(said):
        raise OperationError(said)
    done.gave_up = f"exit code {ended.returncode}: {' '.join(ended.stderr.split())[-300:]}"
    done.under_way = [name for name, end in ends(site, jobs).items() if end != "complete"]


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
        ("pods.json", lambda: [_told(each) for each in site.kube.list("v1/Pod", site.namespace)]),
    ]
    for name, read in parts:
        try:
            kept.append(site.recorder.keep(name, read()))
        except DrillError as error:
            kept.append(site.recorder.keep(name, f"could not be captured: {error.message}\n"))
    return kept


def _told(pod: dict[str, Any]) -> dict[str, Any]:
    """What became of a pod, and of which images it was; how it is built otherwise, the chart says."""
    spec, kept = pod.get("spec", {}), ("name", "uid", "labels", "creationTimestamp", "deletionTimestamp")
    return {
        "metadata": {name: value for name, value in pod["metadata"].items() if name in kept},
        "node": spec.get("nodeName"),
        "images": {
            each["name"]: each["image"] for part in ("initContainers", "containers") for each in spec.get(part, [])
        },
        "status": pod.get("status"),
    }


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
