"""The record of finished backups: ``{ID: entry}`` in a ConfigMap per service; a full one hands over to a new one."""

import json
from datetime import UTC, datetime
from typing import Any

from standin import backup_id, kube
from standin.say import env, say, utc_text


MAX_KEYS = 5000  # of one ConfigMap, and the bytes of its keys and values: upstream's limits
MAX_BYTES = 900_000


def labels(service: str) -> dict[str, str]:
    """The labels by which a service's maps are found; their ``app`` is $METADATA_APP."""
    return {"app": env("METADATA_APP"), "service": service, "managed-by": "cronjob"}


def selector(wanted: dict[str, str]) -> str:
    """A label selector."""
    return ",".join(f"{key}={value}" for key, value in wanted.items())


def is_full(data: dict[str, str]) -> bool:
    """Whether a ConfigMap may not take another key."""
    return len(data) >= MAX_KEYS or sum(len(key) + len(value) for key, value in data.items()) >= MAX_BYTES


def next_name(base: str, names: list[str]) -> str:
    """The name of the next ConfigMap: the base name, then ``<base>-1``, ``<base>-2``..."""
    numbers = [int(name.removeprefix(f"{base}-")) for name in names if name.removeprefix(f"{base}-").isdigit()]
    return f"{base}-{max(numbers, default=0) + 1}" if base in names else base


def active_map(service: str, base: str) -> str:
    """The ConfigMap to write to; it is made when there is none, or when the present one is full."""
    found = kube.items("configmaps", "--selector", selector(labels(service)))
    current = [each for each in found if each["metadata"]["labels"].get("active") == "active"]
    if current and not is_full(current[0].get("data") or {}):
        return str(current[0]["metadata"]["name"])
    name = next_name(base, [each["metadata"]["name"] for each in found])
    own = {**labels(service), "active": "active"}
    kube.create({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "labels": own}})
    for each in current:
        kube.kubectl("label", "configmap", each["metadata"]["name"], "active-")
    return name


def entry(path: str, start: datetime, end: datetime) -> dict[str, Any]:
    """The value kept for a backup; exactly upstream's fields, for every service."""
    return {
        "start_time": utc_text(start),
        "end_time": utc_text(end),
        "duration_ms": int((end - start).total_seconds() * 1000),
        "state": "SUCCESS",
        "path": path,
    }


def record(service: str, own: str, path: str) -> None:
    """Record this run's backup in the ConfigMap $METADATA_CONFIGMAP, the last thing a backup does."""
    start = datetime.fromtimestamp(int(backup_id.own_file().stat().st_mtime), UTC)  # whole seconds, as upstream
    value = json.dumps(entry(path, start, datetime.now(UTC)), separators=(",", ":"))
    name = active_map(service, env("METADATA_CONFIGMAP"))
    kube.kubectl("patch", "configmap", name, "--type=merge", "--patch", json.dumps({"data": {own: value}}))
    say(f"backup ID {own} recorded in ConfigMap {name}: {value}")


def recorded(service: str) -> dict[str, dict[str, Any]]:
    """Entries of all maps of a service: ``{ID: entry}``."""
    maps = kube.items("configmaps", "--selector", selector(labels(service)))
    return {own: json.loads(text) for each in maps for own, text in (each.get("data") or {}).items()}


def forget(service: str, ids: list[str]) -> None:
    """Remove entries from every map of a service."""
    for each in kube.items("configmaps", "--selector", selector(labels(service))):
        gone: dict[str, None] = {key: None for key in ids if key in (each.get("data") or {})}
        if gone:
            name = each["metadata"]["name"]
            kube.kubectl("patch", "configmap", name, "--type=merge", "--patch", json.dumps({"data": gone}))
            say(f"removed {', '.join(gone)} from ConfigMap {name}")
