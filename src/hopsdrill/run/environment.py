"""What a run takes place in: versions and stand-ins, read from the world before anything is touched."""

import platform
from collections.abc import Sequence
from pathlib import Path

import yaml

from hopsdrill import __version__
from hopsdrill.core.errors import DeadlineExceeded, OperationError, PlanError, PreconditionError
from hopsdrill.core.process import run, which
from hopsdrill.lab.catalog import catalog
from hopsdrill.model import events as ev
from hopsdrill.run.session import Drill, chart_of
from hopsdrill.site import Site


GIT = 10.0  # seconds git may take
STANDINS = "hops.works/standins"  # annotation of a chart that names the file listing its stand-ins


def host() -> dict[str, str]:
    """Facts of this machine."""
    load = Path("/proc/loadavg").read_text().split()[:3]
    cpus = Path("/proc/cpuinfo").read_text().count("\nprocessor") + 1
    return {
        "python": platform.python_version(),
        "platform": platform.platform(),
        "cpus": str(cpus),
        "load": " ".join(load),
    }


def commit_of(plan: Path) -> str:
    """The commit of the git repository a plan's file lies in, and whether the file differs from it; empty where there is none."""
    try:
        git: list[str | Path] = [which("git"), "-C", plan.absolute().parent]
        head = run([*git, "rev-parse", "--verify", "HEAD"], timeout=GIT, check=False)
        changed = run([*git, "status", "--porcelain", "--", plan.name], timeout=GIT, check=False)
    except (PreconditionError, DeadlineExceeded, OperationError):
        return ""  # no git, or none that answers: the report says that the commit is not known
    if head.returncode != 0:
        return ""
    return f"{head.stdout.strip()}{', with changes to the plan' if changed.stdout.strip() else ''}"


def seen(drill: Drill, site: Site, more: Sequence[str] = ()) -> ev.EnvironmentSeen:
    """Read cluster, components and stand-ins; ``more`` are substitutions of this run alone.

    Raises:
        OperationError: the cluster does not answer.
        PlanError: the chart's list of stand-ins cannot be read.
    """
    images = catalog().images
    return ev.EnvironmentSeen(
        cluster=drill.target.name,
        context=drill.target.context,
        cluster_uid=site.kube.uid(),
        created_by_lab=True,
        components=_components(site),
        stand_ins=[each for chart in _charts(drill, site) for each in stand_ins(chart)],
        substitutions=[
            *(f"{image.name} {image.version}: {image.note}" for image in images if image.substitution),
            *more,
        ],
    )


def _charts(drill: Drill, site: Site) -> list[str]:
    """The platform's chart, and Velero's where the plan names one; a chart in a repository has no list of stand-ins."""
    own = drill.plan.velero_chart
    return [site.chart, *([chart_of(own.chart)] if own is not None and not own.repository else [])]


def _components(site: Site) -> list[ev.Component]:
    nodes = site.kube.list("v1/Node")
    info = nodes[0]["status"]["nodeInfo"] if nodes else {}
    names = site.profile.kubernetes
    velero = site.kube.get("apps/v1/Deployment", names.velero_deployment, names.velero_namespace) or {}
    spec = velero.get("spec", {}).get("template", {}).get("spec", {})
    images = [each["image"] for each in [*spec.get("containers", []), *spec.get("initContainers", [])]]
    found = [
        ev.Component(name="hopsdrill", version=__version__),
        ev.Component(name="Kubernetes", version=info.get("kubeletVersion", ""), source="kind, own node image"),
        ev.Component(
            name="container runtime", version=info.get("containerRuntimeVersion", ""), source=info.get("osImage", "")
        ),
        *(_image(reference) for reference in images),
        _image(catalog().reference(catalog().get("minio"))),
        ev.Component(name="Helm", version=site.helm.version()),
        ev.Component(name=site.profile.chart, version=site.profile.version, source="Helm chart"),
    ]
    return [each for each in found if each.version]


def _image(reference: str) -> ev.Component:
    path, _, version = reference.rpartition(":")
    return ev.Component(name=path.rpartition("/")[2], version=version, source=reference)


def stand_ins(chart: str) -> list[ev.StandIn]:
    """The parts of a chart that play another: what its ``Chart.yaml`` says by the annotation ``hops.works/standins``."""
    file = Path(chart) / "Chart.yaml"
    if not file.is_file():
        return []
    try:
        named = (yaml.safe_load(file.read_text()).get("annotations") or {}).get(STANDINS)
        listed = yaml.safe_load((file.parent / named).read_text()) if named else []
        return [ev.StandIn.model_validate(each) for each in listed]
    except (OSError, yaml.YAMLError, ValueError, AttributeError) as error:
        msg = f"Tried to read the stand-ins of chart {chart}: {error}"
        raise PlanError(msg, hint=f"the annotation {STANDINS} in Chart.yaml names a YAML list") from error
