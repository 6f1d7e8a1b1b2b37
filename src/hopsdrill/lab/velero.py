"""Which Velero a cluster of the lab has: the lab's own, or another version that the lab has built."""

from hopsdrill.adapters.kind import Kind
from hopsdrill.adapters.velero_cli import VeleroCli
from hopsdrill.core.errors import OperationError, PreconditionError
from hopsdrill.lab import cluster, engine, state
from hopsdrill.lab.catalog import VELERO, Image, catalog
from hopsdrill.lab.up import program, velero_images
from hopsdrill.model.lab import ClusterRef


OWN = "velero"  # the image of the lab's own


def put_back(uid: str) -> None:
    """Replace whatever Velero a cluster has, or has not, by the lab's own, and wait until all its pods are ready.

    Raises:
        OperationError: the lab has no such cluster, or Velero cannot be installed.
        DeadlineExceeded: a pod does not become ready.
    """
    _replace(_cluster(uid, "so its Velero was not put back"), catalog().get(OWN))


def change(uid: str, version: str) -> None:
    """Replace a cluster's Velero, with everything that is of its kinds, by another version; as `put_back`.

    Raises:
        PreconditionError: the lab does not know that version, or has not built it; nothing was touched.
    """
    image, ref = catalog().velero(version), _cluster(uid, "so its Velero was not changed")
    reference, docker = catalog().reference(image), engine.find()
    if docker is None or docker.image_id(reference) is None or not program(_client(image)).exists():
        msg = f"The lab has not built Velero {version}."
        raise PreconditionError(msg, hint=f"hopsdrill lab up --cluster {ref.name} --velero {version}")
    if not image.preload:
        Kind(program("kind"), docker).load(cluster.PREFIX + ref.name, reference)
    _replace(ref, image)


def _cluster(uid: str, otherwise: str) -> ClusterRef:
    ref = next((each for each in state.load().clusters.values() if each.uid == uid), None)
    if ref is None or not cluster.alive(program("kubectl"), ref):
        msg = f"The lab has no cluster {uid} that answers, {otherwise}."
        raise OperationError(msg, hint="hopsdrill lab status")
    return ref


def _replace(ref: ClusterRef, image: Image) -> None:
    client = program(_client(image))  # its kinds are those of its own version
    own = VeleroCli(client, ref.kubeconfig, ref.context, guard=lambda: None)  # it is the lab's: see above
    own.uninstall(cluster.VELERO_NAMESPACE)
    cluster.install_velero(client, ref, **velero_images(catalog(), image.name))
    cluster.wait_ready(program("kubectl"), ref)


def _client(image: Image) -> str:
    return next(name for name, place in image.programs.items() if place == VELERO)
