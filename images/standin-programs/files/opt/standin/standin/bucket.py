"""The bucket, by rclone: ``<bucket>/<prefix>/<ID>/{users.sql,databases.sql,rondb/<node>/BACKUP-<ID>-PART-<i>-OF-<n>/...}``."""

import json
import os
import re
import subprocess
from collections import defaultdict
from typing import Any

from standin.say import StandinError, env


RCLONE = os.environ.get("RCLONE", "/usr/bin/rclone")
SECONDS = 3600.0
SQL_FILES = ("users.sql", "databases.sql")
PART = re.compile(
    r"rondb/(?P<node>\d+)/BACKUP-\d+-PART-(?P<part>\d+)-OF-(?P<parts>\d+)/BACKUP-\d+(-0)?\.\d+\.(?P<kind>ctl|Data)"
)


def rclone_argv(*words: str) -> list[str]:
    """The command line of rclone; its remotes are in the file $RCLONE_CONFIG, its keys in the environment."""
    # no-check-bucket: never try to create the bucket; few retries: the caller's error is better than a long silence
    return [RCLONE, "--s3-no-check-bucket", "--retries=3", "--low-level-retries=3", "--contimeout=10s", *words]


def rclone(*words: str) -> str:
    """Run rclone and return what it printed.

    Raises:
        StandinError: it failed.
    """
    done = subprocess.run(rclone_argv(*words), capture_output=True, text=True, timeout=SECONDS, check=False)
    if done.returncode:
        message = f"rclone {words[0]} failed: {done.stderr.strip()}"
        raise StandinError(message)
    return done.stdout


def prefix(remote: str, *path: str) -> str:
    """``backupRemote:bucket/rondb_backup/...``."""
    return f"{remote}:" + "/".join([env("BUCKET"), env("PATH_PREFIX"), *path])


def listing(remote: str, *path: str, arguments: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    """Every file below a path, as rclone's ``lsjson`` gives it; empty when the path does not exist."""
    words = ("lsjson", "--recursive", "--files-only", "--no-mimetype", *arguments, prefix(remote, *path))
    try:
        found: list[dict[str, Any]] = json.loads(rclone(*words))
    except StandinError as error:
        if "directory not found" in str(error):
            return []
        raise
    return found


def parts_present(paths: list[str]) -> dict[int, dict[int, int]]:
    """Whole parts (control file and data) per node: ``{node: {part: parts}}``."""
    kinds: dict[tuple[int, int, int], set[str]] = defaultdict(set)
    for path in paths:
        if found := PART.fullmatch(path):
            kinds[int(found["node"]), int(found["part"]), int(found["parts"])].add(found["kind"])
    whole: dict[int, dict[int, int]] = defaultdict(dict)
    for (node, part, parts), seen in kinds.items():
        if seen == {"ctl", "Data"}:
            whole[node][part] = parts
    return dict(whole)


def defects(paths: list[str], nodes: list[int] | None = None) -> list[str]:
    """What a backup lacks, judged by its file names; nothing when it is complete.

    Args:
        paths: file names below ``<prefix>/<ID>``.
        nodes: the node IDs it must have; when unknown, those it has.
    """
    whole = parts_present(paths)
    missing = [f"{each} is missing" for each in SQL_FILES if each not in paths]
    if not whole:
        missing.append("no data node's parts")
    for node in nodes or sorted(whole):
        found = whole.get(node, {})
        expected = max(found.values(), default=0)
        if not expected or set(found) != set(range(1, expected + 1)):
            missing.append(f"node {node} has whole parts {sorted(found)} of {expected or 'an unknown number'}")
    return missing


def recorded_nodes(remote: str, backup_id: str, paths: list[str]) -> list[int] | None:
    """Node IDs of a backup's source, as its first control file says; None when it has none."""
    controls = sorted(path for path in paths if path.endswith(".ctl"))
    if not controls:
        return None
    found = json.loads(rclone("cat", prefix(remote, backup_id, controls[0])))
    return [int(node) for node in found["nodes"]]


def complete_or_fail(remote: str, backup_id: str) -> list[int]:
    """Give the node IDs of a complete backup.

    Raises:
        StandinError: it does not exist, or lacks something.
    """
    paths = [item["Path"] for item in listing(remote, backup_id)]
    where = prefix(remote, backup_id).partition(":")[2]
    if not paths:
        message = f"there is no backup {backup_id}: nothing below {where}"
        raise StandinError(message)
    nodes = recorded_nodes(remote, backup_id, paths)
    if lacking := defects(paths, nodes):
        message = f"backup {backup_id} below {where} is not complete: {'; '.join(lacking)}"
        raise StandinError(message)
    return nodes or []
