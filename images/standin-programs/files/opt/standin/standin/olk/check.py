"""What can refuse a restore in place before anything of the release is shut down."""

import json
from typing import Any

from standin import fence, kube
from standin.hooks import completed, remove_unfinished_jobs
from standin.olk import api, repos, restore, selection, snapshots
from standin.say import StandinError, env, say


def refuse_second_restore(job: str, snapshot: str) -> None:
    """Repeat the chart's own guard at run time.

    Raises:
        StandinError: this snapshot was restored before, and its Job is still there; or it is being restored.
    """
    found = kube.get("job", job)
    if found and not completed(found) and fence.running(found):
        message = (
            f"Job {job} of snapshot {snapshot} is still running; wait for it:"
            f" kubectl wait --for=condition=complete job/{job} --namespace {kube.namespace()}. Nothing was touched."
        )
        raise StandinError(message)
    if completed(found):
        message = (
            f"In-place restore already completed: Job {job} of snapshot {snapshot} has succeeded. Nothing was touched."
            f" To restore it again: kubectl delete job {job} --namespace {kube.namespace()}"
        )
        raise StandinError(message)


def exists(repository: str, settings: dict[str, Any], name: str, payload: dict[str, Any]) -> None:
    """See that a repository has a snapshot and the snapshot what the payload asks for.

    The repository is looked at under a name of its own: the backups' registration stays as it is.

    Raises:
        StandinError: it has not.
    """
    look = f"{repository}-inplace-check"
    try:
        repos.register(look, settings, readonly=True)
        found = snapshots.choose(repository, name, snapshots.known(look))
    finally:
        api.find("DELETE", f"/_snapshot/{look}")
    chosen = restore.targets(found, selection.merged(payload))
    say(f"repository {repository} has {snapshots.line(found)}; {len(chosen)} indices would be restored")


def check() -> None:
    """Check every restore that is asked for, then make way for its Job, of which only a failed one can still be there."""
    wanted: list[dict[str, Any]] = json.loads(env("RESTORES"))
    for each in wanted:
        refuse_second_restore(each["job"], each["snapshot"])
    api.wait(float(env("WAIT_SECONDS")))
    for each in wanted:
        exists(each["repository"], each["settings"], each["snapshot"], each["payload"])
    remove_unfinished_jobs()
