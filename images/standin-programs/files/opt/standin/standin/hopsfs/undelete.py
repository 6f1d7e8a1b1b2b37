"""Bring back the blocks that restored metadata knows: remove the delete markers on top of their objects."""

import json
from collections import defaultdict
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

from standin.hopsfs import blocks, inodes, schema
from standin.hopsfs.blocks import Block
from standin.hopsfs.database import Database, where
from standin.hopsfs.diff import judge
from standin.hopsfs.errors import BlockMissingError, UnavailableError
from standin.hopsfs.keys import BlockName
from standin.hopsfs.objects import Bucket, Version
from standin.say import StandinError, env, say


AT_ONCE = 16
UNKNOWN_DATABASE = "(1049,"  # as the client prints the server's code
NAMED = 20  # files named in an error; the JSON has all


class Plan(NamedTuple):
    """What has to be done for the wanted objects."""

    markers: list[Version]
    deleted: int  # objects with a marker on top
    present: int
    lost: list[str]  # keys without any version


def plan(wanted: Iterable[str], versions: Iterable[Version]) -> Plan:
    """Which delete markers hide the newest version of each wanted object: all that are not older than it.

    Objects are write-once, so the newest version is the only content the key ever had.
    """
    by_key: dict[str, list[Version]] = defaultdict(list)
    keys = set(wanted)
    for version in versions:
        if version.key in keys:
            by_key[version.key].append(version)
    markers: list[Version] = []
    lost, deleted = [], 0
    for key in sorted(keys):
        content = [each for each in by_key[key] if not each.marker]
        if not content:
            lost.append(key)
        elif any(each.marker and each.latest for each in by_key[key]):
            newest = max(each.moment for each in content)
            markers += [each for each in by_key[key] if each.marker and each.moment >= newest]
            deleted += 1
    return Plan(markers, deleted, len(keys) - deleted - len(lost), lost)


def run(backup_id: str) -> None:
    """Un-delete what the restored metadata knows, then compare all of it with the bucket.

    Raises:
        StandinError: blocks are lost or not what the metadata says; the files are named, and what could be brought
            back was.
    """
    bucket, database = Bucket(connections=AT_ONCE), Database(sessions=1)
    bucket.require(versioning=False)
    schema.wait_for_database(float(env("DATABASE_SECONDS")))
    known = known_blocks(database, backup_id)
    todo = plan([key for block in known for key in bucket.keys.both(block.name)], bucket.versions())
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(lambda each: bucket.remove_version(each.key, each.version_id), todo.markers))
    bad = defects(known, bucket, set(todo.lost))
    outcome: dict[str, Any] = {
        "backup_id": backup_id,
        "blocks": len(known),
        "objects_present": todo.present,
        "objects_undeleted": todo.deleted,
        "markers_removed": len(todo.markers),
        "bad": [_entry(database, block, reason) for block, reason in bad],
    }
    print(json.dumps(outcome), flush=True)
    say(
        f"restore of backup {backup_id}: {len(known)} blocks, {todo.present} objects were there, {todo.deleted} brought"
        f" back by removing {len(todo.markers)} delete markers, {len(bad)} blocks bad"
    )
    if bad:
        raise StandinError(_complaint(backup_id, bucket, outcome["bad"]))


def known_blocks(database: Database, backup_id: str) -> list[Block]:
    """Blocks the restored metadata has.

    Raises:
        StandinError: the restored database is not HopsFS' at all.
    """
    tables = (
        "SELECT 1 FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'hdfs_block_infos'"
    )
    try:
        found = database.read(lambda cursor: blocks.every(cursor) if cursor.execute(tables) else None)
        reason = "there is no table hdfs_block_infos"
    except UnavailableError as error:
        if UNKNOWN_DATABASE not in str(error):
            raise
        found, reason = None, str(error)
    if found is None:
        message = (
            f"{where()} has no metadata of HopsFS after the restore of backup {backup_id}: {reason}. The backup was taken"
            " before HopsFS was installed, or the database was restored from another one"
        )
        raise StandinError(message)
    return found


def defects(known: list[Block], bucket: Bucket, lost: set[str]) -> list[tuple[Block, str]]:
    """Blocks that are not in the bucket as the metadata says, with the reason."""
    objects = bucket.current()
    bad: list[tuple[Block, str]] = []
    there: list[Block] = []
    for block in known:
        keys = {kind: bucket.keys.key(block.name, kind) for kind in ("data", "meta")}
        sizes = {kind: objects[key] for kind, key in keys.items() if key in objects}
        verdict, reason = judge(block, {BlockName(*block.name): sizes}, bucket.name)
        if gone := sorted(lost.intersection(keys.values())):
            reason = f"no version left of {' and '.join(gone)}"
        if verdict != "safe" or gone:
            bad.append((block, reason))
        else:
            there.append(block)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        told = pool.map(lambda block: meta_defect(block, bucket), there)
        return bad + [(block, reason) for block, reason in zip(there, told, strict=True) if reason]


def meta_defect(block: Block, bucket: Bucket) -> str:
    """What a block's ``.meta`` says otherwise than the metadata; nothing when they agree.

    Raises:
        StandinError: the store is away.
    """
    key = bucket.keys.key(block.name, "meta")
    try:
        found: Any = bucket.meta(block.name)
    except (BlockMissingError, ValueError) as error:
        return f"{key} cannot be read: {error}"
    if not isinstance(found, dict):
        return f"{key} is no object of JSON"
    wanted = {"length": block.size, "sha256": block.checksum}
    other = [
        f"{name} {found.get(name)} instead of {value}" for name, value in wanted.items() if found.get(name) != value
    ]
    return f"{key} has {' and '.join(other)}" if other else ""


def _entry(database: Database, block: Block, reason: str) -> dict[str, Any]:
    path = database.read(lambda cursor: inodes.path_of(cursor, block.inode_id))
    return {"path": path, "block_id": block.block_id, "generation_stamp": block.generation, "reason": reason}


def _complaint(backup_id: str, bucket: Bucket, bad: list[dict[str, Any]]) -> str:
    named = [f"{each['path']} (block {each['block_id']}: {each['reason']})" for each in bad[:NAMED]]
    more = f" and {len(bad) - NAMED} more, see the JSON above" if len(bad) > NAMED else ""
    return (
        f"HopsFS in {bucket.where} is not whole after the restore of backup {backup_id}: {len(bad)} blocks are lost or"
        f" wrong: {'; '.join(named)}{more}. Check how long the bucket keeps noncurrent versions, or restore another backup"
    )
