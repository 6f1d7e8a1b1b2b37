"""Clients of the stores, stopped before a restore in place."""

import time
from typing import Any

from standin import kube
from standin.say import StandinError, say


POD_SECONDS = 600
PAUSE = 0.25


def selector(deployment: dict[str, Any]) -> str:
    """The label selector of a Deployment's pods."""
    return ",".join(f"{key}={value}" for key, value in sorted(deployment["spec"]["selector"]["matchLabels"].items()))


def stop_deployment(name: str) -> None:
    """Scale a Deployment to nothing and wait until its pods are gone; one that is not installed is passed over.

    Raises:
        StandinError: pods are still there after 10 minutes.
    """
    found = kube.get("deployment", name)
    if found is None:
        say(f"{name}: not installed")
        return
    kube.kubectl("scale", f"deployment/{name}", "--replicas=0")
    say(f"{name}: scaled to 0")
    end = time.monotonic() + POD_SECONDS
    while pods := [pod["metadata"]["name"] for pod in kube.items("pods", f"--selector={selector(found)}")]:
        if time.monotonic() > end:
            message = (
                f"{name}: scaled to 0, and after {POD_SECONDS} s still there: {', '.join(pods)}. Nothing else was touched;"
                f" look at them with kubectl describe pod --namespace {kube.namespace()}"
            )
            raise StandinError(message)
        time.sleep(PAUSE)
    say(f"{name}: no pods left")
