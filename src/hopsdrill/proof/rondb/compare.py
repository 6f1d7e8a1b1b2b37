"""Expected state against the live one, each difference named: ``db.table[key] column: old -> new``."""

from collections.abc import Iterator, Sequence

from hopsdrill.adapters.sql import Sql
from hopsdrill.proof.key import Key
from hopsdrill.proof.rondb.digest import Range, digest
from hopsdrill.proof.rondb.fingerprint import Fingerprint, TablePrint, Values, read_rows
from hopsdrill.proof.rondb.tables import Table, definition


SHOWN = 60  # characters of a value


def compare(sql: Sql, expected: Fingerprint, live: Sequence[Table], key: Key) -> list[str]:
    """Name everything in which the live tables differ from a fingerprint; empty when they are equal.

    Digests are computed over the fingerprint's own ranges; rows are read only where one differs.
    """
    found = {table.title: table for table in live}
    lost, gained = sorted(expected.keys() - found.keys()), sorted(found.keys() - expected.keys())
    differences = [f"{title}: table missing, had {expected[title].digest.count} rows" for title in lost]
    differences += [f"{title}: a table that was not in the snapshot" for title in gained]
    for title in sorted(expected.keys() & found.keys()):
        differences += _definition(sql, expected[title], found[title])
        differences += _rows(sql, expected[title], found[title], key)
    return differences


def _definition(sql: Sql, old: TablePrint, table: Table) -> Iterator[str]:
    clauses = definition(sql, table)
    for clause in sorted(old.clauses - clauses):
        yield f"{table.title}: definition lost: {clause}"
    for clause in sorted(clauses - old.clauses):
        yield f"{table.title}: definition gained: {clause}"


def _rows(sql: Sql, old: TablePrint, table: Table, key: Key) -> Iterator[str]:
    if old.table != table:
        return  # columns or key differ: the definition's difference says so, and digests cannot be compared
    for bounds, part in old.parts.items():
        seen = digest(sql, table, key, bounds)
        if seen == part.digest:
            continue
        named = [] if part.rows is None else list(_named(table, part.rows, read_rows(sql, table, bounds)))
        yield from named or [f"{table.title} {_shown_range(table, bounds)}: expected {part.digest}, found {seen}"]


def _named(table: Table, old: dict[Values, Values], new: dict[Values, Values]) -> Iterator[str]:
    for key in sorted(old.keys() | new.keys(), key=repr):
        where = f"{table.title}[{', '.join(_shown(value) for value in key)}]"
        if key not in new:
            yield f"{where}: row missing"
        elif key not in old:
            yield f"{where}: a row that was not in the snapshot"
        else:
            for column, before, after in zip(table.columns, old[key], new[key], strict=True):
                if before != after:
                    yield f"{where} {column.name}: {_shown(before)} -> {_shown(after)}"


def _shown(value: str | None) -> str:
    if value is None:
        return "NULL"
    return value if len(value) <= SHOWN else f"{value[:SHOWN]}... ({len(value)} characters)"


def _shown_range(table: Table, bounds: Range) -> str:
    column, start, end = table.key[0].name, bounds.start, bounds.end
    return f"rows with {column} from {'the first' if start is None else start} to before {'the end' if end is None else end}"
