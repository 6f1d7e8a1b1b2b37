"""OpenSearch over HTTP; every refusal becomes an error in its own words."""

import json
import time
import urllib.error
import urllib.request
from typing import Any

from standin.say import StandinError, env, say


STORE = "opensearch"
SECONDS = 60.0
PAUSE = 0.5  # seconds between attempts
NOT_FOUND = 404


def url() -> str:
    """Where OpenSearch answers."""
    return env("OPENSEARCH_URL")


def reason(body: bytes) -> str:
    """What a refusal says: its reason and the reasons below it, outermost first."""
    try:
        error: Any = json.loads(body)["error"]
    except (ValueError, KeyError, TypeError):
        return body.decode(errors="replace").strip()[:500]
    said: list[str] = []
    while isinstance(error, dict):
        said.append(f"{error.get('type', '')}: {error.get('reason', '')}")
        error = error.get("caused_by")
    return " <- ".join(said) or str(error)


class MissingError(StandinError):
    """What a request names does not exist."""


def call(method: str, path: str, body: Any = None, *, seconds: float = SECONDS) -> Any:
    """Send one request and give the answer's JSON.

    Raises:
        MissingError: what it names does not exist.
        StandinError: refused otherwise, unreachable, or no answer in time.
    """
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(
        f"{url()}{path}", data=data, method=method, headers={"Content-Type": "application/json"}
    )
    try:
        with urllib.request.urlopen(request, timeout=seconds) as answer:
            return json.loads(answer.read() or b"null")
    except urllib.error.HTTPError as error:
        message = f"{STORE}: {method} {path} was refused with HTTP {error.code}: {reason(error.read())}"
        raise (MissingError if error.code == NOT_FOUND else StandinError)(message) from error
    except (OSError, ValueError) as error:
        message = f"{STORE}: {method} {path} at {url()} got no answer within {seconds:.0f} s: {error}"
        raise StandinError(message) from error


def find(method: str, path: str) -> Any:
    """Send one request and give the answer's JSON; None when what it names does not exist.

    Raises:
        StandinError: refused, unreachable, or no answer in time.
    """
    try:
        return call(method, path)
    except MissingError:
        return None


def wait(seconds: float) -> None:
    """Wait until the node has formed its cluster and read its state, whatever the health of its indices.

    Raises:
        StandinError: it has not within ``seconds``; the last refusal is in the text.
    """
    end = time.monotonic() + seconds
    while True:
        try:
            health = call("GET", "/_cluster/health?wait_for_no_initializing_shards=true&timeout=5s", seconds=10)
        except StandinError as error:
            if time.monotonic() > end:
                message = f"waited {seconds:.0f} s for {STORE}, see the log of its pod; last: {error}"
                raise StandinError(message) from error
            time.sleep(PAUSE)
            continue
        say(f"{STORE} at {url()} answers, its health is {health['status']}")
        return
