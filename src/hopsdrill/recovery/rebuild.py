"""Restoring into a new cluster, as an operator does by the page: location, sync, both Velero restores, then the release."""

from hopsdrill.core.wait import wait_for
from hopsdrill.recovery import location, velero
from hopsdrill.recovery.backup import BackupSet
from hopsdrill.recovery.install import install_release, store_secrets
from hopsdrill.recovery.jobs import await_jobs
from hopsdrill.recovery.prerequisites import require_stored
from hopsdrill.recovery.request import Request, jobs_of, overrides
from hopsdrill.recovery.restore import Restored, capture
from hopsdrill.recovery.version import require_version
from hopsdrill.site import Site


def restore_into_new(site: Site, backup: BackupSet, done: Restored, asked: Request | None = None) -> None:
    """Restore Kubernetes objects, then install with the backup's ID, and wait until every store serves.

    Args:
        site: where.
        backup: the backups that are to be restored.
        done: takes what was seen.
        asked: by which request; that of ``backup`` itself unless given.

    Raises:
        PreconditionError: the bucket holds no such backup, another version made it, or nobody says which; nothing was touched.
        OperationError: Velero, helm or a Job failed; what they said is evidence.
        DeadlineExceeded: something did not end in time.
    """
    asked = asked or Request(backup.rondb.id, in_place=None, force=None, overrides=overrides(backup))
    require_stored(site, asked)
    require_version(site, backup.main, in_place=False)
    names, jobs = site.profile.kubernetes, jobs_of(site, backup, in_place=False)
    location.enter_backups(site, names.storage_location)
    _location(site)
    _synced(site, [each["metadata"]["name"] for each in (backup.main, backup.users)])
    for each in (backup.main, backup.users):
        restore = velero.restore_backup(site, each["metadata"]["name"])
        done.velero[restore["metadata"]["name"]] = restore
    store_secrets(site, velero=False)
    try:
        install_release(site, asked.values(site), "restore-values", site.deadlines.restore.total_seconds())
        seen = await_jobs(site, jobs, site.deadlines.restore.total_seconds())
        done.serving, done.late = seen.at, seen.late
    finally:
        with site.recorder.operation(
            "keep what the restore has said", ", ".join(jobs), target=names.velero_namespace
        ) as told:
            told.evidence += capture(site, jobs)


def _location(site: Site) -> None:
    """Make the backup location with its credentials and wait until Velero can use it."""
    own = location.of_platform(site)
    call = f"BackupStorageLocation {own.name}: bucket {site.store.ref.bucket}, prefix {own.prefix}"
    with site.recorder.operation(
        "make the backup location", call, target=site.profile.kubernetes.velero_namespace
    ) as done:
        store_secrets(site, own=False)
        site.create(own.body(site))
        done.text = location.course(location.await_available(site, own.name))


def _synced(site: Site, wanted: list[str]) -> None:
    """Wait until Velero knows just the backups that are to be restored, each Completed; any backup would not do."""
    with site.recorder.operation(
        "wait for the backups to be synced", ", ".join(wanted), target=site.cluster_uid
    ) as done:
        seen = wait_for(
            lambda: {name: velero.backup_phase(site, name) for name in wanted},
            what=f"Velero to know the backups {', '.join(wanted)}",
            until=lambda phases: set(phases.values()) == {velero.GOOD},
            broken=lambda phases: f"{phases}" if set(phases.values()) & velero.BAD else None,
            deadline=location.SYNC_S,
            watch=velero.watching(site, "Backup"),
        )
        done.text = f"both Completed here after {seen.elapsed:.1f} s"
