"""Defects as a bad restore would leave them; each can be undone, so that one restored platform serves for all."""

from collections.abc import Callable
from dataclasses import dataclass

from hopsdrill.adapters.sql import Sql, name
from hopsdrill.site import Site


@dataclass(frozen=True)
class Target:
    """What there is to damage: names only, so that this layer knows no workload.

    Attributes:
        table: database and table with an ``id`` and an ``amount``; nothing refers to it.
        account: ``'user'@'host'`` with the privilege.
        secret: namespace and name; ``key`` of its data goes back to an old value.
    """

    table: tuple[str, str]
    account: str
    privilege: str
    secret: tuple[str, str]
    key: str


@dataclass(frozen=True)
class Defect:
    """How to plant a defect, whether it took effect, and how to undo it.

    Attributes:
        named: a text that the drill's differences must hold.
    """

    plant: Callable[[], object]
    there: Callable[[], bool]
    undo: Callable[[], object]
    named: str


def defects(site: Site, sql: Sql, target: Target) -> dict[str, Defect]:
    """Every defect by the words of the scenario."""
    return {
        "one changed row": _changed_row(sql, target),
        "one missing table": _missing_table(sql, target),
        "one stale secret": _stale_secret(site, target),
        "one dropped grant": _dropped_grant(sql, target),
    }


def _changed_row(sql: Sql, target: Target) -> Defect:
    table = name(*target.table)
    number = int(sql.query(f"SELECT MAX(id) FROM {table}")[0][0])  # noqa: S608 - names are quoted
    read = f"SELECT amount FROM {table} WHERE id = {number}"  # noqa: S608
    before = sql.query(read)[0][0]

    def set_to(sign: str) -> None:
        sql.execute(f"UPDATE {table} SET amount = amount {sign} 0.01 WHERE id = {number}")  # noqa: S608

    return Defect(
        plant=lambda: set_to("+"),
        there=lambda: sql.query(read)[0][0] != before,
        undo=lambda: set_to("-"),
        named=f"{'.'.join(target.table)}[{number}] amount",
    )


def _missing_table(sql: Sql, target: Target) -> Defect:
    table, aside = name(*target.table), name("mysql", f"aside_{target.table[1]}")

    # moved to a database that no proof looks at, so that it can come back as it was
    return Defect(
        plant=lambda: sql.execute(f"RENAME TABLE {table} TO {aside}"),
        there=lambda: not sql.query(f"SHOW TABLES FROM {name(target.table[0])} LIKE '{target.table[1]}'"),
        undo=lambda: sql.execute(f"RENAME TABLE {aside} TO {table}"),
        named=f"{'.'.join(target.table)}: table missing",
    )


def _stale_secret(site: Site, target: Target) -> Defect:
    namespace, title = target.secret
    current = (site.kube.get("v1/Secret", title, namespace) or {})["data"][target.key]
    stale = "c3RhbGUtdmFsdWU="  # "stale-value"

    def set_to(value: str) -> None:
        site.kube.patch("v1/Secret", title, namespace, {"data": {target.key: value}})

    return Defect(
        plant=lambda: set_to(stale),
        there=lambda: (site.kube.get("v1/Secret", title, namespace) or {})["data"][target.key] == stale,
        undo=lambda: set_to(current),
        named=f"Secret {namespace}/{title}",
    )


def _dropped_grant(sql: Sql, target: Target) -> Defect:
    scope = f"{name(target.table[0])}.*"

    def held() -> bool:
        grants = sql.query(f"SHOW GRANTS FOR {target.account}")
        return any(f" ON {scope} " in row[0] and target.privilege in row[0] for row in grants)

    return Defect(
        plant=lambda: sql.execute(f"REVOKE {target.privilege} ON {scope} FROM {target.account}"),
        there=lambda: not held(),
        undo=lambda: sql.execute(f"GRANT {target.privilege} ON {scope} TO {target.account}"),
        named=f"{target.account.replace(chr(39), '')}: lost: GRANT",
    )
