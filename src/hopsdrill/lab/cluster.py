"""One kind cluster with Velero, proved to serve pods and names."""

import json
from pathlib import Path

from hopsdrill.adapters.kind import Kind
from hopsdrill.adapters.kubectl import Kubectl
from hopsdrill.adapters.velero_cli import VeleroCli
from hopsdrill.core.clock import now
from hopsdrill.core.errors import OperationError
from hopsdrill.core.paths import state_dir
from hopsdrill.core.process import failure_text
from hopsdrill.core.wait import wait_for
from hopsdrill.model.lab import ClusterRef


PREFIX = "hopsdrill-"
VELERO_NAMESPACE = "velero"
INSTALL_S = 120.0
RESOURCES = ("velero-pod-cpu", "velero-pod-mem", "node-agent-pod-cpu", "node-agent-pod-mem")
# --provider must stay away when no location is made
BARE = ("--no-default-backup-location", "--no-secret", "--use-volume-snapshots=false")
UNBOUNDED = tuple(f"--{part}-{bound}=0" for part in RESOURCES for bound in ("request", "limit"))

# The node image brings the network plugin; the patches are what a host with cgroup v1 and without CAP_SYS_RESOURCE needs
CONFIG = """kind: Cluster
apiVersion: kind.x-k8s.io/v1alpha4
networking:
  disableDefaultCNI: true
  podSubnet: 10.244.0.0/16
  kubeProxyMode: iptables
nodes:
- role: control-plane
  image: {image}
kubeadmConfigPatches:
- |
  kind: ClusterConfiguration
  imageRepository: {registry}
- |
  kind: KubeletConfiguration
  failCgroupV1: false
  oomScoreAdj: 0
  maxOpenFiles: 20000
"""


def kubeconfig(name: str) -> Path:
    """The file that holds one cluster's access, and nothing else."""
    return state_dir() / "clusters" / f"{name}.kubeconfig"


def context(name: str) -> str:
    """The name kind gives the context of our cluster."""
    return f"kind-{PREFIX}{name}"


def create(kind: Kind, kubectl_binary: Path, name: str, *, image: str, registry: str) -> ClusterRef:
    """Create a cluster and record who it is.

    Raises:
        OperationError: kind failed; a half-made cluster is removed.
    """
    file = kubeconfig(name)
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        kind.create(PREFIX + name, CONFIG.format(image=image, registry=registry), file)
    except OperationError:
        kind.delete(PREFIX + name, file)
        raise
    file.chmod(0o600)
    uid = Kubectl(kubectl_binary, file, context(name)).cluster_uid()
    return ClusterRef(name=name, kubeconfig=file, context=context(name), uid=uid, created=now().utc)


def alive(kubectl_binary: Path, ref: ClusterRef) -> bool:
    """Tell whether a recorded cluster answers and is the same one."""
    try:
        return Kubectl(kubectl_binary, ref.kubeconfig, ref.context).cluster_uid() == ref.uid
    except OperationError:
        return False


def install_velero(velero_binary: Path, ref: ClusterRef, *, image: str, plugin: str) -> None:
    """Install Velero with its node agent; it has no backup location until a platform brings one.

    Raises:
        OperationError: velero's last words are in the message.
    """
    cli = VeleroCli(velero_binary, ref.kubeconfig, ref.context, guard=lambda: None)  # the lab has just found it its own
    # without --wait, which would add ten seconds
    ended = cli.install(
        [f"--image={image}", f"--plugins={plugin}", *BARE, "--use-node-agent", *UNBOUNDED], timeout=INSTALL_S
    )
    if ended.returncode != 0:
        raise OperationError(failure_text(ended))


def wait_ready(kubectl_binary: Path, ref: ClusterRef, *, deadline: float = 180) -> None:
    """Wait until every pod is ready; kind waits for the control plane only.

    Raises:
        DeadlineExceeded: names the pods that are not ready.
    """
    kubectl = Kubectl(kubectl_binary, ref.kubeconfig, ref.context)
    # an empty list would be "all ready"; these three come late and depend on all others
    needed = ("coredns", "local-path-provisioner", VELERO_NAMESPACE)

    def unready() -> str:
        # a Job's pod that has ended is never ready again; whether it ended well is not the lab's question
        found = kubectl.get("pods", "-A")["items"]
        pods = [pod for pod in found if pod.get("status", {}).get("phase") not in {"Succeeded", "Failed"}]
        names = [pod["metadata"]["name"] for pod in pods]
        waiting = [pod["metadata"]["name"] for pod in pods if not _ready(pod)]
        absent = [part for part in needed if not any(name.startswith(part) for name in names)]
        return json.dumps(sorted(waiting) + absent) if waiting or absent else ""

    wait_for(
        unready,
        what=f"all pods of {ref.name} to be ready",
        until=lambda text: not text,
        deadline=deadline,
        interval=0.5,
    )


def _ready(pod: dict[str, dict[str, list[dict[str, str]]]]) -> bool:
    conditions = pod.get("status", {}).get("conditions", [])
    return any(item["type"] == "Ready" and item["status"] == "True" for item in conditions)
