"""That a comparison can fail: what was planted is named, and nothing else."""

from collections.abc import Collection

from hopsdrill.clients import database
from hopsdrill.core.clock import parse_utc
from hopsdrill.proof import kubernetes
from hopsdrill.proof.key import Key
from hopsdrill.proof.snapshot import account_differences, row_differences
from hopsdrill.recovery.backup import entries
from hopsdrill.run.accounting import block_differences
from hopsdrill.run.contents import present
from hopsdrill.run.proofs import content_differences, loss_of, misses
from hopsdrill.run.stages import WRITER_DATABASES, Recovered
from hopsdrill.run.whole import archived_objects
from hopsdrill.site import Site
from hopsdrill.workload import objects


def differences(site: Site, recovered: Recovered, key: Key) -> list[str]:
    """Everything in which the platform is not as its backup holds it, store by store; what the restore had to lose is none."""
    expected, rondb = recovered.snapshot.database, site.profile.rondb
    with database(site) as sql:
        found = row_differences(sql, expected, rondb, key, WRITER_DATABASES)
        found += account_differences(sql, expected, rondb, key)
    loss, wrong, _ = loss_of(site, recovered)
    lost, kept = misses(loss)
    found += [*lost, *kept, *wrong]
    for store in present(site):
        found += content_differences(site, store, recovered.snapshot.contents[store], key)[1]
    found += block_differences(site, recovered, key)
    live = kubernetes.read(site.kube, objects.namespaces(site), key)
    found += kubernetes.compare(archived_objects(site, recovered.backup, key), live).differences
    return without_later_backups(found, later_backups(site, recovered))


def later_backups(site: Site, recovered: Recovered) -> set[str]:
    """IDs of backups that were begun after the recovery point: the platform goes on recording them after a restore."""
    point = recovered.backup.rondb.before
    return {
        id_
        for names in site.profile.recorded.values()
        for id_, entry in entries(site, names).items()
        if parse_utc(entry["start_time"]) > point
    }


def without_later_backups(found: list[str], later: Collection[str]) -> list[str]:
    """Differences but for such an ID having come into a record; anything else about a record is one."""
    return [line for line in found if not any(f" data.{id_}: absent -> " in line for id_ in later)]


def prove_named(site: Site, named: str, found: list[str]) -> None:
    """Record that the comparison found one difference, the one that was planted."""
    site.recorder.proof(
        "comparison-names-what-was-planted",
        store="platform",
        passed=len(found) == 1 and named in found[0],
        expected=f"one difference, of {named}",
        observed="; ".join(found[:5]) or "no difference",
        data=False,
    )
