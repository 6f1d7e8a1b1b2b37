"""Velero taken away from a cluster of the lab and installed as documented, by its command line or by its chart."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from hopsdrill.adapters.helm import Release
from hopsdrill.adapters.velero_cli import VeleroCli
from hopsdrill.core.clock import now
from hopsdrill.core.errors import DeadlineExceeded, OperationError, PlanError, PreconditionError
from hopsdrill.core.process import failure_text
from hopsdrill.lab import program
from hopsdrill.lab.catalog import catalog
from hopsdrill.lab.cluster import BARE, VELERO_NAMESPACE
from hopsdrill.lab.up import velero_images
from hopsdrill.model.plan import VeleroChart
from hopsdrill.recovery.velero import API
from hopsdrill.run.session import chart_of
from hopsdrill.site import Site


INSTALL, REMOVE = "install velero", "remove velero"
INSTALL_S = 180.0  # of which --wait takes ten seconds at least
VAIN_S = 20.0  # for a server that cannot start; a good one starts within ten
HELD = ("Backup", "Restore", "Schedule", "BackupStorageLocation")  # what goes with Velero's kinds
GROUP = "velero.io"
CRD = "apiextensions.k8s.io/v1/CustomResourceDefinition"


@dataclass(frozen=True)
class Asked:
    """An installation that was asked for.

    Attributes:
        said: Velero's or Helm's last words, or how the wait ended.
        ended: the exit code; None when it was ended at the deadline.
    """

    said: str
    ended: int | None
    seconds: float


def cli(site: Site) -> VeleroCli:
    """Velero's command line for the site's cluster; it changes only a cluster the lab created."""
    kube = site.kube
    return VeleroCli(program("velero"), kube.kubeconfig, kube.context, guard=kube.require_changeable)


# --- what stands -----------------------------------------------------------------------------------------------------


def standing(site: Site) -> dict[str, Any]:
    """What tells one installed Velero from another: its kinds, and what runs with which image, words and amounts."""
    names = site.profile.kubernetes
    found: dict[str, Any] = {"kinds": sorted(each["metadata"]["name"] for each in kinds(site))}
    for api in ("apps/v1/Deployment", "apps/v1/DaemonSet"):
        for each in site.kube.list(api, names.velero_namespace):
            found[f"{api.rpartition('/')[2]} {each['metadata']['name']}"] = each["spec"]["template"]["spec"]
    return found


def kinds(site: Site) -> list[dict[str, Any]]:
    """The definitions of Velero's kinds."""
    return [each for each in site.kube.list(CRD) if each["spec"]["group"] == GROUP]


def take_away(site: Site) -> dict[str, Any]:
    """Remove Velero with its namespace and its kinds; the lab's own is put back from the ledger. Gives what stood.

    Raises:
        PreconditionError: something of somebody would be lost with it, or this is not where the lab has its Velero.
    """
    names, before = site.profile.kubernetes, standing(site)
    if names.velero_namespace != VELERO_NAMESPACE:
        msg = f"The profile says that Velero is in {names.velero_namespace}; the lab has its own in {VELERO_NAMESPACE}."
        raise PreconditionError(msg, hint="name a profile whose velero_namespace is the lab's")
    require_unused(site)
    with site.recorder.operation(REMOVE, "velero uninstall --force", target=VELERO_NAMESPACE, destructive=True) as done:
        site.ledger("lab-velero", names.velero_deployment, namespace=VELERO_NAMESPACE)
        cli(site).uninstall(VELERO_NAMESPACE)
        done.text = "namespace and kinds are gone"
    left = [each["metadata"]["name"] for each in kinds(site)]
    there = site.kube.exists("v1/Namespace", VELERO_NAMESPACE)
    site.recorder.action(
        "velero-was-removed",
        effective=not left and not there,
        expected=f"no namespace {VELERO_NAMESPACE}, no kind of {GROUP}",
        observed=f"namespace {'there' if there else 'gone'}, kinds: {', '.join(left) or 'none'}",
    )
    return before


def require_unused(site: Site) -> None:
    """See that nothing would be lost with Velero: its Backups, Restores, Schedules and locations go with it.

    Raises:
        PreconditionError: names what would be.
    """
    if not kinds(site):
        return
    space = site.profile.kubernetes.velero_namespace
    there = [f"{kind} {each['metadata']['name']}" for kind in HELD for each in site.kube.list(f"{API}/{kind}", space)]
    if there:
        msg = f"Velero was not removed: {len(there)} things would go with it: {', '.join(there[:5])}."
        raise PreconditionError(msg, hint="run this before a platform is installed; hopsdrill gc removes leftovers")


# --- installing ------------------------------------------------------------------------------------------------------


def words(table: Sequence[Sequence[str]]) -> list[str]:
    """Rows of flag and value as Velero's command line takes them, with images the lab has."""
    return [f"{flag}={catalog().local(value)}" if value else flag for flag, value in table]


def documented() -> list[str]:
    """The documented flags, without --wait, with images the lab has."""
    images = velero_images(catalog())
    return [f"--image={images['image']}", f"--plugins={images['plugin']}", *BARE]


def varied(how: str, flag: str) -> list[str]:
    """The documented flags ``without`` one of them, or ``with`` one more."""
    if how == "with":
        return [*documented(), f"{flag}=aws"]
    return [each for each in documented() if each.partition("=")[0] != flag]


def require_installed(asked: Asked) -> None:
    """Let only an installation pass that the command line calls done; whether Velero works is proved elsewhere.

    Raises:
        OperationError: it refused or failed, or still waited at its deadline.
    """
    if asked.ended != 0:
        msg = f"velero install ended with {'the deadline' if asked.ended is None else f'exit code {asked.ended}'}: {asked.said}"
        raise OperationError(msg, hint="the operation's entry in the report has the whole command")


def install(site: Site, flags: Sequence[str], *, deadline: float = INSTALL_S) -> Asked:
    """``velero install`` with these flags, whatever comes of it."""
    call = f"velero install {' '.join(flags)}"
    with site.recorder.operation(INSTALL, call, target=VELERO_NAMESPACE, destructive=True) as done:
        start = now().mono
        try:
            ended = cli(site).install(flags, timeout=deadline)
            said, code = (ended.stdout + ended.stderr).strip().splitlines()[-1:], ended.returncode
            asked = Asked(" ".join(said), code, now().mono - start)
        except DeadlineExceeded as error:
            asked = Asked(error.message, None, now().mono - start)
        done.text = f"{'still waiting' if asked.ended is None else f'exit code {asked.ended}'} after {asked.seconds:.1f} s: {asked.said}"
    return asked


def install_chart(site: Site, chart: VeleroChart | None, table: Sequence[Sequence[str]]) -> None:
    """``helm install`` of Velero's chart with the values of a table: flag, name and value.

    Raises:
        PlanError: the plan names no chart.
        PreconditionError: the chart cannot be had.
        OperationError: helm refused or failed.
    """
    if chart is None:
        msg = "The plan names no chart of Velero."
        raise PlanError(msg, hint="velero_chart: {chart: velero-standin, version: 0.1.0} is the packaged stand-in")
    release = Release(site.profile.kubernetes.velero_deployment, chart_of(chart.chart), chart.version, VELERO_NAMESPACE)
    require_chart(site, release, chart.repository)
    flags = ["--create-namespace", *chart_words(table), "--wait"]
    call = f"helm install {release.name} {chart.chart} --version {chart.version} {' '.join(flags)}"
    with site.recorder.operation(INSTALL, call, target=VELERO_NAMESPACE, destructive=True) as done:
        site.ledger("helm-release", release.name, namespace=release.namespace)
        ended = site.helm.install_by_flags(release, flags, repository=chart.repository, timeout=INSTALL_S)
        if ended.returncode != 0:
            raise OperationError(failure_text(ended))
        done.text = f"deployed after {ended.duration:.1f} s"


def require_chart(site: Site, release: Release, repository: str) -> None:
    """See that the chart can be had and is of the version the plan names.

    Raises:
        PreconditionError: it cannot, or is not.
    """
    place = f"chart {release.chart}{f' of {repository}' if repository else ''}"
    try:
        version = site.helm.chart_version(release, repository=repository)
    except OperationError as error:
        msg = f"Velero's {place} cannot be had; nothing was installed. {error.message}"
        raise PreconditionError(msg, hint="velero_chart in the plan: a path, or the packaged velero-standin") from error
    if version != release.version:
        msg = f"Velero's {place} is version {version}, the plan says {release.version}; nothing was installed."
        raise PreconditionError(msg, hint="name the chart's own version in velero_chart")


def chart_words(table: Sequence[Sequence[str]]) -> list[str]:
    """Rows of flag, name and value as Helm takes them, with images the lab has; the server's image is the lab's too."""
    images = catalog()
    repository, _, tag = images.reference(images.get("velero")).rpartition(":")
    own = ["--set", f"image.repository={repository}", "--set", f"image.tag={tag}"]
    return [*own, *(word for flag, name, value in table for word in (flag, f"{name}={images.local(value)}"))]
