"""A cluster with a platform release in it, as a drill reaches it: names, clients, and where to write down what is done."""

import contextlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hopsdrill.adapters.forward import Forwarder
from hopsdrill.adapters.helm import Helm, Release
from hopsdrill.adapters.kube import Kube
from hopsdrill.adapters.portforward import dial_service
from hopsdrill.adapters.s3_history import HistoryStore
from hopsdrill.adapters.sql import Sql
from hopsdrill.core.errors import ConnectionLost, OperationError
from hopsdrill.core.kubedata import decoded
from hopsdrill.core.redact import REDACTOR
from hopsdrill.journal import Recorder
from hopsdrill.model.events import Resource
from hopsdrill.model.plan import Deadlines
from hopsdrill.model.profile import Profile


RUN_LABEL = "hopsdrill.io/run"
# what has a place of its own in the order of removal
KINDS = {"v1/Namespace": "namespace", "velero.io/v1/BackupStorageLocation": "velero-location"}
OPENINGS = 3  # a tunnel through the API server breaks now and then (seen: 1 of 1000) before it has carried a statement


@dataclass
class Reach:
    """A platform as its stores are read: whose names, through which cluster, and its bucket."""

    profile: Profile
    kube: Kube
    forwarder: Forwarder
    store: HistoryStore

    @property
    def namespace(self) -> str:
        """The release's namespace."""
        return self.profile.namespace

    def secret(self, name: str, key: str) -> str:
        """Read a value of a Secret of the release's namespace; it is registered as a secret.

        Raises:
            OperationError: the Secret or the key is not there.
        """
        found = self.kube.get("v1/Secret", name, self.namespace)
        value = decoded(found or {}).get(key)
        if value is None:
            msg = f"Secret {self.namespace}/{name} has no key {key!r}."
            raise OperationError(msg, hint="is the platform installed, and the profile the right one?")
        REDACTOR.register(value)
        return value

    def sql(self) -> Sql:
        """Open a session with the platform's database, as its administrator; the caller closes it."""
        rondb = self.profile.rondb
        password = self.secret(rondb.credentials_secret, rondb.admin_key)
        for _ in range(OPENINGS - 1):
            with contextlib.suppress(ConnectionLost):
                return Sql(self._dial, rondb.admin_user, password)
        return Sql(self._dial, rondb.admin_user, password)

    def _dial(self) -> Any:
        return dial_service(self.kube, self.profile.rondb.service, self.namespace, self.profile.rondb.port)


@dataclass
class Site(Reach):
    """Everything an operation needs; when the platform is restored into a new cluster, the site moves there (`move`).

    Attributes:
        schedule: the backup schedule the plan asks for.
        chart: what Helm installs: a folder or ``repository/name``.
        scratch: a folder for values files, private to this run.
        velero: version of Velero that the lab's cluster is to have; empty: the lab's own.
        accepts_unknown_version: why a backup may be restored of which nothing says by which version it was made; empty: it may not.
    """

    run_id: str
    schedule: str
    deadlines: Deadlines
    chart: str
    helm: Helm
    recorder: Recorder
    scratch: Path
    cluster_uid: str
    accepts_unknown_version: str = ""
    velero: str = ""

    def move(self, kube: Kube, helm: Helm, forwarder: Forwarder, cluster_uid: str) -> None:
        """From now on the platform is in this cluster."""
        self.kube, self.helm, self.forwarder, self.cluster_uid = kube, helm, forwarder, cluster_uid

    @property
    def labels(self) -> dict[str, str]:
        """What everything the drill creates carries, so that it can be found again."""
        return {RUN_LABEL: self.run_id}

    @property
    def release(self) -> Release:
        """The release as Helm addresses it."""
        return Release(self.profile.release, self.chart, self.profile.version, self.namespace)

    def create(self, body: dict[str, Any]) -> dict[str, Any]:
        """Create an object, labelled and entered into the ledger before the call."""
        meta = {**body["metadata"], "labels": {**body["metadata"].get("labels", {}), **self.labels}}
        api, namespace = f"{body['apiVersion']}/{body['kind']}", meta.get("namespace", "")
        self.ledger(KINDS.get(api, "object"), meta["name"], namespace=namespace, api=api)
        return self.kube.create({**body, "metadata": meta})

    def ledger(self, kind: str, name: str, *, namespace: str = "", api: str = "") -> Resource:
        """Enter a thing into the ledger; call it before the creating call."""
        made = Resource(kind=kind, name=name, cluster_uid=self.cluster_uid, namespace=namespace, api=api)
        self.recorder.created(made)
        return made
