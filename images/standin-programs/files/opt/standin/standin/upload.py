"""The end of a backup: every node moves its parts to the bucket, then the backup is recorded."""

from standin import backup_id, bucket, kube, metadata
from standin.say import StandinError, env, say
from standin.volume import node_id


SERVICE = "rondb"
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


def upload_native_backups() -> None:
    """Upload and record this run's backup."""
    own = backup_id.current()
    upload(own)
    metadata.record(SERVICE, own, f"s3://{env('BUCKET')}/{env('PATH_PREFIX')}/{own}")


def cleanup_old_backups() -> None:
    """Remove backups that have a file older than the time to live, but never this run's own."""
    own, ttl = backup_id.current(), env("TTL")
    old = bucket.listing("backupRemote", arguments=("--min-age", ttl))
    condemned = sorted({item["Path"].partition("/")[0] for item in old} - {own})
    for each in condemned:
        bucket.rclone("delete", "--rmdirs", bucket.prefix("backupRemote", each))
        say(f"removed backup {each}, older than {ttl}")
    metadata.forget(SERVICE, condemned)
