"""A data node's own life: made, started, cleared for a restore, given its share of a backup."""

import os
import subprocess
import uuid
from pathlib import Path

from standin import bucket
from standin.db import OWN_DATABASE, text
from standin.say import StandinError, env, flag, say
from standin.volume import Volume, empty, here, write_durably


CONFIG = Path("/opt/standin/server.cnf")
SERVER = "/usr/sbin/mariadbd"
SERVER_NODE = 1  # node-group-0-0; the other nodes hold their parts of backups, no rows


def first_sql(password: str) -> str:
    """What a newly made server is told once: its administrator and its identity."""
    secret, instance = text(password), f"`{OWN_DATABASE}`.`instance`"
    return "\n".join(
        [
            # the installer also makes administrators without a password, for addresses of this host
            "DELETE FROM mysql.global_priv WHERE User = 'root' AND Host <> 'localhost';",
            "DELETE FROM mysql.proxies_priv WHERE Host <> 'localhost';",
            "FLUSH PRIVILEGES;",
            f"ALTER USER root@localhost IDENTIFIED BY {secret};",
            f"CREATE USER root@'%' IDENTIFIED BY {secret};",
            "GRANT ALL PRIVILEGES ON *.* TO root@'%' WITH GRANT OPTION;",
            f"CREATE DATABASE `{OWN_DATABASE}`;",
            f"CREATE TABLE {instance} (uuid CHAR(36) NOT NULL PRIMARY KEY, initialised_at TIMESTAMP(3) NOT NULL);",
            f"INSERT INTO {instance} VALUES ('{uuid.uuid4()}', UTC_TIMESTAMP(3));",
            f"CREATE TABLE `{OWN_DATABASE}`.`restore` (backup_id VARCHAR(16) NOT NULL PRIMARY KEY, state VARCHAR(16) NOT NULL);",
            "",
        ]
    )


def initialise(volume: Volume) -> None:
    """Make the data directory; it appears whole, by one rename, or not at all.

    Raises:
        StandinError: the server could not be made.
    """
    draft = volume.data.with_name(f"{volume.data.name}.new")
    empty(draft)
    if volume.node == SERVER_NODE:
        make_server(draft)
    write_durably(draft / volume.sysfile.name, f"{uuid.uuid4()}\n")
    draft.rename(volume.data)  # over the empty directory a restore left, or over nothing
    say(f"node {volume.node}: initialised {volume.data}")


def make_server(draft: Path) -> None:
    """Fill a new data directory.

    Raises:
        StandinError: MariaDB's own installer failed.
    """
    script = Path(env("RUN_DIR")) / "first.sql"
    script.touch(mode=0o600)
    script.write_text(first_sql(env("MYSQL_PASSWORD")), encoding="utf-8")
    argv = [
        "/usr/bin/mariadb-install-db",
        f"--defaults-file={CONFIG}",
        f"--datadir={draft}",
        f"--extra-file={script}",
        "--auth-root-authentication-method=normal",
        "--skip-test-db",
        "--skip-name-resolve",
    ]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=300, check=False)
    script.unlink()
    if done.returncode:
        message = f"mariadb-install-db failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}"
        raise StandinError(message)


def run() -> None:
    """Become the node's process; the server on the first node, an idle one elsewhere."""
    volume = here()
    if not volume.sysfile.exists():
        initialise(volume)
    if volume.node != SERVER_NODE:
        say(f"node {volume.node}: ready")
        os.execv("/usr/bin/sleep", ["sleep", "infinity"])  # noqa: S606 - no shell is wanted
    argv = [SERVER, f"--defaults-file={CONFIG}", f"--datadir={volume.data}", f"--socket={env('RUN_DIR')}/server.sock"]
    os.execv(SERVER, argv)  # noqa: S606 - no shell is wanted


def clear(backup_id: str, run_id: str) -> None:
    """Clear the data directory, once per restore.

    The marker is upstream's; it also holds the release revision, so that a second restore of the same ID clears again
    even where the shutdown hook could not reach the node to remove the marker.
    """
    volume = here()
    marker = volume.done_marker(backup_id)
    if marker.exists() and marker.read_text(encoding="utf-8").strip() == run_id and volume.sysfile.exists():
        say(f"node {volume.node}: cleared before for this restore; nothing to do")
        return
    volume.downloaded_marker(backup_id).unlink(missing_ok=True)
    removed = empty(volume.data) + empty(volume.restore(backup_id).parent)
    write_durably(marker, f"{run_id}\n")
    say(f"node {volume.node}: removed {removed} entries; {volume.data} is empty")


def forget() -> None:
    """Remove all markers of earlier restores in place, so that the next one starts anew."""
    volume = here()
    for marker in (*volume.root.glob("inplace_restore_done_*"), *volume.root.glob("backup_downloaded_*")):
        marker.unlink()
        say(f"node {volume.node}: removed {marker.name}")


def download(backup_id: str, groups: int, replicas: int) -> None:
    """Fetch this node's share of a backup: old nodes are dealt round-robin to the nodes there are now.

    Raises:
        StandinError: the backup is not there or not complete.
    """
    volume = here()
    if volume.sysfile.exists() or volume.downloaded_marker(backup_id).exists():
        say(f"node {volume.node}: initialised or downloaded before; nothing to do")
        return
    old = source_nodes(backup_id)
    mine = old[position(replicas) :: groups * replicas]
    empty(volume.restore(backup_id))
    for node in mine:
        target = volume.restore(backup_id) / str(node)
        bucket.rclone("copy", bucket.prefix("restoreRemote", backup_id, "rondb", str(node)), str(target))
    write_durably(volume.downloaded_marker(backup_id), f"{mine}\n")
    say(f"node {volume.node}: downloaded the parts of old nodes {mine} of {old}")


def source_nodes(backup_id: str) -> list[int]:
    """Old node IDs of a backup; an incomplete backup is accepted only where upstream's behaviour is reproduced."""
    if not flag("SILENT_PARTIAL"):
        return sorted(bucket.complete_or_fail("restoreRemote", backup_id))
    return sorted(bucket.parts_present([item["Path"] for item in bucket.listing("restoreRemote", backup_id)]))


def position(replicas: int) -> int:
    """This pod's place among all data nodes, from 0; groups come one after the other."""
    _, group, replica = env("POD_NAME").rsplit("-", 2)
    return int(group) * replicas + int(replica)
