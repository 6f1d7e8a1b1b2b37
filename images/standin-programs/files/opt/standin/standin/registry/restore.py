"""A restore: what the backup has comes back under its tags with its digests; tags the backup does not know stay."""

import json
import shutil
from pathlib import Path
from typing import Any

from standin import bucket
from standin.registry import api, images
from standin.registry.backup import FORMAT, INDEX
from standin.say import StandinError, env, say


REMOTE = "restoreRemote"


def label(image: dict[str, Any]) -> str:
    """``repository:tag``."""
    return f"{image['repository']}:{image['tag']}"


def read_index(backup_id: str) -> list[dict[str, Any]]:
    """The images of a backup.

    Raises:
        StandinError: there is no such backup, or it was never finished.
    """
    where = bucket.prefix(REMOTE, backup_id).partition(":")[2]
    names = [item["Path"] for item in bucket.listing(REMOTE, backup_id)]
    if INDEX not in names:
        seen = f"files but no {INDEX}: the backup was not finished" if names else "nothing"
        message = (
            f"registry: there is no backup {backup_id}: {seen} below {where} (known: {known() or 'none'})."
            " Nothing was touched."
        )
        raise StandinError(message)
    found = json.loads(bucket.rclone("cat", bucket.prefix(REMOTE, backup_id, INDEX)))
    if found.get("format") != FORMAT or found.get("backup_id") != backup_id:
        message = f"registry: {where}/{INDEX} is not the index of backup {backup_id} in the form {FORMAT}"
        raise StandinError(message)
    images_found: list[dict[str, Any]] = found["images"]
    return images_found


def known() -> str:
    """IDs of finished backups."""
    found = bucket.listing(REMOTE, arguments=("--include", f"/*/{INDEX}"))
    return ", ".join(sorted(item["Path"].partition("/")[0] for item in found))


def incomplete(index: list[dict[str, Any]], there: dict[str, int]) -> list[str]:
    """What the bucket lacks of a backup: ``repository:tag: file is missing``.

    Args:
        there: ``{path below the backup: bytes}``.
    """
    return [
        f"{label(image)}: {lack}"
        for image in index
        for lack in images.lacking({f"{image['folder']}/{name}": size for name, size in image["files"].items()}, there)
    ]


def complete_or_fail(backup_id: str, index: list[dict[str, Any]]) -> None:
    """See that the bucket has every file of a backup.

    Raises:
        StandinError: it has not; every tag concerned is named.
    """
    there = {item["Path"]: int(item["Size"]) for item in bucket.listing(REMOTE, backup_id)}
    if lacking := incomplete(index, there):
        message = f"registry: backup {backup_id} is not complete: {'; '.join(lacking)}. Nothing was touched."
        raise StandinError(message)


def bring_back(backup_id: str, folder: str, tags: list[dict[str, Any]]) -> None:
    """Bring one image from the bucket back under its tags.

    Raises:
        StandinError: its content is not what its digest says.
    """
    local = Path(env("WORK")) / "image"
    shutil.rmtree(local, ignore_errors=True)
    bucket.rclone("copy", bucket.prefix(REMOTE, backup_id, folder), str(local))
    if wrong := images.defects(local, tags[0]["digest"]):
        message = f"registry: {', '.join(map(label, tags))} in backup {backup_id} is damaged: {'; '.join(wrong)}"
        raise StandinError(message)
    for image in tags:
        images.push(local, image["repository"], image["tag"])
        say(f"pushed {label(image)} {image['digest']}")
    shutil.rmtree(local)


def compare(index: list[dict[str, Any]]) -> None:
    """Compare the registry with the backup.

    Raises:
        StandinError: a tag is missing or has another digest; all are named.
    """
    found = [(image, api.digest(image["repository"], image["tag"])) for image in index]
    wrong = [
        f"{label(image)} is {is_now or 'missing'}, wanted {image['digest']}"
        for image, is_now in found
        if is_now != image["digest"]
    ]
    if wrong:
        message = f"registry: after the restore {'; '.join(wrong)}"
        raise StandinError(message)
    say(f"{len(index)} tags have the digests of the backup")


def restore(backup_id: str) -> None:
    """Restore a backup, looking at all of it before the first push."""
    api.wait(float(env("WAIT_SECONDS")))
    index = read_index(backup_id)
    complete_or_fail(backup_id, index)
    by_folder: dict[str, list[dict[str, Any]]] = {}
    for image in index:
        by_folder.setdefault(image["folder"], []).append(image)
    for folder, tags in by_folder.items():
        bring_back(backup_id, folder, tags)
    compare(index)
