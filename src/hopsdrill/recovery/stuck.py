"""Pods that cannot come up by themselves any more, so that waiting for them is of no use.

The rule. A container that Kubernetes itself will not try again is stuck at once: its image's name is invalid, or the image is not
on the node and may not be pulled. A container that Kubernetes goes on trying is stuck when it has crashed and been restarted five
times since the wait saw it first (the pauses between the tries double from 10 s: over two minutes), or has for a minute lacked an image
that the registry says it does not have or does not give, or a Secret or ConfigMap; and when, beside it, every pod of the namespace
is ready, finished or stuck too: nothing is on its way any more that could mend it. A registry that does not answer may come
back, so that is waited for.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from hopsdrill.adapters.portforward import pod_ready
from hopsdrill.core.clock import now
from hopsdrill.site import Site


RESTARTS = 5
LASTING_S = 60.0
EVERY_S = 1.0  # between two looks at the pods
# the kubelet's reasons; source: pkg/kubelet/images/types.go and pkg/kubelet/kuberuntime/kuberuntime_container.go
FINAL = frozenset({"InvalidImageName", "ErrImageNeverPull"})
PULLING = frozenset({"ErrImagePull", "ImagePullBackOff"})
LACKING = frozenset({"CreateContainerConfigError"})
CRASHING = "CrashLoopBackOff"
# what a registry, or the name server asked for it, says when asking again will give the same answer
ANSWERED = re.compile(
    r"not found|manifest unknown|unauthorized|access denied|forbidden|no match for platform|no such host", re.IGNORECASE
)

Pod = dict[str, Any]
Key = tuple[str, ...]


@dataclass(frozen=True)
class Trouble:
    """What keeps one container from running.

    Attributes:
        container: its pod's UID, and its name.
        kind: the kubelet's reason; ``pull`` for those between which one pull alternates.
        final: Kubernetes itself does not try again.
        restarts: how often it was restarted.
    """

    container: tuple[str, str]
    kind: str
    text: str
    final: bool
    restarts: int


def trouble(pod: Pod) -> Trouble | None:
    """The first container of a pod that is in a state this module's rule is about; None when there is none."""
    for each in _containers(pod):
        waiting = each.get("state", {}).get("waiting") or {}
        reason, said = str(waiting.get("reason", "")), str(waiting.get("message", ""))
        answered = reason in PULLING and ANSWERED.search(said)
        if reason == CRASHING or reason in FINAL | LACKING or answered:
            kind, restarts = "pull" if reason in PULLING else reason, int(each.get("restartCount", 0))
            why = _crashed(each, restarts) if reason == CRASHING else f": {said}" if said else ""
            text = f"container {each['name']} of pod {pod['metadata']['name']} is in {reason}{why}"
            return Trouble((_uid(pod), each["name"]), kind, text, reason in FINAL, restarts)
    return None


def _crashed(status: dict[str, Any], restarts: int) -> str:
    ended = status.get("lastState", {}).get("terminated") or {}
    how = f"exit code {ended.get('exitCode', 'unknown')}, {ended.get('reason', 'no reason given')}"
    return f" after {restarts} restarts; it ended last with {how}"


def on_its_way(pod: Pod) -> bool:
    """Whether a pod may still become something another one waits for: a Job's that runs, or one that is not ready yet."""
    if pod.get("status", {}).get("phase") in {"Succeeded", "Failed"}:
        return False
    owners = {each.get("kind") for each in pod["metadata"].get("ownerReferences", [])}
    return "Job" in owners or not pod_ready(pod)


class Stuck:
    """Asked while a wait lasts: the pods that have become stuck since it began.

    Args:
        pods: lists the pods of the namespace.
        clock: monotonic seconds.
    """

    def __init__(self, pods: Callable[[], list[Pod]], clock: Callable[[], float] = lambda: now().mono) -> None:
        self._pods, self._clock, self._looked = pods, clock, float("-inf")
        self._since: dict[Key, float] = {}  # when a trouble was first seen
        self._before: dict[
            Key, int
        ] = {}  # restarts of a container when it was first seen: it may have crashed long ago

    def __call__(self) -> str | None:
        """Names every stuck pod with its reason; None while there is hope."""
        moment = self._clock()
        if moment - self._looked < EVERY_S:
            return None
        self._looked, pods = moment, self._pods()
        for pod in pods:
            for each in _containers(pod):
                self._before.setdefault((_uid(pod), each["name"]), int(each.get("restartCount", 0)))
        stuck = {_uid(pod): seen for pod in pods if (seen := trouble(pod)) and self._lasts(seen, moment)}
        hope = any(on_its_way(pod) for pod in pods if _uid(pod) not in stuck)
        return "; ".join(sorted(seen.text for seen in stuck.values() if seen.final or not hope)) or None

    def _lasts(self, seen: Trouble, moment: float) -> bool:
        since = self._since.setdefault((*seen.container, seen.kind), moment)
        if seen.kind == CRASHING:
            return seen.restarts - self._before.get(seen.container, 0) >= RESTARTS
        return seen.final or moment - since >= LASTING_S


def _containers(pod: Pod) -> list[dict[str, Any]]:
    status = pod.get("status", {})
    return [*status.get("initContainerStatuses", []), *status.get("containerStatuses", [])]


def _uid(pod: Pod) -> str:
    return str(pod["metadata"]["uid"])


def stuck_in(site: Site) -> Stuck:
    """For a wait on the platform."""
    return Stuck(partial(site.kube.list, "v1/Pod", site.namespace))
