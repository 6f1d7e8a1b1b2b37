"""The first stages of a recovery drill, load and back up, and what all stages hand on. Each records its probes."""

import secrets
from dataclasses import dataclass

from hopsdrill.core.clock import Instant, utc_text
from hopsdrill.core.errors import VerificationError
from hopsdrill.core.redact import REDACTOR
from hopsdrill.model import events as ev
from hopsdrill.model.plan import Data
from hopsdrill.proof import kubernetes
from hopsdrill.proof.completeness import lacking
from hopsdrill.proof.key import Key
from hopsdrill.proof.objectives import worst_case
from hopsdrill.proof.snapshot import DatabaseState, state_of
from hopsdrill.recovery.backup import BackupSet, take_set
from hopsdrill.recovery.restore import Restored
from hopsdrill.site import Site
from hopsdrill.workload import dataset, objects, people, writer


WRITER_DATABASES = (writer.DATABASE,)  # proved by loss accounting, not by the snapshot


@dataclass(frozen=True)
class Snapshot:
    """What must come back.

    Attributes:
        challenge: a random value that was drawn after the platform was installed; only the drill knows it.
    """

    database: DatabaseState
    objects: kubernetes.Fingerprint
    challenge: str


@dataclass(frozen=True)
class Disaster:
    """The declared disaster: the recovery clock starts here."""

    declared: Instant
    writes: tuple[writer.Write, ...]
    offset: writer.Offset


@dataclass(frozen=True)
class Recovered:
    """A platform after its restore, with all that its proofs need."""

    snapshot: Snapshot
    backup: BackupSet
    disaster: Disaster
    restored: Restored
    token: str


def load(site: Site, data: Data, key: Key) -> Snapshot:
    """Load feature groups, users and project objects; what was acknowledged is the snapshot.

    Raises:
        VerificationError: the database does not hold just what it acknowledged.
    """
    challenge = secrets.token_hex(32)
    REDACTOR.register(challenge)
    sql = site.sql()
    try:
        with site.recorder.operation(
            "load data", f"{data.rows} rows, {data.tables} tables", target=site.namespace
        ) as done:
            rows = dataset.load(sql, data)
            users = people.create_all(sql)
            writer.set_challenge(sql, challenge)
            done.text = f"{rows} rows acknowledged, users {', '.join(users)}"
        with site.recorder.operation(
            "create project objects", ", ".join(objects.PROJECTS), target=site.cluster_uid
        ) as done:
            done.text = f"{objects.create_all(site)} objects"
        database = state_of(sql, site.profile.rondb, key, WRITER_DATABASES)
    finally:
        sql.close()
    if database.rows != rows:
        msg = f"{rows} rows were acknowledged, but the database holds {database.rows}."
        raise VerificationError(msg, hint="somebody else writes to this platform; a drill needs it for itself")
    found = backed_up_objects(site, key)
    site.recorder.keep("snapshot-rondb.json", database.totals())
    site.recorder.keep("snapshot-kubernetes.json", sorted(found))
    return Snapshot(database, found, challenge)


def backed_up_objects(site: Site, key: Key) -> kubernetes.Fingerprint:
    """The live objects that the platform's backups are to hold."""
    label = site.profile.kubernetes.include_label
    own = kubernetes.read(site.kube, [site.namespace], key, selector=label)
    return {**own, **kubernetes.read(site.kube, objects.PROJECTS, key)}


def archived_objects(site: Site, backup: BackupSet, key: Key) -> kubernetes.Fingerprint:
    """The objects that lie in the bucket."""
    prefix = site.profile.kubernetes.bucket_prefix
    names = [each["metadata"]["name"] for each in (backup.main, backup.users)]
    main, users = (kubernetes.from_backup(site.store, prefix, name, key) for name in names)
    return {**main, **users}


def back_up(site: Site, snapshot: Snapshot, key: Key) -> BackupSet:
    """Take the backups of all stores, declare the recovery point, and prove from the bucket that they are whole.

    Raises:
        VerificationError: something is missing; a restore from it is not to be begun.
    """
    backup = take_set(site)
    prefix = f"{site.profile.rondb.bucket_prefix}/{backup.rondb.id}/"
    files = site.store.entries(prefix)
    _declare(site, backup, sum(each.size for each in files), len(files))
    missing = lacking((each.key.removeprefix(prefix) for each in files), site.profile.rondb)
    whole = site.recorder.proof(
        "database-backup-is-whole",
        store="rondb",
        passed=not missing,
        expected=f"nodes {site.profile.rondb.node_ids} with all their parts, {', '.join(site.profile.rondb.backup_files)}",
        observed="all there" if not missing else f"{len(missing)} missing",
        differences=missing,
        evidence=[site.recorder.keep("backup-files.json", {each.key: each.size for each in files})],
        data=False,
    )
    archived = archived_objects(site, backup, key)
    lost = kubernetes.compare(snapshot.objects, archived).differences
    complete = site.recorder.proof(
        "object-backup-is-whole",
        store="kubernetes",
        passed=not lost,
        expected=f"{len(snapshot.objects)} objects as they were before the backup",
        observed=f"{len(archived)} objects in the bucket, {len(lost)} differences",
        differences=lost,
        evidence=[site.recorder.keep("backup-objects.json", sorted(archived))],
        data=False,
    )
    if not (whole and complete):
        msg = f"The backup set {backup.ids} is not whole: {'; '.join([*missing, *lost][:5])}"
        raise VerificationError(msg, hint="do not restore from it; take another backup")
    return backup


def _declare(site: Site, backup: BackupSet, size: int, count: int) -> None:
    window = backup.rondb
    site.recorder.write(
        ev.RecoveryPoint(
            scenario=site.recorder.scenario,
            ids=backup.ids,
            moment=utc_text(window.after + (window.before - window.after) / 2),
            rule=window.rule,
            schedule=site.schedule,
            worst_case_s=worst_case(site.schedule, window.seconds),
            size_bytes=size,
            object_count=count,
        )
    )
