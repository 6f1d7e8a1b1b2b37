"""``standin <verb> [arguments]``: one verb per container of the chart, and per program run in a pod."""

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from typing import Any

from standin.say import StandinError, say


# verb: (module, function, positional arguments); modules are imported when used, because start-up time is paid often
VERBS: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "node-run": ("node", "run", ()),
    "node-clear": ("node", "clear", ("backup_id", "run_id")),
    "node-forget": ("node", "forget", ()),
    "node-download": ("node", "download", ("backup_id", "groups", "replicas")),
    "node-backup": ("agent", "backup_parts", ("backup_id", "--parts", "--first", "--total")),
    "node-discard": ("agent", "discard", ("backup_id",)),
    "node-begin": ("restore", "begin", ("backup_id",)),
    "node-make-tables": ("restore", "make_tables", ("backup_id",)),
    "node-load-rows": ("restore", "load_rows", ("backup_id",)),
    "node-add-indexes": ("restore", "add_indexes", ("backup_id",)),
    "node-remove": ("restore", "remove", ("backup_id",)),
    "wait-for-server": ("db", "wait_for_server", ("seconds",)),
    "backup-metadata": ("sqlfiles", "backup_metadata", ()),
    "run-native-backup": ("backup", "run_current", ()),
    "upload-native-backups": ("upload", "upload_native_backups", ()),
    "cleanup-old-backups": ("upload", "cleanup_old_backups", ()),
    "wait-for-nodes": ("jobs", "wait_for_nodes", ("minutes",)),
    "on-first-node": ("jobs", "on_first_node", ("program", "backup_id")),
    "restore-rows": ("jobs", "restore_rows", ("backup_id",)),
    "remove-downloads": ("jobs", "remove_downloads", ("backup_id",)),
    "download-sql": ("jobs", "download_sql", ("backup_id",)),
    "wait-for-job": ("jobs", "wait_for_job", ("name", "seconds")),
    "initialise-mysqld": ("jobs", "initialise_mysqld", ()),
    "hook-check": ("hooks", "check", ("backup_id",)),
    "hook-shutdown": ("hooks", "shutdown", ("backup_id",)),
    "hook-velero": ("velero", "restore_in_place", ("backup_id",)),
    "velero-namespaces": ("namespaces", "rewrite", ()),
    "hopsfs-server": ("hopsfs.server", "run", ()),
    "hopsfs-report": ("hopsfs.report", "run", ("--dry-run",)),
    "hopsfs-restore": ("hopsfs.undelete", "run", ("backup_id",)),
    "hopsfs-hook-shutdown": ("hopsfs.shutdown", "run", ("backup_id",)),
    "stop-deployment": ("clients", "stop_deployment", ("name",)),
    "onlinefs": ("onlinefs.consumer", "run", ()),
    "onlinefs-replay": ("onlinefs.replay", "replay", ("group", "topic", "moment")),
    "kafka-topics": ("onlinefs.topics", "create", ()),
    "olk-wait": ("olk.api", "wait", ("seconds",)),
    "olk-repos": ("olk.repos", "create_repos", ()),
    "olk-setup": ("olk.setup", "setup", ()),
    "olk-backup": ("olk.backup", "create_snapshot", ()),
    "olk-restore": ("olk.restore", "restore", ()),
    "olk-check": ("olk.check", "check", ()),
    "registry-backup": ("registry.backup", "create_backup", ()),
    "registry-restore": ("registry.restore", "restore", ("backup_id",)),
}
COUNTS = {"groups", "replicas", "parts", "first", "total", "seconds", "minutes"}
SWITCHES = {"--dry-run"}


def parser() -> argparse.ArgumentParser:
    """The command line."""
    top = argparse.ArgumentParser(prog="standin", description=__doc__)
    verbs = top.add_subparsers(dest="verb", required=True)
    for verb, (_, _, arguments) in VERBS.items():
        sub = verbs.add_parser(verb)
        for argument in arguments:
            if argument in SWITCHES:
                sub.add_argument(argument, action="store_true")
                continue
            kind: dict[str, Any] = {"type": int if argument.strip("-") in COUNTS else str}
            sub.add_argument(argument, **kind, **({"required": True} if argument.startswith("-") else {}))
    return top


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb; 1 when it failed, with the reason as the last line."""
    os.umask(0o077)
    given = vars(parser().parse_args(argv))
    module, function, _ = VERBS[given.pop("verb")]
    try:
        getattr(importlib.import_module(f"standin.{module}"), function)(**given)
    except StandinError as error:
        say(f"failed: {error}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
