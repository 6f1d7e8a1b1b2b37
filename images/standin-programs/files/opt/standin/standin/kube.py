"""Talking to Kubernetes, by kubectl."""

import json
import os
import subprocess
import time
from contextlib import suppress
from typing import Any

from standin.say import StandinError, env


KUBECTL = os.environ.get("KUBECTL", "/usr/local/bin/kubectl")
SECONDS = 60.0
LONGEST = 7200.0  # seconds for a program in a pod; no shorter than what the chart gives the longest, a load


def namespace() -> str:
    """The release's namespace."""
    return env("NAMESPACE")


def kubectl(*words: str, given: str | None = None, seconds: float = SECONDS, within: str | None = None) -> str:
    """Run kubectl in the release's namespace (or ``within``) and return what it printed.

    Raises:
        StandinError: it failed or took too long.
    """
    argv = [KUBECTL, "--namespace", within or namespace(), *words]
    try:
        done = subprocess.run(argv, input=given, capture_output=True, text=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired as error:
        message = f"kubectl {' '.join(words[:3])} did not end within {seconds:.0f} s"
        raise StandinError(message) from error
    if done.returncode:
        message = f"kubectl {' '.join(words[:3])} failed: {done.stderr.strip()}"
        raise StandinError(message)
    return done.stdout


def get(*words: str, within: str | None = None) -> dict[str, Any] | None:
    """Read an object or a list of objects; None when it does not exist."""
    found = kubectl("get", *words, "--ignore-not-found", "--output=json", within=within)
    return json.loads(found) if found.strip() else None


def items(*words: str) -> list[dict[str, Any]]:
    """Read a list of objects; empty when there are none."""
    found: list[dict[str, Any]] = (get(*words) or {}).get("items", [])
    return found


def create(thing: dict[str, Any], within: str | None = None) -> None:
    """Create an object; that it exists already is an error."""
    kubectl("create", "--filename=-", given=json.dumps(thing), within=within)


def exec_argv(pod: str, container: str, *words: str, stdin: bool = False) -> list[str]:
    """The command that runs a program in a pod."""
    interactive = ["--stdin"] if stdin else []
    return [KUBECTL, "--namespace", namespace(), "exec", *interactive, pod, f"--container={container}", "--", *words]


def start_in_pods(pods: list[str], container: str, *words: str) -> dict[str, "subprocess.Popen[str]"]:
    """Start a program in several pods at once; its output joins ours."""
    return {pod: subprocess.Popen(exec_argv(pod, container, *words), text=True) for pod in pods}


def ends(started: dict[str, "subprocess.Popen[str]"]) -> dict[str, int]:
    """Wait for programs and give each one's exit code by its pod.

    Raises:
        StandinError: one or more did not end in time; they are named, and no longer waited for.
    """
    end, codes = time.monotonic() + LONGEST, {}
    try:
        for pod, process in started.items():
            with suppress(subprocess.TimeoutExpired):
                codes[pod] = process.wait(timeout=max(0.0, end - time.monotonic()))
    finally:
        for process in started.values():
            process.kill()  # does nothing to one that has ended
            process.wait()
    if late := [pod for pod in started if pod not in codes]:
        message = (
            f"the program in {', '.join(late)} did not end within {LONGEST:.0f} s and is waited for no longer; it may still"
            " run there. See the lines above, and the pod's processes"
        )
        raise StandinError(message)
    return codes


def run_in_pods(pods: list[str], container: str, *words: str) -> None:
    """Run a program in several pods at once and wait for every one.

    Raises:
        StandinError: one or more failed, or did not end; all of them are named.
    """
    failed = [pod for pod, code in ends(start_in_pods(pods, container, *words)).items() if code != 0]
    if failed:
        message = f"`{' '.join(words[:2])}` failed in {', '.join(failed)}; see the lines above"
        raise StandinError(message)
