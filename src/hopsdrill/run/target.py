"""Finding the cluster and the bucket a plan names."""

from hopsdrill.core.errors import InterlockError, PreconditionError
from hopsdrill.lab import load
from hopsdrill.model.lab import ClusterRef, StoreRef
from hopsdrill.model.plan import Plan


def target_of(plan: Plan) -> tuple[ClusterRef, StoreRef]:
    """The lab's cluster, and the store with that cluster's bucket.

    Raises:
        InterlockError: the plan names a cluster the lab did not create: it may be read, never changed.
        PreconditionError: there is no lab, or it has no such cluster.
    """
    if plan.target.lab_cluster is None:
        msg = f"The target {plan.target.context} of {plan.target.kubeconfig} is not a cluster of this tool's lab, so a drill may not change it."
        raise InterlockError(
            msg, hint="name a cluster of the lab: `target: {lab_cluster: drill}`; other clusters can be read only"
        )
    lab = load()
    cluster, store = lab.clusters.get(plan.target.lab_cluster), lab.store_of(plan.target.lab_cluster)
    if cluster is None or store is None:
        known = ", ".join(sorted(lab.clusters)) or "none"
        msg = f"The lab has no cluster {plan.target.lab_cluster!r} (it has: {known})."
        raise PreconditionError(msg, hint=f"hopsdrill lab up --cluster {plan.target.lab_cluster}")
    return cluster, store
