"""What runs before an upgrade that restores in place: the check, then (after Velero's part) the shutdown."""

import base64
import json
import time
from typing import Any

from standin import bucket, kube
from standin.say import StandinError, env, flag, say


POD_SECONDS = 600  # per group of pods, upstream's own
PAUSE = 0.25


def completed(job: dict[str, Any] | None) -> bool:
    """Whether a Job has succeeded."""
    return bool(job) and (job or {}).get("status", {}).get("succeeded", 0) >= 1


def refuse_second_restore(backup_id: str) -> None:
    """Repeat the chart's own guard at run time.

    Raises:
        StandinError: this ID was restored before, and its marker Jobs are still there.
    """
    for name in marker_jobs():
        if completed(kube.get("job", name)):
            message = (
                f"In-place restore already completed: Job {name} of backup {backup_id} has succeeded. Nothing was touched."
                f" To restore it again: kubectl delete job {' '.join(marker_jobs())} --namespace {kube.namespace()}"
            )
            raise StandinError(message)


def marker_jobs() -> list[str]:
    """Jobs that mark a restore as completed."""
    return env("MARKER_JOBS").split(",")


def check(backup_id: str) -> None:
    """Everything that can refuse a restore in place before anything is touched.

    Raises:
        StandinError: it is refused.
    """
    refuse_second_restore(backup_id)
    if flag("SILENT_PARTIAL"):
        say("completeness of the backup is not checked: upstream's behaviour is reproduced")
        return
    nodes = bucket.complete_or_fail("restoreRemote", backup_id)
    say(f"backup {backup_id} is complete: nodes {nodes}")


def require_secret() -> None:
    """See that a server made anew will find its passwords.

    Raises:
        StandinError: the Secret, or a key, is missing although Velero's part is over.
    """
    name, keys = env("CREDENTIALS_SECRET"), env("CREDENTIALS_KEYS").split(",")
    data = (kube.get("secret", name) or {}).get("data", {})
    missing = [key for key in keys if not base64.b64decode(data.get(key, ""))]
    if missing:
        message = f"Secret {name} lacks {', '.join(missing)}: the Kubernetes restore did not bring it back. The cluster still runs."
        raise StandinError(message)


def remove_node_markers(pods: list[str]) -> None:
    """Remove the restore markers from data nodes that can be reached; the release revision in them covers the others."""
    for pod in pods:
        try:
            kube.kubectl("exec", pod, "--container=ndbmtd", "--", "standin", "node-forget")
        except StandinError as error:
            say(f"{pod}: markers stay ({error})")


def remove_unfinished_jobs() -> None:
    """Remove marker Jobs that did not succeed: Helm could not change them, and they would not run again."""
    for name in marker_jobs():
        if kube.get("job", name):
            kube.kubectl("delete", "job", name, "--ignore-not-found", "--cascade=foreground")
            say(f"removed the unfinished Job {name}")


def scale_down(stateful_set: str) -> None:
    """Scale a StatefulSet to nothing, if there is one."""
    if kube.get("statefulset", stateful_set) is None:
        say(f"{stateful_set}: not installed")
        return
    kube.kubectl("scale", f"statefulset/{stateful_set}", "--replicas=0")
    say(f"{stateful_set}: scaled to 0")


def wait_for_end(label: str, stateful_sets: list[str]) -> None:
    """Wait until pods are gone and their StatefulSets know it, so that new pods come from the new template.

    Raises:
        StandinError: they are still there after 10 minutes.
    """
    end = time.monotonic() + POD_SECONDS
    while True:
        pods = [pod["metadata"]["name"] for pod in kube.items("pods", f"--selector=rondbService={label}")]
        sets = [kube.get("statefulset", name) or {"status": {}} for name in stateful_sets]
        counted = sum(each["status"].get("replicas", 0) + each["status"].get("currentReplicas", 0) for each in sets)
        if not pods and not counted:
            say(f"{label}: no pods left")
            return
        if time.monotonic() > end:
            message = f"{label}: after {POD_SECONDS} s still there: {', '.join(pods)}"
            raise StandinError(message)
        time.sleep(PAUSE)


def shutdown(backup_id: str) -> None:
    """Stop everything, clients first and data nodes last."""
    refuse_second_restore(backup_id)
    require_secret()
    groups: list[dict[str, Any]] = json.loads(env("GROUPS_IN_ORDER"))
    remove_node_markers(env("DATA_PODS").split(","))
    remove_unfinished_jobs()
    kube.kubectl("delete", "hpa", "mysqlds", "--ignore-not-found")
    for group in groups:
        for stateful_set in group["statefulSets"]:
            scale_down(stateful_set)
    for group in reversed(groups):
        wait_for_end(group["label"], group["statefulSets"])
    say("the cluster is shut down")
