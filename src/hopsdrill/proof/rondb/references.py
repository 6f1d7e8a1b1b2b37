"""Foreign keys, held by the rows themselves: a restore may load rows with the checks switched off."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from hopsdrill.adapters.sql import Sql, name


@dataclass
class ForeignKey:
    """One constraint; ``columns`` are pairs of a child's and its parent's."""

    title: str
    child: str
    parent: str
    columns: list[tuple[str, str]] = field(default_factory=list)


def foreign_keys(sql: Sql) -> list[ForeignKey]:
    """Every foreign key of every database, by name."""
    found = sql.query(
        "SELECT TABLE_SCHEMA, TABLE_NAME, CONSTRAINT_NAME, REFERENCED_TABLE_SCHEMA, REFERENCED_TABLE_NAME, COLUMN_NAME, "
        "REFERENCED_COLUMN_NAME FROM information_schema.KEY_COLUMN_USAGE WHERE REFERENCED_TABLE_NAME IS NOT NULL "
        "ORDER BY TABLE_SCHEMA, TABLE_NAME, CONSTRAINT_NAME, ORDINAL_POSITION"
    )
    made: dict[tuple[str, str, str], ForeignKey] = {}
    for database, table, constraint, other, parent, column, referenced in found:
        one = ForeignKey(f"{database}.{table} {constraint}", name(database, table), name(other, parent))
        made.setdefault((database, table, constraint), one).columns.append((column, referenced))
    return list(made.values())


def orphans(sql: Sql, known: list[ForeignKey]) -> Iterator[str]:
    """Each foreign key that does not hold, with how many rows name a parent that is not there."""
    for each in known:
        joined = " AND ".join(f"p.{name(parent)} = c.{name(child)}" for child, parent in each.columns)
        named = " AND ".join(f"c.{name(child)} IS NOT NULL" for child, _ in each.columns)
        missing = f"p.{name(each.columns[0][1])} IS NULL"
        count = sql.query(
            f"SELECT COUNT(*) FROM {each.child} c LEFT JOIN {each.parent} p ON {joined} WHERE {named} AND {missing}"  # noqa: S608 - names are quoted
        )[0][0]
        if count:
            yield f"{each.title}: {count} rows name a row of {each.parent.replace('`', '')} that is not there"
