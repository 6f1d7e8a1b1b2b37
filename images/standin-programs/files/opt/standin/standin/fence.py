"""A restore keeps backups away: they would record what is half restored."""

import time
from typing import Any

from standin import kube
from standin.say import StandinError, env, say


PAUSE = 2.0


def has_ended(job: dict[str, Any], *how: str) -> bool:
    """Whether a Job has come to an end of one of these kinds, ``Complete`` or ``Failed``."""
    conditions = job.get("status", {}).get("conditions") or []
    return any(each["type"] in how and each["status"] == "True" for each in conditions)


def running(job: dict[str, Any]) -> bool:
    """Whether a Job has not come to its end, good or bad."""
    return not has_ended(job, "Complete", "Failed")


def under_way(store: str) -> list[str]:
    """Restore Jobs of a store that run; they are found by the label ``app=<store>-restore``.

    Raises:
        StandinError: one has failed, so that what the store holds is half restored.
    """
    jobs = kube.items("jobs", "--selector", f"app={store}-restore")
    if failed := [each["metadata"]["name"] for each in jobs if has_ended(each, "Failed")]:
        message = (
            f"{store}: restore Job {', '.join(failed)} has failed, so what is there may be half restored; no backup was"
            " taken. Restore again; or, if the restore is given up and the data is as it should be, delete it:"
            f" kubectl delete job {' '.join(failed)} --namespace {kube.namespace()}"
        )
        raise StandinError(message)
    return [each["metadata"]["name"] for each in jobs if running(each)]


def closed(store: str) -> bool:
    """Whether this backup has to be skipped; without WHILE_RESTORING=SKIP, wait for the restore instead.

    Raises:
        StandinError: a restore has failed, or is still under way when the time is up.
    """
    skip, seconds = env("WHILE_RESTORING", "PAUSE") == "SKIP", float(env("PAUSE_SECONDS", "7200"))
    end, told = time.monotonic() + seconds, False
    while found := under_way(store):
        if skip:
            say(f"skipped: {', '.join(found)} is restoring; no backup is taken and nothing is recorded")
            return True
        if time.monotonic() > end:
            message = f"{store}: {', '.join(found)} is still restoring after {seconds:.0f} s; no backup was taken"
            raise StandinError(message)
        if not told:
            say(f"waiting for {', '.join(found)} to end")
        told = True
        time.sleep(PAUSE)
    return False
