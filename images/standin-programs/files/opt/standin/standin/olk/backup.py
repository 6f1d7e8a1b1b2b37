"""A backup: one snapshot under the run's ID, recorded when it is whole; then snapshots past their time are deleted."""

import json
import re
import time
from typing import Any

from standin import backup_id, fence, metadata
from standin.olk import api, snapshots
from standin.olk.repos import where
from standin.olk.selection import EVERYTHING
from standin.say import StandinError, env, say


SERVICE = "opensearch"
REPOSITORY = "default"
UNITS = {"d": 86_400_000, "h": 3_600_000}  # milliseconds


def body(own: str) -> dict[str, Any]:
    """What asks for a snapshot."""
    return {
        "indices": EVERYTHING,
        "ignore_unavailable": True,  # else the exclusion of an index that does not exist is refused
        "include_global_state": False,  # templates and settings are the release's; a restore must not bring old ones
        "partial": False,
        "metadata": {"backup_id": own},
    }


def whole_or_fail(snapshot: dict[str, Any]) -> None:
    """See that a snapshot has everything.

    Raises:
        StandinError: it has not; every failure is named.
    """
    if snapshot["state"] == snapshots.GOOD and not snapshot["shards"]["failed"]:
        return
    failures = [
        f"{each.get('index')} shard {each.get('shard_id')}: {each.get('reason')}" for each in snapshot["failures"]
    ]
    message = (
        f"opensearch: snapshot {snapshots.line(snapshot)} is not whole: {'; '.join(failures) or 'no reason given'}"
    )
    raise StandinError(message)


def complete_or_fail(snapshot: dict[str, Any]) -> None:
    """See that a snapshot has the indices every platform has, named by $MANDATORY_INDICES.

    Raises:
        StandinError: one is missing, so that the cluster had lost it before.
    """
    mandatory = [each for each in env("MANDATORY_INDICES", "").split(",") if each]
    if missing := sorted(set(mandatory) - set(snapshot["indices"])):
        message = (
            f"opensearch: snapshot {snapshot['snapshot']} lacks {', '.join(missing)}, which every platform has; it has"
            f" {', '.join(sorted(snapshot['indices'])) or 'nothing'}. It is not recorded. Restore an earlier backup, or"
            " make the index anew"
        )
        raise StandinError(message)


def take(own: str, seconds: float) -> None:
    """Take the snapshot and judge it.

    Raises:
        StandinError: refused (also when the ID is taken), late, not whole, or without a mandatory index.
    """
    started = time.monotonic()
    path = f"/_snapshot/{REPOSITORY}/{own}?wait_for_completion=true"
    snapshot = api.call("PUT", path, body(own), seconds=seconds)["snapshot"]
    whole_or_fail(snapshot)
    complete_or_fail(snapshot)
    indices = ", ".join(sorted(snapshot["indices"]))
    say(f"{snapshots.line(snapshot)} in {time.monotonic() - started:.1f} s: {indices}")


def expired(found: list[dict[str, Any]], own: str, ttl: str, now: int) -> list[str]:
    """Backups that began longer ago than the time to live; never this run's own, nor snapshots that are no backups.

    Args:
        ttl: such as ``60d`` or ``48h``.
        now: milliseconds since the epoch.
    """
    before = now - int(ttl[:-1]) * UNITS[ttl[-1]]
    ours = [each for each in found if re.fullmatch(r"\d+", each["snapshot"]) and each["snapshot"] != own]
    return [each["snapshot"] for each in ours if each["start_time_in_millis"] < before]


def cleanup(own: str, ttl: str) -> None:
    """Delete expired snapshots through the API, for they share files, and their entries."""
    gone = expired(snapshots.known(REPOSITORY), own, ttl, int(time.time() * 1000))
    for each in gone:
        snapshots.delete(REPOSITORY, each)
        say(f"deleted snapshot {each}, older than {ttl}")
    metadata.forget(SERVICE, gone)


def create_snapshot() -> None:
    """Take and record this run's backup, unless a restore is under way."""
    if fence.closed(SERVICE):
        return
    own = backup_id.begin()
    take(own, float(env("BACKUP_SECONDS")))
    settings = json.loads(env("REPOSITORIES"))[REPOSITORY]
    metadata.record(SERVICE, own, f"{where(settings)}/{own}")
    if ttl := env("TTL", ""):
        cleanup(own, ttl)
