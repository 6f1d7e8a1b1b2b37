"""Snapshot repositories on S3."""

import json
import time
from typing import Any

from standin import fence
from standin.olk import api
from standin.say import StandinError, env, say


def body(settings: dict[str, Any], *, readonly: bool) -> dict[str, Any]:
    """What registers a repository."""
    # bucket_default: as the bucket says; OpenSearch 3 asks for AES256 otherwise, which a store without keys refuses
    return {
        "type": "s3",
        "settings": {"client": "default", "server_side_encryption_type": "bucket_default", **settings}
        | {"readonly": str(readonly).lower()},
    }


def where(settings: dict[str, Any]) -> str:
    """``s3://bucket/base_path``, for messages."""
    return f"s3://{settings.get('bucket')}/{settings.get('base_path')}"


def register(name: str, settings: dict[str, Any], *, readonly: bool) -> None:
    """Register a repository and see that every node reaches it.

    Raises:
        StandinError: it cannot be reached, or is in use.
    """
    try:
        api.call("PUT", f"/_snapshot/{name}", body(settings, readonly=readonly), seconds=120)
        nodes = api.call("POST", f"/_snapshot/{name}/_verify", seconds=120)["nodes"]
    except StandinError as error:
        message = (
            f"opensearch: the repository {name} at {where(settings)} cannot be used; look at bucket, endpoint and"
            f" credentials in global._hopsworks.managedObjectStorage.s3 ({error})"
        )
        raise StandinError(message) from error
    how = "read-only" if readonly else "for writing"
    say(f"repository {name} at {where(settings)} is registered {how}; {len(nodes)} node(s) reach it")


def create_repos() -> None:
    """Register the repositories backups go to; nothing is done while a restore has them."""
    if fence.closed(api.STORE):
        return
    repositories: dict[str, dict[str, Any]] = json.loads(env("REPOSITORIES"))
    for name, settings in repositories.items():
        register(name, settings, readonly=False)


def wait_until_idle(name: str, seconds: float) -> None:
    """Wait until no snapshot is being written to a repository: its registration cannot change before.

    Raises:
        StandinError: one still is when the time is up.
    """
    end = time.monotonic() + seconds
    while api.find("GET", f"/_snapshot/{name}") is not None:
        running = [each["snapshot"] for each in api.call("GET", f"/_snapshot/{name}/_current")["snapshots"]]
        if not running:
            return
        if time.monotonic() > end:
            message = (
                f"opensearch: snapshot {', '.join(running)} is still being written after {seconds:.0f} s;"
                " restore again when it is done. Nothing was touched."
            )
            raise StandinError(message)
        time.sleep(api.PAUSE)
