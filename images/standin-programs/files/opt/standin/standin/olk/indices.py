"""Indices of the running cluster: which there are, how they are, and how they go."""

from typing import Any
from urllib.parse import quote

from standin.olk import api
from standin.say import StandinError, say


BATCH = 20  # names in one address, which has a limit of 4096 bytes
SECONDS = 60


def existing() -> list[str]:
    """Names of all indices, hidden and closed ones included."""
    found = api.call("GET", "/_cat/indices?format=json&h=index&expand_wildcards=all")
    return sorted(each["index"] for each in found)


def delete(names: list[str]) -> None:
    """Delete indices."""
    for start in range(0, len(names), BATCH):
        some = names[start : start + BATCH]
        api.find("DELETE", "/" + ",".join(quote(each) for each in some) + "?ignore_unavailable=true")
        say(f"deleted {', '.join(some)}")


def came_from(name: str, snapshot: str) -> bool:
    """Whether an index was put there by a restore of a snapshot."""
    shards = (api.find("GET", f"/{quote(name)}/_recovery") or {}).get(name, {}).get("shards", [])
    return bool(shards) and all(each.get("source", {}).get("snapshot") == snapshot for each in shards)


def why_unassigned(name: str, shard: int) -> str:
    """Why a primary shard is nowhere."""
    explained: dict[str, Any] = api.call(
        "GET", "/_cluster/allocation/explain", {"index": name, "shard": shard, "primary": True}
    )
    info: dict[str, Any] = explained.get("unassigned_info", {})
    return " ".join(str(info.get("details") or info.get("reason") or explained.get("explanation", "unknown")).split())


def missing_shards(name: str) -> list[str]:
    """``projects shard 0: reason`` for each primary shard that is not there."""
    health = api.call(
        "GET", f"/_cluster/health/{quote(name)}?level=shards&wait_for_no_initializing_shards=true&timeout=30s"
    )
    shards: dict[str, Any] = health.get("indices", {}).get(name, {}).get("shards", {})
    if not shards:
        return [f"{name}: no shards"]
    lost = [int(number) for number, each in shards.items() if not each["primary_active"]]
    return [f"{name} shard {number}: {why_unassigned(name, number)}" for number in sorted(lost)]


def whole_or_fail(names: list[str]) -> None:
    """See that every primary shard of some indices is there.

    Raises:
        StandinError: one is not; every index and shard is named.
    """
    if lost := [each for name in names for each in missing_shards(name)]:
        message = f"opensearch: {len(lost)} shard(s) did not come back: {'; '.join(lost)}"
        raise StandinError(message)
