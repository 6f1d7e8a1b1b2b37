"""Snapshots of a repository."""

from typing import Any
from urllib.parse import quote

from standin.olk import api
from standin.say import StandinError, say


GOOD = "SUCCESS"


def known(repository: str) -> list[dict[str, Any]]:
    """Every snapshot of a repository, oldest first by its start (their numbers do not sort by time)."""
    found: list[dict[str, Any]] = api.call("GET", f"/_snapshot/{repository}/_all", seconds=120)["snapshots"]
    return sorted(found, key=lambda each: each["start_time_in_millis"])


def line(snapshot: dict[str, Any]) -> str:
    """One snapshot in a list."""
    shards = snapshot.get("shards", {})
    whole = f"{shards.get('successful')} of {shards.get('total')} shards"
    words = (
        snapshot["snapshot"],
        snapshot["state"],
        snapshot["start_time"],
        whole,
        f"{len(snapshot['indices'])} indices",
    )
    return "  ".join(words)


def choose(repository: str, name: str, found: list[dict[str, Any]]) -> dict[str, Any]:
    """The snapshot asked for.

    Raises:
        StandinError: it does not exist, or is not whole.
    """
    for each in found:
        if each["snapshot"] == name and each["state"] == GOOD and not each["shards"]["failed"]:
            return each
        if each["snapshot"] == name:
            message = (
                f"opensearch: snapshot {name} of repository {repository} is not whole: {line(each)}. Choose another."
            )
            raise StandinError(message)
    names = ", ".join(each["snapshot"] for each in found if each["state"] == GOOD) or "none"
    message = (
        f"opensearch: there is no snapshot {name} in repository {repository} (known: {names}). Nothing was touched."
        " Each store has IDs of its own; OpenSearch's is named with"
        " olk.opensearch.restore.repositories.default.snapshots.default.snapshot_name."
    )
    raise StandinError(message)


def show(found: list[dict[str, Any]]) -> None:
    """Print a list, newest first."""
    for each in reversed(found):
        say(line(each))


def delete(repository: str, name: str) -> None:
    """Delete a snapshot; what others share with it stays."""
    api.call("DELETE", f"/_snapshot/{repository}/{quote(name)}", seconds=600)
