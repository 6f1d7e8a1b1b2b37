"""What a time to live leaves of backups: in bucket, record and cluster."""

from collections.abc import Iterator
from datetime import timedelta

from hopsdrill.clients import need, search_engine
from hopsdrill.core import ttl
from hopsdrill.core.clock import parse_utc
from hopsdrill.core.errors import OperationError
from hopsdrill.proof.key import Key
from hopsdrill.recovery import velero
from hopsdrill.recovery.backup import entries
from hopsdrill.run import whole
from hopsdrill.run.pruning import KUBERNETES, SEARCH, Pruned, prefix, there
from hopsdrill.run.wholeness import Taken
from hopsdrill.site import Site


def _traces(site: Site, store: str, backup: str) -> Iterator[str]:
    """Where a backup still is: bucket, record, engine, cluster."""
    if store == KUBERNETES:
        names = site.profile.kubernetes
        if site.store.entries(f"{names.bucket_prefix}/backups/{backup}/"):
            yield "in the bucket"
        if there(site, backup):
            yield "in the cluster"
        return
    if backup in entries(site, site.profile.recorded[store]):
        yield "in the record"
    if store == SEARCH:
        with search_engine(site) as engine:
            if backup in engine.snapshots(need(site.profile.opensearch, SEARCH).repository):
                yield "in the engine's repository"
    elif site.store.entries(prefix(site, store, backup)):
        yield "in the bucket"


def prove_gone(site: Site, pruned: Pruned) -> None:
    """Record for every store that what is older than the ttl is nowhere any more."""
    for store, backups in pruned.gone.items():
        left = [f"{backup}: {place}" for backup in backups for place in _traces(site, store, backup)]
        site.recorder.proof(
            "old-backups-are-pruned",
            store=store,
            passed=bool(backups) and not left,
            expected=f"{', '.join(backups) or 'at least one backup'}: neither in bucket nor record nor cluster",
            observed="; ".join(left) or f"{len(backups)} gone everywhere",
            differences=left,
        )


def prove_kept(site: Site, old: Taken) -> None:
    """Record for every store that a backup is where it was, however old: in bucket and record, engine or cluster."""
    for store, backup in old.backup.ids.items():
        own = KUBERNETES if store.startswith(KUBERNETES) else store
        seen = list(_traces(site, own, backup))
        site.recorder.proof(
            "nothing-is-pruned-without-ttl",
            store=own,
            passed=len(seen) == 2,  # noqa: PLR2004 - what lies somewhere, and what says so
            expected=f"{backup}: where it lies, and in what says so",
            observed=f"{backup}: {', '.join(seen) or 'nowhere'}",
        )
    limits = {
        each["metadata"]["name"]: _life(site, each["metadata"]["name"]) for each in (old.backup.main, old.backup.users)
    }
    default = ttl.go_duration(site.profile.kubernetes.default_ttl)
    site.recorder.proof(
        "velero-keeps-its-own-default",
        store=KUBERNETES,
        passed=set(limits.values()) == {default},
        expected=f"each expires {site.profile.kubernetes.default_ttl} after its start",
        observed=", ".join(f"{name} after {life}" for name, life in limits.items()),
        data=False,
    )


def _life(site: Site, backup: str) -> timedelta:
    """How long after its start Velero lets a backup expire, in whole minutes."""
    status = velero.state(site, "Backup", backup).found.get("status", {})
    if not {"expiration", "startTimestamp"} <= status.keys():
        return timedelta()
    span = parse_utc(status["expiration"]) - parse_utc(status["startTimestamp"])
    return timedelta(minutes=round(span.total_seconds() / 60))


def prove_velero_follows(site: Site, pruned: Pruned, text: str) -> None:
    """Record that the Velero backups of the run expire by the ttl that was set for all stores."""
    newest = _newest(pruned)
    lives = [_life(site, each["metadata"]["name"]) for each in (newest.backup.main, newest.backup.users)]
    site.recorder.proof(
        "velero-backups-follow-the-ttl",
        store=KUBERNETES,
        passed=set(lives) == {ttl.age(text)},
        expected=f"both expire {text} after their start",
        observed=", ".join(map(str, lives)),
        data=False,
    )


def prove_whole(site: Site, pruned: Pruned, *others: Taken, key: Key) -> None:
    """Record that the run's own backup, and others that are younger than the ttl, are whole and recorded."""
    for taken in (*others, _newest(pruned)):
        for look in taken.looks(site, key).values():
            whole.record(site, look())
        _prove_recorded(site, taken)


def _prove_recorded(site: Site, taken: Taken) -> None:
    lost = [
        f"{store} {each.id}"
        for store, each in taken.backup.recorded.items()
        if each.id not in entries(site, site.profile.recorded[store])
    ]
    lost += [
        name
        for name in (each["metadata"]["name"] for each in (taken.backup.main, taken.backup.users))
        if not there(site, name)
    ]
    site.recorder.proof(
        "young-backup-is-recorded",
        store="platform",
        passed=not lost,
        expected=f"in record and cluster: {taken.backup.ids}",
        observed=f"missing: {', '.join(lost)}" if lost else "all there",
        differences=lost,
        data=False,
    )


def _newest(pruned: Pruned) -> Taken:
    if pruned.newest is None:
        msg = "The run took no backup."
        raise OperationError(msg)
    return pruned.newest
