"""What a running drill is made of; steps reach it through the ``drill`` and ``site`` fixtures."""

from dataclasses import dataclass
from pathlib import Path

from hopsdrill.adapters.forward import Forwarder
from hopsdrill.adapters.helm import Helm
from hopsdrill.adapters.kube import Kube
from hopsdrill.adapters.s3_history import HistoryStore
from hopsdrill.core.paths import data_dir
from hopsdrill.journal import Recorder
from hopsdrill.lab import program
from hopsdrill.model import events as ev
from hopsdrill.model.lab import ClusterRef, StoreRef
from hopsdrill.model.plan import Plan
from hopsdrill.model.profile import Profile
from hopsdrill.site import Site


@dataclass(frozen=True)
class Drill:
    """One run's plan, platform names, places and recorder.

    Attributes:
        run_id: also the value of the label ``hopsdrill.io/run`` on everything created.
        folder: the run's folder.
        target: the cluster that may be changed; the interlocks have passed.
        challenge: what an auditor gave; it enters every canary.
        attested: manual steps before the run, by somebody's word.
    """

    run_id: str
    folder: Path
    plan: Plan
    profile: Profile
    target: ClusterRef
    store: StoreRef
    recorder: Recorder
    challenge: str = ""
    attested: tuple[ev.PhaseAttested, ...] = ()


def chart_of(name: str) -> str:
    """What Helm is given as chart: the packaged folder of that name, else the name's own words."""
    packaged = data_dir("charts") / name
    return str(packaged) if packaged.is_dir() else name


def site_of(drill: Drill, scratch: Path) -> Site:
    """The site of a drill; its clients change only the recorded cluster.

    Args:
        drill: the run.
        scratch: a private folder for values files.

    Raises:
        PreconditionError: the kubeconfig, the credentials or helm are not there.
    """
    kube, helm, forwarder = clients(drill.target)
    return Site(
        run_id=drill.run_id,
        profile=drill.profile,
        schedule=drill.plan.schedule,
        deadlines=drill.plan.deadlines,
        chart=chart_of(drill.profile.chart),
        kube=kube,
        helm=helm,
        forwarder=forwarder,
        store=HistoryStore(drill.store),
        recorder=drill.recorder,
        scratch=scratch,
        cluster_uid=drill.target.uid,
        accepts_unknown_version=drill.plan.accept_unknown_version,
        velero=drill.plan.target.velero,
    )


def clients(ref: ClusterRef) -> tuple[Kube, Helm, Forwarder]:
    """Clients of one cluster; they change it only while its UID is the recorded one.

    Raises:
        PreconditionError: the kubeconfig or a program is not there.
    """
    kube = Kube(ref.kubeconfig, ref.context, uid=ref.uid)
    helm = Helm(program("helm"), ref.kubeconfig, ref.context, guard=kube.require_changeable)
    return kube, helm, Forwarder(program("kubectl"), ref.kubeconfig, ref.context)
