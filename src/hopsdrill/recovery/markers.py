"""The Jobs that mark a completed restore: deleted, all of them, before the same backup is restored again."""

from collections.abc import Sequence

from hopsdrill.core.wait import wait_for
from hopsdrill.recovery.jobs import ends
from hopsdrill.site import Site


ABSENT = "absent"
GONE_S = 60.0
DELETE = "delete the markers of a restore"


def standing(site: Site, jobs: Sequence[str]) -> dict[str, str]:
    """Those that are there, and how each ended."""
    return {name: end for name, end in ends(site, list(jobs)).items() if end != ABSENT}


def delete(site: Site, jobs: Sequence[str]) -> list[str]:
    """Delete those that are there, with their pods, and see that they are gone; gives their names.

    Raises:
        DeadlineExceeded: one stays.
    """
    there = list(standing(site, jobs))
    if not there:
        return []
    call = f"kubectl delete job {' '.join(there)} --namespace {site.namespace}"
    with site.recorder.operation(DELETE, call, target=site.namespace, destructive=True):
        for name in there:
            site.kube.delete("batch/v1/Job", name, site.namespace)
        wait_for(
            lambda: [*standing(site, there), *running(site, there)],
            what=f"the Jobs {', '.join(there)} and their pods to be gone",
            until=lambda left: not left,
            deadline=GONE_S,
        )
    return there


def running(site: Site, jobs: Sequence[str]) -> list[str]:
    """Pods of these Jobs."""
    found = site.kube.list("v1/Pod", site.namespace, f"batch.kubernetes.io/job-name in ({','.join(jobs)})")
    return sorted(each["metadata"]["name"] for each in found)
