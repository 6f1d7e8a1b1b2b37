"""Removing what interrupted or kept runs left behind, by their journals; and what has no journal any more, by its label."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from hopsdrill.adapters.helm import Helm
from hopsdrill.adapters.kube import Kube
from hopsdrill.adapters.s3 import ObjectStore
from hopsdrill.core.errors import InterlockError, JournalError
from hopsdrill.core.paths import data_dir
from hopsdrill.journal import EvidenceStore, Recorder, read, resume
from hopsdrill.lab import load, program
from hopsdrill.model import events as ev
from hopsdrill.model.lab import ClusterRef, LabState
from hopsdrill.plan.loader import load_named_profile
from hopsdrill.run import orphans
from hopsdrill.run.cleanup import clean
from hopsdrill.run.lease import holder, lease
from hopsdrill.safety.ledger import IN_THE_STORE, ORDER, Remover, unsettled
from hopsdrill.site import RUN_LABEL


@dataclass(frozen=True)
class Swept:
    """What became of one run's leftovers.

    Attributes:
        run: its folder's name, ``(no journal)``, or ``(cluster NAME)`` for one that was left alone.
        held: who holds that cluster.
    """

    run: str
    removed: list[str]
    left: list[str]
    held: str = ""


def sweep(reports: Path) -> list[Swept]:
    """Clean up every cluster of the lab; one on which a run is under way is left alone, and named.

    Raises:
        InterlockError: runs hold all of them.
        PreconditionError: there is no lab.
    """
    lab = load()
    swept = [each for cluster in lab.clusters.values() for each in _sweep_cluster(lab, cluster, reports)]
    held = [each.held for each in swept if each.held]
    if held and len(held) == len(lab.clusters):
        raise InterlockError(held[0], hint="wait until it ends, or end it with `hopsdrill abort`")
    return swept


def _sweep_cluster(lab: LabState, cluster: ClusterRef, reports: Path) -> Iterator[Swept]:
    with ExitStack() as held:
        try:
            held.enter_context(lease(cluster.name, "gc"))
        except InterlockError as error:
            yield Swept(f"(cluster {cluster.name})", [], [], held=error.message)
            return
        remover = _remover(lab, cluster)
        for folder in sorted(path.parent for path in reports.glob("*/journal.ndjson")):
            if swept := _sweep_run(folder, cluster, remover):
                yield swept
        if strays := _strays(remover):
            yield _remove_strays(strays, remover)


def _remover(lab: LabState, cluster: ClusterRef) -> Remover:
    kube = Kube(cluster.kubeconfig, cluster.context, uid=cluster.uid)
    kube.require_changeable()
    helm = Helm(program("helm"), cluster.kubeconfig, cluster.context, guard=kube.require_changeable)
    store = lab.store_of(cluster.name)
    if store is None:
        msg = "The lab has no object store."
        raise JournalError(msg, hint="hopsdrill lab up")
    return Remover(kube, helm, ObjectStore(store), cluster.uid)


def _sweep_run(folder: Path, cluster: ClusterRef, remover: Remover) -> Swept | None:
    try:
        entries = read(folder)
    except JournalError:
        return None  # a journal that was tampered with is nobody's order to remove anything; `report show` says so
    started = entries[0].event if entries else None
    if not isinstance(started, ev.RunStarted) or _alive(started, cluster):
        return None
    made = [each for each in unsettled(entries) if _of(each, started, cluster)]
    # a run of another cluster is that cluster's to sweep, its processes too
    ended = orphans.end(started.run_id) if made or _target(started) == cluster.name else []
    if not made and not ended:
        return None
    journal = resume(folder)
    try:
        recorder = Recorder(journal, EvidenceStore(folder))
        text = f"hopsdrill gc ended processes {ended or 'none'} and removes what this run left behind"
        recorder.write(ev.Noted(topic="manual-step", text=text))
        clean(recorder, made, remover)
        if any(isinstance(entry.event, ev.RunFinished) for entry in entries):
            recorder.write(ev.RunFinished())  # it had reached its end before, and cleaning up late changes no verdict
    finally:
        journal.close()
    left = [each for each in unsettled(read(folder)) if _of(each, started, cluster)]
    return Swept(folder.name, [_named(each) for each in made if each not in left], [_named(each) for each in left])


def _target(started: ev.RunStarted) -> str:
    return str((started.plan.get("target") or {}).get("lab_cluster") or "")


def _alive(started: ev.RunStarted, cluster: ClusterRef) -> bool:
    """Whether the run is under way on another cluster; on this one it cannot be, for we hold it."""
    name = _target(started)
    held = holder(name) if name and name != cluster.name else None
    return held is not None and held[1] == f"run {started.run_id}"


def _of(resource: ev.Resource, started: ev.RunStarted, cluster: ClusterRef) -> bool:
    """Whether a thing is this cluster's; what a run wrote into the bucket outlives the cluster it was written from."""
    in_bucket = resource.kind in IN_THE_STORE and _target(started) == cluster.name
    return in_bucket or resource.cluster_uid == cluster.uid


def _strays(remover: Remover) -> list[ev.Resource]:
    """What carries a run's label, or lies where a packaged profile's platform keeps its backups, with no run under way."""
    found = [
        _resource(remover, "namespace", each["metadata"]["name"], api="v1/Namespace")
        for each in remover.kube.list("v1/Namespace", labels=RUN_LABEL)
    ]
    for file in sorted(data_dir("profiles").glob("*.yaml")):
        profile = load_named_profile(file.stem)
        names = profile.kubernetes
        if remover.helm.revision(profile.release, namespace=profile.namespace)[0]:
            found.append(_resource(remover, "helm-release", profile.release, profile.namespace))
        found += [
            _resource(remover, "object", each["metadata"]["name"], names.velero_namespace, api)
            for api in ("v1/Secret", "velero.io/v1/BackupStorageLocation")
            for each in remover.kube.list(api, names.velero_namespace, RUN_LABEL)
        ]
        found += [
            _resource(remover, "s3-prefix", prefix) for prefix in profile.bucket_prefixes if remover.store.holds(prefix)
        ]
        if found:
            kinds = ("velero-restores", "velero-backups")
            found += [_resource(remover, kind, names.storage_location, names.velero_namespace) for kind in kinds]
    return sorted(dict.fromkeys(found), key=lambda each: ORDER.index(each.kind))


def _resource(remover: Remover, kind: str, name: str, namespace: str = "", api: str = "") -> ev.Resource:
    return ev.Resource(kind=kind, name=name, cluster_uid=remover.uid, namespace=namespace, api=api)


def _remove_strays(strays: list[ev.Resource], remover: Remover) -> Swept:
    reasons = {each: remover.remove(each) for each in strays}
    gone = [_named(each) for each, reason in reasons.items() if not reason]
    return Swept("(no journal)", gone, [f"{_named(each)}: {reason}" for each, reason in reasons.items() if reason])


def _named(resource: ev.Resource) -> str:
    where = f"{resource.namespace}/" if resource.namespace else ""
    return f"{resource.kind} {where}{resource.name}"
