"""The end of a backup: every node moves its parts to the bucket, then the backup is recorded."""

import json
from datetime import UTC, datetime
from typing import Any

from standin import backup_id, bucket, kube
from standin.say import StandinError, env, say, utc_text
from standin.volume import node_id


ACTIVE = {"active": "active"}
MAX_KEYS = 5000
MAX_BYTES = 900_000
VOLUME = "/home/hopsworks/data"  # where container rclone-listener sees the node's volume


def upload(own: str) -> None:
    """Move all nodes' parts to the bucket at once, and see that they arrived.

    Raises:
        StandinError: a node failed, or the bucket lacks something.
    """
    pods = env("DATA_PODS").split(",")
    try:
        started = {pod: kube.start_in_pods([pod], "rclone-listener", *_move(own, pod))[pod] for pod in pods}
        failed = [pod for pod, code in kube.ends(started).items() if code != 0]
    finally:
        kube.run_in_pods(pods, "ndbmtd", "standin", "node-discard", own)
    if failed:
        message = f"the upload failed in {', '.join(failed)}; see the lines above"
        raise StandinError(message)
    if lacking := bucket.defects(
        [item["Path"] for item in bucket.listing("backupRemote", own)], [node_id(pod) for pod in pods]
    ):
        message = f"after the upload the bucket is not complete: {'; '.join(lacking)}"
        raise StandinError(message)


def _move(own: str, pod: str) -> list[str]:
    source = f"{VOLUME}/ndb_data/BACKUP/BACKUP-{own}"
    target = bucket.prefix("backupRemote", own, "rondb", str(node_id(pod)))
    return bucket.rclone_argv("move", source, target)


def entry(own: str, start: datetime, end: datetime) -> dict[str, Any]:
    """The value kept for a backup; exactly upstream's fields."""
    return {
        "start_time": utc_text(start),
        "end_time": utc_text(end),
        "duration_ms": int((end - start).total_seconds() * 1000),
        "state": "SUCCESS",
        "path": f"s3://{env('BUCKET')}/{env('PATH_PREFIX')}/{own}",
    }


def labels() -> dict[str, str]:
    """The labels by which the maps are found; their ``app`` is $METADATA_APP."""
    return {"app": env("METADATA_APP"), "service": "rondb", "managed-by": "cronjob"}


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


def active_map(base: str) -> str:
    """The ConfigMap to write to; a full one hands its place to a new one."""
    found = kube.items("configmaps", "--selector", selector(labels()))
    current = [each for each in found if each["metadata"]["labels"].get("active") == "active"]
    if current and not is_full(current[0].get("data", {})):
        return str(current[0]["metadata"]["name"])
    name = next_name(base, [each["metadata"]["name"] for each in found])
    kube.create({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "labels": {**labels(), **ACTIVE}}})
    for each in current:
        kube.kubectl("label", "configmap", each["metadata"]["name"], "active-")
    return name


def record(own: str) -> None:
    """Record the backup, the last thing a backup does."""
    start = datetime.fromtimestamp(int(backup_id.own_file().stat().st_mtime), UTC)  # whole seconds, as upstream
    value = json.dumps(entry(own, start, datetime.now(UTC)), separators=(",", ":"))
    name = active_map(env("METADATA_CONFIGMAP"))
    kube.kubectl("patch", "configmap", name, "--type=merge", "--patch", json.dumps({"data": {own: value}}))
    say(f"backup ID {own} recorded in ConfigMap {name}: {value}")


def upload_native_backups() -> None:
    """Upload and record this run's backup."""
    own = backup_id.current()
    upload(own)
    record(own)


def cleanup_old_backups() -> None:
    """Remove backups that have a file older than the time to live, but never this run's own."""
    own, ttl = backup_id.current(), env("TTL")
    old = bucket.listing("backupRemote", arguments=("--min-age", ttl))
    condemned = sorted({item["Path"].partition("/")[0] for item in old} - {own})
    for each in condemned:
        bucket.rclone("delete", "--rmdirs", bucket.prefix("backupRemote", each))
        say(f"removed backup {each}, older than {ttl}")
    maps = kube.items("configmaps", "--selector", selector(labels()))
    for each in maps:
        gone: dict[str, None] = {key: None for key in condemned if key in each.get("data", {})}
        if gone:
            kube.kubectl(
                "patch", "configmap", each["metadata"]["name"], "--type=merge", "--patch", json.dumps({"data": gone})
            )
