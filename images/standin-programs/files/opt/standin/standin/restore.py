"""The data node's side of a restore, in RonDB's order: tables, rows, then indexes and foreign keys."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from standin.db import OWN_DATABASE, connect, name, rows, text, told, user_databases
from standin.part import PartPath, load_part, read_control
from standin.say import StandinError, env, say
from standin.schema import Schema
from standin.volume import empty, here


ALWAYS_LEFT_OUT = ("ycsb", "dbt2", "heartbeat")


def left_out() -> set[str]:
    """Databases that are never restored."""
    return {*ALWAYS_LEFT_OUT, *filter(None, env("EXCLUDE_DATABASES", "").split(","))}


def controls(backup_id: str) -> list[Path]:
    """Control files of the parts on this node's volume."""
    return sorted(here().restore(backup_id).glob("*/BACKUP-*/*.ctl"))


def saved_schema(backup_id: str) -> Schema:
    """The schema all parts on this node agree on.

    Raises:
        StandinError: there is none, or they differ.
    """
    found: list[dict[str, Any]] = [read_control(path)["schema"] for path in controls(backup_id)]
    if not found or any(each != found[0] for each in found):
        message = f"{len(found)} control files of backup {backup_id} on this node, and they do not agree on one schema"
        raise StandinError(message)
    return Schema.from_json(found[0]).without(left_out())


def begin(backup_id: str) -> None:
    """Make sure the server is empty; what an earlier attempt of this same restore left is removed.

    Raises:
        StandinError: there are databases this restore did not make.
    """
    journal = f"`{OWN_DATABASE}`.`restore`"
    with connect() as session, told("looking for databases"):
        found = user_databases(session)
        mine = rows(session, f"SELECT 1 FROM {journal} WHERE backup_id = {text(backup_id)} AND state = 'begun'")
        if found and not mine:
            message = f"the server already holds databases ({', '.join(found)}): not restoring over them"
            raise StandinError(message)
        rows(session, "SET SESSION foreign_key_checks = 0")
        for database in found:
            rows(session, f"DROP DATABASE {name(database)}")
        rows(session, f"REPLACE INTO {journal} VALUES ({text(backup_id)}, 'begun')")


def make_tables(backup_id: str) -> None:
    """Make databases and bare tables."""
    schema = saved_schema(backup_id)
    with connect() as session:
        rows(session, "SET SESSION foreign_key_checks = 0")
        for database, statement in schema.databases.items():
            with told(f"making database {database}"):
                rows(session, statement)
        for table in schema.tables:
            with told(f"making table {table.database}.{table.name}"):
                rows(session, f"USE {name(table.database)}")
                rows(session, table.create)
    say(f"{len(schema.databases)} databases, {len(schema.tables)} tables, no indexes yet")


def load_rows(backup_id: str) -> None:
    """Load the rows of every part on this node, all parts at once."""
    parts = [PartPath(path.parent, backup_id, int(path.suffixes[-2].removeprefix("."))) for path in controls(backup_id)]
    excluded = left_out()

    def load(part: PartPath) -> int:
        with connect() as session:
            rows(session, "SET SESSION unique_checks = 0, foreign_key_checks = 0")
            return load_part(session, part, excluded)

    with ThreadPoolExecutor(max(1, len(parts))) as pool:
        counts = list(pool.map(load, parts))
    say(f"{sum(counts)} rows from {len(parts)} parts")


def add_indexes(backup_id: str) -> None:
    """Add indexes to all tables, then foreign keys, which are checked against the rows."""
    schema = saved_schema(backup_id)
    with connect() as session:
        for clauses in ("indexes", "foreign_keys"):
            for table in schema.tables:
                added = [f"ADD {clause}" for clause in getattr(table, clauses)]
                if added:
                    with told(f"adding {clauses} to {table.database}.{table.name}"):
                        rows(session, f"USE {name(table.database)}")
                        rows(session, f"ALTER TABLE {name(table.database, table.name)} {', '.join(added)}")
        rows(session, f"REPLACE INTO `{OWN_DATABASE}`.`restore` VALUES ({text(backup_id)}, 'done')")
    say("indexes and foreign keys are in place")


def remove(backup_id: str) -> None:
    """Remove the downloaded backup from this node's volume."""
    folder = here().restore(backup_id)
    say(f"removed {empty(folder)} entries of {folder}")
    folder.rmdir()
