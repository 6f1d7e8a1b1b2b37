"""The lab's own Velero put back where a scenario had another one."""

from hopsdrill.adapters.velero_cli import VeleroCli
from hopsdrill.core.errors import OperationError
from hopsdrill.lab import cluster, state
from hopsdrill.lab.catalog import catalog
from hopsdrill.lab.up import program, velero_images


def put_back(uid: str) -> None:
    """Replace whatever Velero a cluster has, or has not, by the lab's own, and wait until all its pods are ready.

    Raises:
        OperationError: the lab has no such cluster, or Velero cannot be installed.
        DeadlineExceeded: a pod does not become ready.
    """
    ref = next((each for each in state.load().clusters.values() if each.uid == uid), None)
    if ref is None or not cluster.alive(program("kubectl"), ref):
        msg = f"The lab has no cluster {uid} that answers, so its Velero was not put back."
        raise OperationError(msg, hint="hopsdrill lab status")
    own = VeleroCli(program("velero"), ref.kubeconfig, ref.context, guard=lambda: None)  # it is the lab's: see above
    own.uninstall(cluster.VELERO_NAMESPACE)
    cluster.install_velero(program("velero"), ref, **velero_images(catalog()))
    cluster.wait_ready(program("kubectl"), ref)
