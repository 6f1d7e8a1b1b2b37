"""A restore of one snapshot: everything that can refuse it comes before the first deletion."""

import json
import time
from typing import Any
from urllib.parse import quote

from standin.olk import api, indices, repos, selection, snapshots
from standin.say import StandinError, env, flag, say


def targets(snapshot: dict[str, Any], payload: dict[str, Any]) -> dict[str, str]:
    """``{index of the snapshot: name it comes back as}``.

    Raises:
        StandinError: the payload asks for what the snapshot has not, or for nothing.
    """
    has, wanted = snapshot["indices"], payload["indices"]
    lacking = [] if payload.get("ignore_unavailable") else selection.absent(has, wanted)
    chosen = selection.select(has, wanted)
    if lacking or not chosen:
        what = f"has no {', '.join(lacking)}" if lacking else f"has nothing that {wanted!r} selects"
        message = (
            f"opensearch: snapshot {snapshot['snapshot']} {what}; it has {', '.join(sorted(has))}. Nothing was touched."
        )
        raise StandinError(message)
    return selection.renamed(chosen, payload)


def clear(snapshot: str, names: list[str], payload: dict[str, Any]) -> None:
    """Delete what a restore replaces, for a restore over an open index is refused.

    Raises:
        StandinError: not in place, and an index is in the way that no earlier attempt at this restore brought.
    """
    present = indices.existing()
    if flag("IN_PLACE"):
        indices.delete(selection.in_the_way(present, names, payload))
        return
    leftover = sorted(set(names) & set(present))
    foreign = [each for each in leftover if not indices.came_from(each, snapshot)]
    if foreign:
        message = (
            f"opensearch: {', '.join(foreign)} exist already, and this is not a restore in place. Delete them, or"
            " restore with global._hopsworks.restoreFromBackup.inPlace=true. Nothing was touched."
        )
        raise StandinError(message)
    indices.delete(leftover)


def run(repository: str, snapshot: str, names: dict[str, str], payload: dict[str, Any]) -> None:
    """Have OpenSearch restore, wait for the end and judge it by its shards.

    Raises:
        StandinError: refused, late, or a shard is missing.
    """
    started = time.monotonic()
    path = f"/_snapshot/{repository}/{quote(snapshot)}/_restore?wait_for_completion=true"
    wanted = {**payload, "indices": sorted(names)}
    shards = api.call("POST", path, wanted, seconds=float(env("RESTORE_SECONDS")))["snapshot"]["shards"]
    say(f"{shards['successful']} of {shards['total']} shards in {time.monotonic() - started:.1f} s")
    indices.whole_or_fail(sorted(set(names.values())))  # says which and why
    if shards["failed"]:
        message = (
            f"opensearch: {shards['failed']} of {shards['total']} shards failed in the restore of snapshot {snapshot}"
        )
        raise StandinError(message)


def restore() -> None:
    """Restore the snapshot the chart names."""
    repository, name = env("REPOSITORY"), env("SNAPSHOT")
    payload = selection.merged(json.loads(env("PAYLOAD", "{}")))
    api.wait(float(env("WAIT_SECONDS")))
    repos.wait_until_idle(repository, float(env("WAIT_SECONDS")))
    repos.register(repository, json.loads(env("REPOSITORY_SETTINGS")), readonly=True)
    found = snapshots.known(repository)
    if flag("LIST_SNAPSHOTS"):
        snapshots.show(found)
    chosen = targets(snapshots.choose(repository, name, found), payload)
    clear(name, list(chosen.values()), payload)
    run(repository, name, chosen, payload)
    say(f"restored {', '.join(sorted(set(chosen.values())))} from snapshot {name} of repository {repository}")
