"""One part of a backup: a share of every table's rows as SQL text, and a control file written last.

``BACKUP-<ID>-PART-<i>-OF-<n>/BACKUP-<ID>-0.<node>.Data`` holds one INSERT a line;
``.../BACKUP-<ID>.<node>.ctl`` is JSON and says the part is whole: without it a part does not exist.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pymysql.cursors import SSCursor

from standin.db import Session, name, rows, text, told
from standin.say import StandinError
from standin.schema import Table
from standin.volume import digest, write_durably


STATEMENT_BYTES = 256 * 1024  # an INSERT grows to about this; far below max_allowed_packet


@dataclass(frozen=True)
class Slice:
    """Which rows: those whose key hashes to ``index`` of ``total``."""

    index: int
    total: int


@dataclass(frozen=True)
class PartPath:
    """The files of one part."""

    folder: Path
    backup_id: str
    node: int

    @property
    def data(self) -> Path:
        """The rows."""
        return self.folder / f"BACKUP-{self.backup_id}-0.{self.node}.Data"

    @property
    def control(self) -> Path:
        """The control file."""
        return self.folder / f"BACKUP-{self.backup_id}.{self.node}.ctl"


def part_folder(base: Path, backup_id: str, part: int, parts: int) -> Path:
    """The folder of part ``part`` (from 1) of ``parts``."""
    return base / f"BACKUP-{backup_id}-PART-{part}-OF-{parts}"


def expression(column: str, kind: str) -> str:
    """What to SELECT so that a value survives the trip as text."""
    # the server prints a FLOAT with six digits only; as DOUBLE it prints all it holds
    forms = {"binary": "HEX({})", "bit": "BIN({} + 0)", "float": "CAST({} AS DOUBLE)"}
    return forms.get(kind, "{}").format(name(column))


def literal(value: str | None, kind: str) -> str:
    """What to INSERT for a value fetched by ``expression``."""
    if value is None:
        return "NULL"
    if kind == "binary":
        return f"x'{value}'"
    if kind == "bit":
        return f"b'{value}'"
    return value if kind in {"float", "number"} else text(value)


def row_hash(table: Table) -> str:
    """SQL giving a row's hash: of its primary key, or of all its columns when it has none."""
    kinds = dict(table.columns)
    columns = table.key or list(kinds)
    return f"CRC32(CONCAT_WS('#', {', '.join(expression(column, kinds[column]) for column in columns)}))"


def select_rows(table: Table, share: Slice) -> str:
    """SQL for a share of a table's rows."""
    what = ", ".join(expression(column, kind) for column, kind in table.columns)
    where = f"MOD({row_hash(table)}, {share.total}) = {share.index}"
    return f"SELECT {what} FROM {name(table.database, table.name)} WHERE {where}"


def statements(table: Table, fetched: Iterator[tuple[Any, ...]]) -> Iterator[tuple[str, int]]:
    """INSERT statements for rows, each with the number of rows in it."""
    columns = ", ".join(name(column) for column, _ in table.columns)
    head = f"INSERT INTO {name(table.database, table.name)} ({columns}) VALUES "
    kinds = [kind for _, kind in table.columns]
    batch: list[str] = []
    size = 0
    for row in fetched:
        batch.append("(" + ",".join(literal(value, kind) for value, kind in zip(row, kinds, strict=True)) + ")")
        size += len(batch[-1])
        if size > STATEMENT_BYTES:
            yield head + ",".join(batch), len(batch)
            batch, size = [], 0
    if batch:
        yield head + ",".join(batch), len(batch)


def write_part(session: Session, tables: list[Table], share: Slice, path: PartPath, facts: dict[str, Any]) -> list[int]:
    """Write a share of all tables from a session whose snapshot is open; count rows per table.

    Args:
        facts: what the control file says besides this part's own counts and digest.
    """
    path.folder.mkdir(parents=True, exist_ok=True)
    counts = []
    with path.data.open("w", encoding="utf-8", newline="\n") as file, told(f"writing {path.data.name}"):
        for table in tables:
            counts.append(0)
            with session.cursor(SSCursor) as cursor:
                cursor.execute(select_rows(table, share))
                for statement, count in statements(table, iter(cursor)):
                    file.write(statement + ";\n")
                    counts[-1] += count
    named = [
        {"table": f"{table.database}.{table.name}", "rows": count} for table, count in zip(tables, counts, strict=True)
    ]
    own = {"data": {"bytes": path.data.stat().st_size, "sha256": digest(path.data)}, "rows": named}
    write_durably(path.control, json.dumps({**facts, **own}, indent=1) + "\n")
    return counts


def read_control(path: Path) -> dict[str, Any]:
    """Read a control file.

    Raises:
        StandinError: it is not there or not whole.
    """
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        message = f"the control file {path} cannot be read: {error}"
        raise StandinError(message) from error
    if not isinstance(found, dict):
        message = f"the control file {path} does not hold an object"
        raise StandinError(message)
    return found


def load_part(session: Session, path: PartPath, left_out: set[str]) -> int:
    """Load one part's rows in one transaction; count them.

    Args:
        left_out: databases whose rows are passed over.

    Raises:
        StandinError: the data is not what the control file says.
    """
    control = read_control(path.control)
    if not path.data.is_file() or digest(path.data) != control["data"]["sha256"]:
        message = f"{path.data} is missing or is not what its control file says (SHA-256)"
        raise StandinError(message)
    wanted = sum(item["rows"] for item in control["rows"] if item["table"].partition(".")[0] not in left_out)
    passed_over = tuple(f"INSERT INTO {name(database)}." for database in left_out)
    loaded = 0
    with told(f"loading {path.data.name}"), path.data.open(encoding="utf-8", newline="\n") as file:
        rows(session, "START TRANSACTION")
        for line in file:
            if not line.startswith(passed_over):
                with session.cursor() as cursor:
                    loaded += cursor.execute(line.rstrip("\n").removesuffix(";"))
        rows(session, "COMMIT")
    if loaded != wanted:
        message = f"{path.data} gave {loaded} rows where its control file says {wanted}"
        raise StandinError(message)
    return loaded
