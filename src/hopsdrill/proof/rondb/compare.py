"""Expected state against the live one, each difference named: ``db.table[key] column: old -> new``."""

from collections.abc import Iterator, Sequence
from functools import reduce
from operator import add

from hopsdrill.adapters.sessions import Sessions
from hopsdrill.adapters.sql import Sql
from hopsdrill.proof.key import Key
from hopsdrill.proof.rondb.digest import EMPTY, Digest, Range, digest
from hopsdrill.proof.rondb.fingerprint import Fingerprint, Part, TablePrint, Values, kept
from hopsdrill.proof.rondb.tables import Table, definition


SHOWN = 60  # characters of a value
SPAN = 8  # ranges whose digest is asked for at once; where it differs, they are halved until the ranges are found

Leaf = tuple[Range, Part]


def compare(sql: Sql, expected: Fingerprint, live: Sequence[Table], key: Key) -> list[str]:
    """Name everything in which the live tables differ from a fingerprint; empty when they are equal.

    Digests are computed over the fingerprint's own ranges, many at once; rows are read only where one differs.
    """
    found = {table.title: table for table in live}
    lost, gained = sorted(expected.keys() - found.keys()), sorted(found.keys() - expected.keys())
    differences = [f"{title}: table missing, had {expected[title].digest.count} rows" for title in lost]
    differences += [f"{title}: a table that was not in the snapshot" for title in gained]
    with Sessions(sql) as sessions:
        for title in sorted(expected.keys() & found.keys()):
            differences += _definition(sql, expected[title], found[title])
            differences += _rows(sql, sessions, expected[title], found[title], key)
    return differences


def _definition(sql: Sql, old: TablePrint, table: Table) -> Iterator[str]:
    clauses = definition(sql, table)
    for clause in sorted(old.clauses - clauses):
        yield f"{table.title}: definition lost: {clause}"
    for clause in sorted(clauses - old.clauses):
        yield f"{table.title}: definition gained: {clause}"
    if old.clauses == clauses and old.table != table:
        yield f"{table.title}: columns or key are other ones than in the snapshot"


def _rows(sql: Sql, sessions: Sessions, old: TablePrint, table: Table, key: Key) -> Iterator[str]:
    if old.table != table:
        return  # said by the definition's difference; digests over other columns cannot be compared
    leaves = list(old.parts.items())
    spans = [leaves[start : start + SPAN] for start in range(0, len(leaves), SPAN)]
    for _, differing in sessions.map(lambda own, span: list(narrowed(own, table, key, span)), spans):
        for (bounds, part), seen in differing:
            named = []
            if part.packed is not None:
                named = list(_named(table, part, kept(sql, table, key, bounds, whole=part.whole)))
            yield from named or [f"{table.title} {_shown_range(table, bounds)}: expected {part.digest}, found {seen}"]


def narrowed(sql: Sql, table: Table, key: Key, span: Sequence[Leaf]) -> Iterator[tuple[Leaf, Digest]]:
    """The ranges of a span whose live digest is another one, found by halving; each with that digest."""
    seen = digest(sql, table, key, Range(span[0][0].start, span[-1][0].end))
    if seen == reduce(add, (part.digest for _, part in span), EMPTY):
        return
    if len(span) == 1:
        yield span[0], seen
        return
    half = len(span) // 2
    yield from narrowed(sql, table, key, span[:half])
    yield from narrowed(sql, table, key, span[half:])


def _named(table: Table, part: Part, new: dict[Values, Values]) -> Iterator[str]:
    old = part.rows
    for key in sorted(old.keys() | new.keys(), key=repr):
        where = f"{table.title}[{', '.join(_shown(value) for value in key)}]"
        if key not in new:
            yield f"{where}: row missing"
        elif key not in old:
            yield f"{where}: a row that was not in the snapshot"
        else:
            names = [f" {column.name}" for column in table.columns] if part.whole else [" digest of the row"]
            for said, before, after in zip(names, old[key], new[key], strict=True):
                if before != after:
                    yield f"{where}{said}: {_shown(before)} -> {_shown(after)}"


def _shown(value: str | None) -> str:
    if value is None:
        return "NULL"
    return value if len(value) <= SHOWN else f"{value[:SHOWN]}... ({len(value)} characters)"


def _shown_range(table: Table, bounds: Range) -> str:
    column, start, end = table.key[0].name, bounds.start, bounds.end
    return f"rows with {column} from {'the first' if start is None else start} to before {'the end' if end is None else end}"
