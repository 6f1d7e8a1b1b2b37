"""A connection to a pod's port through the API server; its loss is seen at once, as the end of the stream."""

import socket
from typing import Any
from urllib.parse import urlencode

from kubernetes.client.rest import ApiException
from kubernetes.stream import ws_client
from websocket import WebSocketException

from hopsdrill.adapters.kube import Kube, Object
from hopsdrill.core.errors import OperationError


class _Tunnel(ws_client.PortForward):  # type: ignore[misc] # the client is untyped
    """The client's own pump, made honest: however it ends, the reader sees the end of its stream."""

    def _proxy(self) -> None:
        try:
            super()._proxy()
        except (OSError, RuntimeError, ValueError, WebSocketException):
            # a broken tunnel: whoever uses the socket learns it below
            pass
        finally:
            for port in self.local_ports.values():
                port.python.close()
            self.websocket.close()


def dial_pod(kube: Kube, pod: str, namespace: str, port: int) -> socket.socket:
    """Open a stream to ``pod:port``; the caller closes it.

    Raises:
        OperationError: the API server or the pod refused.
    """
    client = kube.api_client
    path = f"/api/v1/namespaces/{namespace}/pods/{pod}/portforward?{urlencode({'ports': port})}"
    headers: dict[str, str] = {}
    client.update_params_for_auth(headers, [], ["BearerToken"], None, None, None)
    lower = {key.lower(): value for key, value in headers.items()}
    try:
        url = ws_client.get_websocket_url(client.configuration.host + path)
        tunnel: Any = _Tunnel(ws_client.create_websocket(client.configuration, url, lower), [port])
    except (ApiException, WebSocketException, OSError) as error:
        msg = f"Tried to reach port {port} of pod {namespace}/{pod} through the API server: {error}"
        raise OperationError(msg, hint="is the pod running?") from error
    stream: socket.socket = tunnel.socket(port)
    return stream


def service_target(kube: Kube, service: str, namespace: str, port: int) -> tuple[str, int]:
    """Find a ready pod behind a Service and the port it listens on.

    Raises:
        OperationError: no such Service or port, or no ready pod behind it.
    """
    found = kube.get("v1/Service", service, namespace)
    listed = [] if found is None else [each for each in found["spec"]["ports"] if each["port"] == port]
    if found is None or not listed:
        msg = f"There is no Service {namespace}/{service} with port {port}."
        raise OperationError(msg, hint="is the platform installed, and the profile the right one?")
    selector = ",".join(f"{key}={value}" for key, value in found["spec"]["selector"].items())
    ready = [pod for pod in kube.list("v1/Pod", namespace, selector) if pod_ready(pod)]
    if not ready:
        msg = f"Service {namespace}/{service} has no ready pod behind it ({selector})."
        raise OperationError(msg, hint=f"kubectl get pods -n {namespace} -l {selector}")
    return ready[0]["metadata"]["name"], _number(ready[0], listed[0].get("targetPort", port))


def pod_ready(pod: Object) -> bool:
    """Tell whether a pod may get traffic."""
    if pod["metadata"].get("deletionTimestamp"):
        return False
    conditions = pod.get("status", {}).get("conditions", [])
    return any(each["type"] == "Ready" and each["status"] == "True" for each in conditions)


def _number(pod: Object, target: str | int) -> int:
    if isinstance(target, int):
        return target
    ports = [each for container in pod["spec"]["containers"] for each in container.get("ports", [])]
    return next(int(each["containerPort"]) for each in ports if each.get("name") == target)


def dial_service(kube: Kube, service: str, namespace: str, port: int) -> socket.socket:
    """Open a stream to a Service's port; the caller closes it."""
    pod, number = service_target(kube, service, namespace, port)
    return dial_pod(kube, pod, namespace, number)
