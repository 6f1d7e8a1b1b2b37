"""A release qualified in a matrix: the platform in one version, on a cluster with one version of Velero."""

from hopsdrill.recovery import version as platform_version
from hopsdrill.run.renew import begin, inhabited, renew, stands
from hopsdrill.run.velero_version import says
from hopsdrill.run.versions import by_version
from hopsdrill.site import Site


def stand(site: Site, version: str, velero: str) -> None:
    """Have the platform and Velero in these versions, with nothing loaded: as they stand, else both made anew.

    Raises:
        PlanError: the chart is no folder, so it cannot be packed under another version.
        PreconditionError: the lab has not built that Velero.
        OperationError, DeadlineExceeded: something was not removed or installed.
    """
    by = by_version(site, version)
    if not stands(site) or platform_version.running(site) != version or says(site) != velero or inhabited(site):
        site.chart, site.profile, site.velero = by.chart, by.profile, velero
        (renew if stands(site) else begin)(site)
    runs, told = platform_version.running(site), says(site)
    site.recorder.action(
        "versions-are-as-named",
        effective=(runs, told) == (version, velero),
        expected=f"Helm has the platform in {version}, Velero's server says {velero}",
        observed=f"{runs}, {told}",
    )
