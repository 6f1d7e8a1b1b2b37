"""The version of Velero that a plan or a scenario names, in a cluster of the lab."""

from hopsdrill.core.errors import OperationError
from hopsdrill.lab import velero
from hopsdrill.run.velero_install import require_unused
from hopsdrill.run.velero_installed import ask_server
from hopsdrill.site import Site


CHANGE = "change the version of velero"


def says(site: Site) -> str:
    """The version that Velero's server says of itself, such as ``v1.18.3``.

    Raises:
        DeadlineExceeded: it does not answer.
    """
    return str(ask_server(site).get("serverVersion", ""))


def have_velero(site: Site) -> None:
    """Give the cluster the Velero that the site is to have, where it has another; the ledger has the lab's own put back.

    Nothing is asked of a site that names none. Nothing is lost: a Velero that somebody uses is not replaced.

    Raises:
        PreconditionError: the lab has not built that version, or something of somebody would go with the Velero that stands.
        OperationError, DeadlineExceeded: it cannot be installed, or another one answers.
    """
    if not site.velero or says(site) == site.velero:
        return
    names = site.profile.kubernetes
    require_unused(site)
    with site.recorder.operation(CHANGE, site.velero, target=names.velero_namespace) as done:
        site.ledger("lab-velero", names.velero_deployment, namespace=names.velero_namespace)
        velero.change(site.cluster_uid, site.velero)
        told = says(site)
        done.text = f"its server says {told}"
    if told != site.velero:
        msg = f"Velero {site.velero} was installed, and its server says {told}."
        raise OperationError(msg, hint="the image carries another version than its name says")
