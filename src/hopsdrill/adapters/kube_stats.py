"""Free space of a cluster's nodes and volumes, as each kubelet says it."""

from dataclasses import dataclass

from hopsdrill.adapters.kube import Kube


@dataclass(frozen=True)
class Free:
    """Bytes that are free on a node, and on each claimed volume that is mounted there, by namespace/name."""

    node: str
    available: int
    volumes: dict[str, int]


def free(kube: Kube) -> list[Free]:
    """Every node's.

    Raises:
        OperationError: the cluster does not answer, or a node's kubelet may not be asked.
    """
    return [_of(kube, node["metadata"]["name"]) for node in kube.list("v1/Node")]


def _of(kube: Kube, node: str) -> Free:
    told = kube.statistics(node)
    volumes = [each for pod in told.get("pods", []) for each in pod.get("volume", []) if "pvcRef" in each]
    named = {f"{each['pvcRef']['namespace']}/{each['pvcRef']['name']}": int(each["availableBytes"]) for each in volumes}
    return Free(node, int(told["node"]["fs"]["availableBytes"]), named)
