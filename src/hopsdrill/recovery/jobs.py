"""Jobs: made from a CronJob as an operator would, awaited, and what their containers have said."""

from collections.abc import Callable
from typing import Any

from hopsdrill.core.errors import OperationError
from hopsdrill.core.kubedata import job_end
from hopsdrill.core.wait import Waited, wait_for
from hopsdrill.recovery.stuck import stuck_in
from hopsdrill.site import Site


Change = Callable[[dict[str, Any]], dict[str, Any]]  # of a Job's spec


def from_cronjob(site: Site, cronjob: str, name: str, change: Change = lambda spec: spec) -> None:
    """``kubectl create job --from=cronjob/...``; ``change`` makes another spec of the CronJob's own.

    Raises:
        OperationError: there is no such CronJob.
    """
    found = site.kube.get("batch/v1/CronJob", cronjob, site.namespace)
    if found is None:
        msg = f"There is no CronJob {site.namespace}/{cronjob}."
        raise OperationError(msg, hint="are backups enabled in the platform's values?")
    meta = {"name": name, "namespace": site.namespace, "annotations": {"cronjob.kubernetes.io/instantiate": "manual"}}
    spec = change(found["spec"]["jobTemplate"]["spec"])
    site.kube.create({"apiVersion": "batch/v1", "kind": "Job", "metadata": meta, "spec": spec})


def ends(site: Site, names: list[str]) -> dict[str, str]:
    """How each Job stands: ``complete``, ``failed``, or under way."""
    return {name: job_end(site.kube.get("batch/v1/Job", name, site.namespace)) for name in names}


def await_jobs(site: Site, names: list[str], deadline: float) -> Waited[dict[str, str]]:
    """Wait until all Jobs are complete.

    Raises:
        OperationError: one failed, or pods are stuck; they are named.
        DeadlineExceeded: the time was up.
    """
    stuck = stuck_in(site)
    return wait_for(
        lambda: ends(site, names),
        what=f"the Jobs {', '.join(names)} in {site.namespace} to complete",
        until=lambda found: set(found.values()) == {"complete"},
        broken=lambda found: _failed(site, found) or stuck(),
        deadline=deadline,
        watch=site.kube.watching("batch/v1/Job", "v1/Pod", namespace=site.namespace),
    )


def _failed(site: Site, found: dict[str, str]) -> str | None:
    failed = [f"{name} failed: {last_words(site, name)}" for name, end in found.items() if end == "failed"]
    return "; ".join(failed) or None


def last_words(site: Site, job: str) -> str:
    """The last line said by the container of a Job that ended badly, else by the last that said anything."""
    pods = site.kube.list("v1/Pod", site.namespace, f"batch.kubernetes.io/job-name={job}")
    return "; ".join(filter(None, (pod_words(site, pod) for pod in pods))) or "no container of it said anything"


def pod_words(site: Site, pod: dict[str, Any]) -> str:
    """The last line of the container that a pod's trouble is in: one that ended badly, that waits, or that is not ready."""
    status = pod.get("status", {})
    for each in [*status.get("initContainerStatuses", []), *status.get("containerStatuses", [])]:
        state = {**each.get("lastState", {}), **each.get("state", {})}
        if state.get("terminated", {}).get("exitCode", 0) or not (each.get("ready") or "terminated" in state):
            lines = _log(site, pod["metadata"]["name"], each["name"]).strip().splitlines()
            why = state.get("waiting", {}).get("message") or state.get("waiting", {}).get("reason", "")
            return f"{each['name']} said: {lines[-1]}" if lines else f"{each['name']} said nothing yet {why}".strip()
    return ""


def job_logs(site: Site, job: str) -> str:
    """What every container of a Job's pods has said, in their order."""
    parts: list[str] = []
    for pod in site.kube.list("v1/Pod", site.namespace, f"batch.kubernetes.io/job-name={job}"):
        for container in [*pod["spec"].get("initContainers", []), *pod["spec"]["containers"]]:
            name = container["name"]
            parts.append(f"--- {pod['metadata']['name']} {name}\n{_log(site, pod['metadata']['name'], name)}")
    return "\n".join(parts)


def _log(site: Site, pod: str, container: str) -> str:
    try:
        return site.kube.logs(pod, site.namespace, container)
    except OperationError as error:
        return f"(no log: {error.message})\n"  # a container that never started has none
