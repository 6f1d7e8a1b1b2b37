"""A restore keeps backups away: they would record what is half restored."""

import time
from typing import Any

from standin import kube
from standin.say import StandinError, env, say


PAUSE = 2.0
SELECTOR = "app=opensearch-restore"


def running(job: dict[str, Any]) -> bool:
    """Whether a Job has not come to its end, good or bad."""
    conditions = job.get("status", {}).get("conditions") or []
    return not any(each["type"] in ("Complete", "Failed") and each["status"] == "True" for each in conditions)


def restores() -> list[str]:
    """Restore Jobs under way."""
    return [each["metadata"]["name"] for each in kube.items("jobs", "--selector", SELECTOR) if running(each)]


def closed() -> bool:
    """Whether this backup has to be skipped; without WHILE_RESTORING=SKIP, wait for the restore instead.

    Raises:
        StandinError: the restore is still under way when the time is up.
    """
    skip, seconds = env("WHILE_RESTORING", "PAUSE") == "SKIP", float(env("PAUSE_SECONDS", "7200"))
    end, told = time.monotonic() + seconds, False
    while found := restores():
        if skip:
            say(f"skipped: {', '.join(found)} is restoring; no snapshot is taken and nothing is recorded")
            return True
        if time.monotonic() > end:
            message = f"opensearch: {', '.join(found)} is still restoring after {seconds:.0f} s; no snapshot was taken"
            raise StandinError(message)
        if not told:
            say(f"waiting for {', '.join(found)} to end")
        told = True
        time.sleep(PAUSE)
    return False
