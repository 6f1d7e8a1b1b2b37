"""Jobs: made from a CronJob as an operator would, awaited, and what their containers have said."""

from typing import Any

from hopsdrill.core.errors import OperationError
from hopsdrill.core.kubedata import job_end
from hopsdrill.core.wait import wait_for
from hopsdrill.site import Site


def from_cronjob(site: Site, cronjob: str, name: str) -> None:
    """``kubectl create job --from=cronjob/...``.

    Raises:
        OperationError: there is no such CronJob.
    """
    found = site.kube.get("batch/v1/CronJob", cronjob, site.namespace)
    if found is None:
        msg = f"There is no CronJob {site.namespace}/{cronjob}."
        raise OperationError(msg, hint="are backups enabled in the platform's values?")
    meta = {"name": name, "namespace": site.namespace, "annotations": {"cronjob.kubernetes.io/instantiate": "manual"}}
    spec: dict[str, Any] = found["spec"]["jobTemplate"]["spec"]
    site.kube.create({"apiVersion": "batch/v1", "kind": "Job", "metadata": meta, "spec": spec})


def ends(site: Site, names: list[str]) -> dict[str, str]:
    """How each Job stands: ``complete``, ``failed``, or under way."""
    return {name: job_end(site.kube.get("batch/v1/Job", name, site.namespace)) for name in names}


def await_jobs(site: Site, names: list[str], deadline: float) -> None:
    """Wait until all Jobs are complete.

    Raises:
        OperationError: one failed; it is named.
        DeadlineExceeded: the time was up.
    """
    wait_for(
        lambda: ends(site, names),
        what=f"the Jobs {', '.join(names)} in {site.namespace} to complete",
        until=lambda found: set(found.values()) == {"complete"},
        broken=_failed,
        deadline=deadline,
    )


def _failed(found: dict[str, str]) -> str | None:
    failed = [name for name, end in found.items() if end == "failed"]
    return f"{', '.join(failed)} failed; see its logs in the evidence" if failed else None


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
