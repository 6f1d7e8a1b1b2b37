"""Kubernetes: one cluster by an explicit file and context; changing verbs only on a cluster the lab created."""

import json
import shutil
import tempfile
import weakref
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import kubernetes
from kubernetes.client.rest import ApiException
from kubernetes.config import ConfigException
from kubernetes.dynamic import DynamicClient
from kubernetes.dynamic.exceptions import ResourceNotFoundError, ResourceNotUniqueError
from urllib3.exceptions import HTTPError

from hopsdrill.adapters.http_date import http_date
from hopsdrill.adapters.kube_watch import PATIENCE, RENEWED_S, KubeBell, listening
from hopsdrill.core.errors import InterlockError, OperationError, PreconditionError


MANAGER = "hopsdrill"
TIMEOUT = (5, 30)  # seconds to connect and to read: without them a lost network hangs the client for ever
NOT_FOUND = 404

Object = dict[str, Any]


class Kube:
    """The verbs a drill needs, on plain dictionaries.

    Args:
        kubeconfig: a file; nothing is taken from the environment.
        context: the context's name inside that file.
        uid: UID of kube-system as recorded when the lab created the cluster; without it only reading works.
    """

    def __init__(self, kubeconfig: Path, context: str, *, uid: str = "") -> None:
        self.kubeconfig, self.context = kubeconfig, context
        self._uid, self._own = uid, False
        # the client would keep what it discovered in a file of a predictable name under /tmp
        self._scratch = tempfile.mkdtemp(prefix="hopsdrill-kube-")
        weakref.finalize(self, shutil.rmtree, self._scratch, ignore_errors=True)
        try:
            self.api_client = kubernetes.config.new_client_from_config(config_file=str(kubeconfig), context=context)
        except (ConfigException, OSError) as error:
            msg = f"Tried to use context {context!r} of {kubeconfig}: {error}"
            raise PreconditionError(msg, hint="hopsdrill lab status shows the lab's clusters") from error
        self._dynamic: Any = None

    # --- reading -------------------------------------------------------------------------------------------------

    def uid(self) -> str:
        """UID of the namespace kube-system: which cluster this is, whatever it is called.

        Raises:
            OperationError: the cluster does not answer.
        """
        found = self.get("v1/Namespace", "kube-system")
        if found is None:
            msg = f"The cluster of context {self.context} has no namespace kube-system."
            raise OperationError(msg, hint="check the context")
        uid: str = found["metadata"]["uid"]
        return uid

    def clock(self) -> datetime:
        """The API server's time, cut to whole seconds: what it stamps its answers with."""
        with self._translated("read the clock"):
            version = kubernetes.client.VersionApi(self.api_client)
            return http_date(version.get_code_with_http_info(_request_timeout=TIMEOUT)[2])

    def get(self, api: str, name: str, namespace: str = "") -> Object | None:
        """Read one object, None when there is none.

        ``api`` is group, version and kind: ``v1/Secret``, ``apps/v1/StatefulSet``.

        Raises:
            OperationError: the cluster does not answer, or refuses.
        """
        what = f"read {api} {namespace}/{name}"
        with self._translated(what):
            try:
                return self._json(self._kind(api).get(name=name, namespace=namespace or None, **self._call()))
            except ApiException as error:
                if error.status == NOT_FOUND:
                    return None
                raise

    def list(self, api: str, namespace: str = "", labels: str = "") -> list[Object]:
        """Read all objects of a kind: of one namespace, or of the cluster; ``labels`` is a selector."""
        with self._translated(f"list {api} in {namespace or 'all namespaces'}"):
            kind = self._kind(api)
            found = self._json(kind.get(namespace=namespace or None, label_selector=labels or None, **self._call()))
        # items of a list carry no kind; give each its own, as a single read does
        version = api.rpartition("/")[0]
        return [{"apiVersion": version, "kind": api.rpartition("/")[2], **item} for item in found["items"]]

    def exists(self, api: str, name: str, namespace: str = "") -> bool:
        """Tell whether an object is there."""
        return self.get(api, name, namespace) is not None

    def logs(self, pod: str, namespace: str, container: str = "", *, timestamps: bool = False) -> str:
        """Read what a container has said; ``timestamps`` puts the runtime's RFC 3339 time before each line."""
        core = kubernetes.client.CoreV1Api(self.api_client)
        options: Object = {"container": container} if container else {}
        with self._translated(f"read the log of {namespace}/{pod} {container}"):
            answer = core.read_namespaced_pod_log(
                pod, namespace, timestamps=timestamps, _request_timeout=TIMEOUT, _preload_content=False, **options
            )
            return bytes(answer.data).decode(errors="replace")

    def statistics(self, node: str) -> Object:
        """What a node's kubelet says of its file systems and volumes."""
        core = kubernetes.client.CoreV1Api(self.api_client)
        ask = core.connect_get_node_proxy_with_path
        with self._translated(f"read the statistics of node {node}"):
            return self._json(ask(node, "stats/summary", _request_timeout=TIMEOUT, _preload_content=False))

    def watching(self, *apis: str, namespace: str = "") -> AbstractContextManager[KubeBell]:
        """A bell that rings when an object of one of these kinds changes; for the length of a ``with``.

        Raises:
            OperationError: the cluster does not answer, or does not know a kind.
        """
        with self._translated(f"watch {', '.join(apis)} in {namespace or 'all namespaces'}"):
            kinds = [
                self._kind(api) for api in apis
            ]  # looked up here: the client's own look-up is not for several threads
        return listening([partial(self._watch, each, namespace) for each in kinds])

    # --- changing ------------------------------------------------------------------------------------------------

    def require_changeable(self) -> None:
        """Let only a cluster through that the lab created: default deny.

        Raises:
            InterlockError: no recorded UID, or another cluster answers to this context.
        """
        if self._own:
            return
        live = self.uid() if self._uid else ""
        if not self._uid or live != self._uid:
            msg = (
                f"Refused to change the cluster of context {self.context}: its kube-system UID is {live or 'not known'}, "
                f"and the lab created {self._uid or 'no such cluster'}."
            )
            raise InterlockError(msg, hint="only clusters made by `hopsdrill lab up` may be changed")
        self._own = True

    def create(self, body: Object) -> Object:
        """Create an object; an existing one of its name is an error."""
        self.require_changeable()
        with self._translated(f"create {_named(body)}"):
            return self._json(
                self._kind(_api(body)).create(
                    body=body, namespace=_namespace(body), **self._call(field_manager=MANAGER)
                )
            )

    def apply(self, body: Object) -> Object:
        """Create an object, or make the fields named in ``body`` what they say (server-side apply)."""
        self.require_changeable()
        with self._translated(f"apply {_named(body)}"):
            options = self._call(field_manager=MANAGER, force_conflicts=True)
            return self._json(
                self._kind(_api(body)).server_side_apply(body=body, namespace=_namespace(body), **options)
            )

    def patch(self, api: str, name: str, namespace: str, change: Object) -> Object:
        """Change an object by a JSON merge patch: a value of None removes the field."""
        self.require_changeable()
        with self._translated(f"patch {api} {namespace}/{name}"):
            options = self._call(content_type="application/merge-patch+json")
            return self._json(self._kind(api).patch(body=change, name=name, namespace=namespace or None, **options))

    def patch_status(self, api: str, name: str, namespace: str, status: Object) -> Object:
        """Change an object's status, which its controller keeps, by a JSON merge patch."""
        self.require_changeable()
        with self._translated(f"patch the status of {api} {namespace}/{name}"):
            options = self._call(content_type="application/merge-patch+json")
            kind = self._kind(api).status
            return self._json(kind.patch(body={"status": status}, name=name, namespace=namespace or None, **options))

    def delete(self, api: str, name: str, namespace: str = "", *, grace: int | None = None) -> bool:
        """Ask for an object's removal with all that it owns; False when it is not there."""
        self.require_changeable()
        body: Object = {"kind": "DeleteOptions", "apiVersion": "v1", "propagationPolicy": "Background"}
        if grace is not None:
            body["gracePeriodSeconds"] = grace
        with self._translated(f"delete {api} {namespace}/{name}"):
            try:
                self._kind(api).delete(name=name, namespace=namespace or None, body=body, **self._call())
            except ApiException as error:
                if error.status == NOT_FOUND:
                    return False
                raise
            return True

    # --- inside --------------------------------------------------------------------------------------------------

    def _kind(self, api: str) -> Any:
        if self._dynamic is None:
            self._dynamic = DynamicClient(self.api_client, cache_file=f"{self._scratch}/discovery.json")
        version, _, kind = api.rpartition("/")
        return self._dynamic.resources.get(api_version=version, kind=kind)

    @staticmethod
    def _watch(kind: Any, namespace: str) -> Any:
        options = {"serialize": False, "_request_timeout": PATIENCE, "timeout_seconds": RENEWED_S}
        return kind.get(namespace=namespace or None, watch=True, **options)

    @staticmethod
    def _call(**more: Any) -> Object:
        return {"serialize": False, "_request_timeout": TIMEOUT, **more}

    @staticmethod
    def _json(answer: Any) -> Object:
        found: Object = json.loads(answer.data)
        return found

    @contextmanager
    def _translated(self, what: str) -> Iterator[None]:
        try:
            yield
        except ApiException as error:
            msg = f"Tried to {what} in {self.context}; the API server said {error.status}: {_said(error)}"
            raise OperationError(msg) from error
        except (ResourceNotFoundError, ResourceNotUniqueError) as error:
            msg = f"Tried to {what} in {self.context}; the cluster does not know this kind ({error})."
            raise OperationError(msg, hint="is what defines it (Velero, the platform) installed?") from error
        except (HTTPError, OSError, ValueError) as error:
            msg = f"Tried to {what} in {self.context}; the API server did not answer properly: {error}"
            raise OperationError(msg, hint="hopsdrill lab status") from error


def _api(body: Object) -> str:
    return f"{body['apiVersion']}/{body['kind']}"


def _namespace(body: Object) -> str | None:
    namespace: str | None = body["metadata"].get("namespace")
    return namespace


def _named(body: Object) -> str:
    return f"{_api(body)} {_namespace(body) or ''}/{body['metadata'].get('name', '')}"


def _said(error: ApiException) -> str:
    try:
        return str(json.loads(error.body)["message"])
    except (TypeError, ValueError, KeyError):
        return str(error.reason)
