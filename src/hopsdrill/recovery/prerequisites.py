"""What a restore in place needs, looked at before anything is asked of the platform, whatever the release itself would refuse."""

from collections.abc import Iterator

from hopsdrill.core.errors import OperationError, PreconditionError
from hopsdrill.recovery import location
from hopsdrill.recovery.backup import BackupSet, entries
from hopsdrill.recovery.jobs import ends
from hopsdrill.recovery.request import SEPARATE, Request
from hopsdrill.recovery.velero import API, GOOD, SCHEDULE, backup_phase
from hopsdrill.site import Site


LOOK = "look at what a restore needs"


def require_restorable(site: Site, asked: Request, backup: BackupSet, jobs: list[str]) -> None:
    """See that a restore in place can work: release, storage, IDs, Velero, and no Job of such a restore.

    Args:
        site: where.
        asked: the request.
        backup: the backups it names or means.
        jobs: those it will run.

    Raises:
        PreconditionError: names all that is lacking; nothing was touched.
    """
    with site.recorder.operation(LOOK, str(asked), target=site.namespace) as done:
        lacking = list(lacks(site, asked, backup, jobs))
        done.text = "; ".join(lacking) or "everything is there"
    if lacking:
        msg = f"Refused to restore in place: {'; '.join(lacking)}."
        raise PreconditionError(msg, hint="nothing was touched; mend what is named, and ask again")


def require_stored(site: Site, asked: Request) -> None:
    """See that the bucket holds what an installation is to restore, as far as IDs show in it: database and registry.

    Raises:
        PreconditionError: names the stores of which it holds nothing; nothing was touched.
    """
    lacking = []
    for store, names in site.profile.recorded.items():
        id_ = asked.overrides.get(f"{store}_id", None if store == SEPARATE else asked.backup_id)
        if id_ and names.backup_files:
            lacking += _nothing_below(site, store, f"{names.bucket_prefix}/{id_}/")
    if lacking:
        msg = f"Refused to install with a restore: {'; '.join(lacking)}."
        raise PreconditionError(
            msg, hint="nothing was touched; `hopsdrill backups list` names the backups that are there"
        )


def _nothing_below(site: Site, store: str, folder: str) -> list[str]:
    text = f"the bucket {site.store.ref.bucket} holds nothing of {store} below {folder}"
    return [] if site.store.entries(folder) else [text]


def lacks(site: Site, asked: Request, backup: BackupSet, jobs: list[str]) -> Iterator[str]:
    """What is lacking, each with what was seen."""
    if not site.helm.revision(site.release.name, namespace=site.namespace)[0]:
        yield f"there is no release {site.release.name} in namespace {site.namespace} that could be restored over; install it with the backup's ID instead"
        return
    yield from _storage(site, backup)
    yield from _ids(site, asked, backup)
    yield from _velero(site, asked, backup)
    yield from _jobs(site, jobs)


def _storage(site: Site, backup: BackupSet) -> Iterator[str]:
    """Database and registry have a folder of the ID; the search engine's snapshots share one."""
    for store, taken in backup.recorded.items():
        names = site.profile.recorded[store]
        folder = f"{names.bucket_prefix}/{taken.id}/" if names.backup_files else f"{names.bucket_prefix}/"
        try:
            yield from _nothing_below(site, store, folder)
        except OperationError as error:
            yield f"the backups cannot be reached: {error.message}"
            return  # one answer is enough, and each costs a timeout


def _ids(site: Site, asked: Request, backup: BackupSet) -> Iterator[str]:
    """Every ID is in its store's record; the file system's is that of a backup of the database."""
    known = {store: set(entries(site, names)) for store, names in site.profile.recorded.items()}
    wanted = {store: each.id for store, each in backup.recorded.items()}
    for store, id_ in wanted.items():
        if id_ not in known[store]:
            newest = ", ".join(sorted(known[store], reverse=True)[:5]) or "none"
            yield f"backup {id_} of {store} is in no record of the platform (there: {newest})"
    if asked.backup_id and asked.backup_id != wanted["rondb"] and asked.backup_id not in known["rondb"]:
        yield f"the global ID {asked.backup_id} is in no record of the platform"


def _velero(site: Site, asked: Request, backup: BackupSet) -> Iterator[str]:
    """The location is Available, and what is named, or a latest one, is Completed."""
    names = site.profile.kubernetes
    found = location.state(site, names.storage_location)
    if found.phase != location.AVAILABLE:
        yield f"Velero's location {names.storage_location} is not {location.AVAILABLE}: {found}"
    of = {
        "velero_main": (names.main_schedule, backup.main["metadata"]["name"]),
        "velero_users": (names.users_schedule, backup.users["metadata"]["name"]),
    }
    for value, (schedule, name) in of.items():
        if value in asked.overrides:
            phase = backup_phase(site, name)
            if phase != GOOD:
                yield f"Velero's backup {name} is {phase or 'not there'}"
        elif not _completed(site, schedule):
            yield f"Velero has no {GOOD} backup of schedule {schedule}"


def _completed(site: Site, schedule: str) -> list[str]:
    """Names of a Schedule's good Backups."""
    found = site.kube.list(f"{API}/Backup", site.profile.kubernetes.velero_namespace, f"{SCHEDULE}={schedule}")
    return [each["metadata"]["name"] for each in found if each.get("status", {}).get("phase") == GOOD]


def _jobs(site: Site, jobs: list[str]) -> Iterator[str]:
    """A Job that is there marks a restore that was completed, or is under way; a failed one stands in nobody's way."""
    for name, end in ends(site, jobs).items():
        if end == "complete":
            yield f"Job {name} says that this backup was restored already; to restore it again, delete the Jobs of that restore: {' '.join(jobs)}"
            return
        if end == "running":
            yield f"Job {name} is of a restore of this backup that is under way"
