"""A backup: every tag's image copied by digest to the bucket, the index last, then the record."""

import json
import shutil
from pathlib import Path
from typing import Any

from standin import backup_id, bucket, fence, metadata
from standin.registry import api, images
from standin.say import StandinError, env, say


SERVICE = "registry"
FORMAT = "standin-registry-backup/1"
REMOTE = "backupRemote"
INDEX = "index.json"


def refuse_taken(own: str) -> None:
    """See that the ID is free.

    Raises:
        StandinError: there are files under it: two backups in one minute, or one of an earlier year.
    """
    if bucket.listing(REMOTE, own):
        where = bucket.prefix(REMOTE, own).partition(":")[2]
        message = f"registry: there are files below {where} already; run the backup again in a minute"
        raise StandinError(message)


def save(own: str, folder: str, repository: str, digest: str) -> dict[str, int]:
    """Bring one image to the bucket and give its files; the local copy is gone afterwards.

    Raises:
        StandinError: its content is not what its digest says, or the bucket lacks something.
    """
    local = Path(env("WORK")) / "image"
    shutil.rmtree(local, ignore_errors=True)
    images.pull(repository, digest, local)
    wrong, files = images.defects(local, digest), images.sizes(local)
    if not wrong:
        bucket.rclone("copy", str(local), bucket.prefix(REMOTE, own, folder))
        there = {item["Path"]: int(item["Size"]) for item in bucket.listing(REMOTE, own, folder)}
        wrong = images.lacking(files, there)
    shutil.rmtree(local)
    if wrong:
        message = f"registry: the copy of {repository}@{digest} is not right: {'; '.join(wrong)}"
        raise StandinError(message)
    return files


def save_all(own: str) -> list[dict[str, Any]]:
    """Save every tag; tags of one image share its folder."""
    saved: dict[tuple[str, str], dict[str, Any]] = {}
    index: list[dict[str, Any]] = []
    for repository, tag, digest in api.everything():
        key = (repository, digest)
        if key not in saved:
            folder = f"images/{len(saved)}"
            saved[key] = {"folder": folder, "files": save(own, folder, repository, digest)}
        index.append({"repository": repository, "tag": tag, "digest": digest, **saved[key]})
        say(f"{repository}:{tag} {digest}: {sum(saved[key]['files'].values())} bytes")
    return index


def refuse_empty(index: list[dict[str, Any]]) -> None:
    """See that a registry without tags is not recorded after a backup that has some: it has lost its volume.

    Raises:
        StandinError: the newest recorded backup has tags, and this one has none.
    """
    known = {} if index else metadata.recorded(SERVICE)
    if not known:
        return
    newest = max(known, key=lambda each: str(known[each]["start_time"]))  # IDs do not sort by time
    before = len(json.loads(bucket.rclone("cat", bucket.prefix(REMOTE, newest, INDEX)))["images"])
    if before:
        message = (
            f"registry: there are no tags, but backup {newest} has {before} tags; nothing is recorded. Restore it with"
            f" registry.restoreFromBackup.backupId={newest}; if the registry is meant to be empty, remove the entries of"
            f" its backups from the ConfigMaps labelled {metadata.selector(metadata.labels(SERVICE))}"
        )
        raise StandinError(message)


def write_index(own: str, index: list[dict[str, Any]]) -> None:
    """Write the index, which makes a backup out of the files."""
    path = Path(env("WORK")) / INDEX
    path.write_text(json.dumps({"format": FORMAT, "backup_id": own, "images": index}, indent=1) + "\n")
    bucket.rclone("copyto", str(path), bucket.prefix(REMOTE, own, INDEX))
    say(f"{len(index)} tags saved under backup ID {own}")


def cleanup(own: str, ttl: str) -> None:
    """Remove backups that have a file older than the time to live, but never this run's own, and their entries."""
    old = bucket.listing(REMOTE, arguments=("--min-age", ttl))
    condemned = sorted({item["Path"].partition("/")[0] for item in old} - {own})
    for each in condemned:
        bucket.rclone("delete", "--rmdirs", bucket.prefix(REMOTE, each))
        say(f"removed backup {each}, older than {ttl}")
    metadata.forget(SERVICE, condemned)


def create_backup() -> None:
    """Take and record this run's backup, when no restore is under way."""
    if fence.closed(SERVICE):
        return
    api.wait(float(env("WAIT_SECONDS")))
    own = backup_id.begin()
    refuse_taken(own)
    index = save_all(own)
    refuse_empty(index)
    write_index(own, index)
    metadata.record(SERVICE, own, f"s3://{env('BUCKET')}/{env('PATH_PREFIX')}/{own}")
    if ttl := env("TTL", ""):
        cleanup(own, ttl)
