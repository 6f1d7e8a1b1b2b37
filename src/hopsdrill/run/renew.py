"""A platform as new, for a scenario that loads its data: several such scenarios may be in one run."""

from hopsdrill.recovery.install import install
from hopsdrill.run.cleanup import made, remove_all
from hopsdrill.run.velero_version import have_velero
from hopsdrill.site import Site
from hopsdrill.workload import objects


def inhabited(site: Site) -> bool:
    """Whether an earlier scenario of this run has loaded its data."""
    return any(site.kube.exists("v1/Namespace", name) for name in objects.PROJECTS)


def stands(site: Site) -> bool:
    """Whether this run has installed the platform; somebody else's does not count."""
    ours = {(each.kind, each.namespace, each.name) for each in made(site)}
    return ("helm-release", site.namespace, site.release.name) in ours


def as_new(site: Site) -> None:
    """Have the platform hold nothing: made anew where an earlier scenario has loaded its data.

    Raises:
        OperationError: something could not be removed; names it.
    """
    if inhabited(site):
        renew(site)


def renew(site: Site) -> None:
    """Remove everything this run has made, by its ledger, and install the platform anew.

    Raises:
        OperationError: something could not be removed; names it.
    """
    ours = made(site)
    call = f"{len(ours)} things that earlier scenarios of this run have made"
    with site.recorder.operation("remove the platform", call, target=site.namespace, destructive=True) as done:
        remove_all(site, ours)
        done.text = "all gone"
    begin(site)


def begin(site: Site) -> None:
    """Install the platform, on the Velero that the site is to have.

    Raises:
        PreconditionError: somebody else's platform stands there, or the lab has not built that Velero.
        OperationError, DeadlineExceeded: it could not be installed.
    """
    have_velero(site)
    install(site)
    site.secret(site.profile.rondb.credentials_secret, site.profile.rondb.admin_key)  # registers it before it is logged
