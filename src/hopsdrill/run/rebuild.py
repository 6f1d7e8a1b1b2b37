"""The loss of the whole cluster, and the restore into a new one. Each action records its probe."""

from hopsdrill.clients import database
from hopsdrill.core.clock import now
from hopsdrill.core.errors import InterlockError
from hopsdrill.faults import cluster
from hopsdrill.journal import read
from hopsdrill.lab import load, up
from hopsdrill.proof.rondb.instance import instance
from hopsdrill.recovery.backup import BackupSet
from hopsdrill.recovery.rebuild import restore_into_new
from hopsdrill.recovery.restore import Restored
from hopsdrill.run.disaster import declare_disaster, require
from hopsdrill.run.session import Drill, clients
from hopsdrill.run.stages import Disaster, Recovered, Snapshot
from hopsdrill.run.velero_version import have_velero
from hopsdrill.safety.ledger import IN_THE_STORE, unsettled
from hopsdrill.site import Site
from hopsdrill.workload import objects
from hopsdrill.workload.canaries import Flock
from hopsdrill.workload.writer import Writer


def lose_cluster(site: Site, drill: Drill, running: Writer, flock: Flock | None = None) -> tuple[Disaster, str]:
    """Declare the disaster and destroy the cluster; gives the old database's instance too.

    Raises:
        InterlockError: the plan does not allow it.
    """
    target = drill.plan.target
    if not target.destroyable or target.lab_cluster is None:
        msg = f"The plan {drill.plan.name} does not allow its cluster to be destroyed; nothing was touched."
        raise InterlockError(msg, hint="`target: {lab_cluster: ..., destroyable: true}` allows it")
    with database(site) as sql:
        old = instance(sql, site.profile.rondb.instance_query)
    disaster = declare_disaster(site, running, "the cluster is lost with everything on it", flock)
    name, uid = target.lab_cluster, site.cluster_uid
    with site.recorder.operation("destroy the cluster", name, target=uid, destructive=True) as done:
        done.text = ", ".join(cluster.lose(site, name))
    gone = not cluster.answers(site) and name not in load().clusters
    site.recorder.action(
        "the-cluster-was-destroyed",
        effective=gone,
        expected="it does not answer any more",
        observed=f"cluster {uid} {'does not answer' if gone else 'still answers'}",
    )
    require({"the-cluster-was-destroyed": gone})
    for resource in unsettled(read(site.recorder.journal.folder)):
        if resource.kind not in IN_THE_STORE:  # what lies in the bucket outlives its cluster, and stays in the ledger
            site.recorder.removed(resource)
    return disaster, old


def restore_anew(  # noqa: PLR0913, PLR0917 - what a restore rests on
    site: Site, drill: Drill, snapshot: Snapshot, backup: BackupSet, lost: tuple[Disaster, str], token: str
) -> Recovered:
    """Make a new cluster, restore everything into it, and prove that nothing of it was there before.

    Raises:
        VerificationError: the restore had no effect.
        OperationError, DeadlineExceeded: it failed.
    """
    disaster, old = lost
    restored = Restored(now())
    _new_cluster(site, drill)
    restored.provisioned = now()
    before = _inhabited(site)
    site.recorder.action(
        "the-new-cluster-was-empty",
        effective=not before,
        expected=f"no namespace {site.namespace}, none of {', '.join(objects.PROJECTS)}, no backup known",
        observed=", ".join(before) or "none of them",
    )
    for name in objects.namespaces(site):
        site.ledger("namespace", name, api="v1/Namespace")
    restore_into_new(site, backup, restored)
    with database(site) as sql:
        fresh = instance(sql, site.profile.rondb.instance_query)
    site.recorder.action(
        "server-was-made-anew",
        effective=fresh != old,
        expected="another instance UUID than before",
        observed=f"{old} before, {fresh} after",
    )
    require({"the-new-cluster-was-empty": not before, "server-was-made-anew": fresh != old})
    return Recovered(snapshot, backup, disaster, restored, token)


def _new_cluster(site: Site, drill: Drill) -> None:
    name = str(drill.plan.target.lab_cluster)
    with site.recorder.operation("make a new cluster", name, target="lab") as done:
        ref = up([name]).clusters[name]
        site.move(*clients(ref), ref.uid)
        done.text = f"cluster {ref.uid}"
    have_velero(site)


def _inhabited(site: Site) -> list[str]:
    names = site.profile.kubernetes
    found = [name for name in objects.namespaces(site) if site.kube.exists("v1/Namespace", name)]
    backups = site.kube.list("velero.io/v1/Backup", names.velero_namespace)
    return [*found, *(f"backup {each['metadata']['name']}" for each in backups)]
