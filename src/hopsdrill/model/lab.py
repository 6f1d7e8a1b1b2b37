"""What the lab leaves behind about itself: ``<state_dir>/lab.json``."""

from datetime import datetime
from pathlib import Path

from pydantic import Field

from hopsdrill.model.base import Model


DEFAULT_CLUSTER = "drill"


class ClusterRef(Model):
    """A kind cluster the lab created.

    Attributes:
        name: the lab's short name, such as ``drill``.
        kubeconfig: a file that holds this cluster only.
        context: the context's name inside that file.
        uid: UID of the namespace kube-system, read at creation: the cluster's identity.
        created: UTC.
        images: the engine's ID of each image the cluster was given, by reference.
    """

    name: str
    kubeconfig: Path
    context: str
    uid: str
    created: datetime
    images: dict[str, str] = Field(default_factory=dict)


class StoreRef(Model):
    """An S3-compatible object store.

    Attributes:
        endpoint: URL as this machine reaches it.
        internal_endpoint: URL as pods reach it.
        bucket: the versioned bucket.
        region: region name sent with each request.
        credentials_file: INI file, mode 0600, ``[default] aws_access_key_id, aws_secret_access_key``.
    """

    endpoint: str
    internal_endpoint: str
    bucket: str
    region: str
    credentials_file: Path


class LabState(Model):
    """Everything ``lab up`` made and others need to find."""

    docker_host: str
    engine_own: bool
    network: str
    clusters: dict[str, ClusterRef] = Field(default_factory=dict)
    store: StoreRef | None = None

    def store_of(self, cluster: str) -> StoreRef | None:
        """The store with a cluster's own bucket; None when there is no store.

        Two platforms cannot share a bucket: each keeps blocks at its root, and would take the other's for orphans.
        """
        if self.store is None or cluster == DEFAULT_CLUSTER:
            return self.store
        return self.store.model_copy(update={"bucket": f"{self.store.bucket}-{cluster}"})
