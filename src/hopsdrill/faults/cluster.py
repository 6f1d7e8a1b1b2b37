"""The loss of a whole cluster: its node is removed with everything on it. Only a cluster of the lab can be lost so."""

from hopsdrill.core.errors import DrillError
from hopsdrill.lab import destroy
from hopsdrill.site import Site


def lose(site: Site, name: str) -> list[str]:
    """Destroy a cluster of the lab; gives what was removed.

    Raises:
        InterlockError: another cluster answers than the one that was recorded.
        OperationError: it could not be removed.
    """
    site.kube.require_changeable()
    return destroy(name)


def answers(site: Site) -> bool:
    """Whether the cluster still answers at its address."""
    try:
        return site.kube.uid() == site.cluster_uid
    except DrillError:
        return False
