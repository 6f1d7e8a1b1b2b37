"""A platform as new, for a scenario that loads its data: several such scenarios may be in one run."""

from hopsdrill.core.errors import OperationError
from hopsdrill.journal import read
from hopsdrill.recovery.install import install
from hopsdrill.run.cleanup import remove_one
from hopsdrill.safety.ledger import Remover, unsettled
from hopsdrill.site import Site
from hopsdrill.workload import objects


def inhabited(site: Site) -> bool:
    """Whether an earlier scenario of this run has loaded its data."""
    return any(site.kube.exists("v1/Namespace", name) for name in objects.PROJECTS)


def renew(site: Site) -> None:
    """Remove everything this run has made, by its ledger, and install the platform anew.

    Raises:
        OperationError: something could not be removed; names it.
    """
    remover, recorder = Remover(site.kube, site.helm, site.store, site.cluster_uid), site.recorder
    made = unsettled(read(recorder.journal.folder))
    call = f"{len(made)} things that earlier scenarios of this run have made"
    with recorder.operation("remove the platform", call, target=site.namespace, destructive=True) as done:
        reasons = {f"{each.kind} {each.name}": remove_one(recorder, each, remover) for each in made}
        left = [f"{name}: {reason}" for name, reason in reasons.items() if reason]
        if left:
            msg = f"The platform could not be made anew; left behind: {'; '.join(left)}"
            raise OperationError(msg, hint="hopsdrill gc")
        done.text = "all gone"
    install(site)
    site.secret(site.profile.rondb.credentials_secret, site.profile.rondb.admin_key)  # registers the new one
