"""Defects as a bad restore would leave them; each can be undone, so that one restored platform serves for all."""

from collections.abc import Callable

from hopsdrill.adapters.sql import Sql, name
from hopsdrill.faults import stores
from hopsdrill.faults.defect import Defect, Target
from hopsdrill.site import Site


def defects(site: Site, sql: Sql, target: Target) -> dict[str, Callable[[], Defect]]:
    """How to make every defect, by the words of the scenario; making one reads what it will have to undo."""
    return {
        "one changed row": lambda: _changed_row(sql, target),
        "one missing table": lambda: _missing_table(sql, target),
        "one stale secret": lambda: _stale_secret(site, target),
        "one changed label": lambda: _changed_label(site, target),
        "one dropped grant": lambda: _dropped_grant(sql, target),
        "one lost write": lambda: _lost_write(sql, target),
        "one write that no backup holds": lambda: _late_write(sql, target),
        "another drawn value": lambda: _other_value(sql, target),
        "one changed byte of a file": lambda: stores.changed_byte(site, sql, target),
        "one missing block": lambda: stores.missing_block(site, sql, target),
        "one changed document": lambda: stores.changed_document(site, target),
        "one changed mapping": lambda: stores.changed_mapping(site, target),
        "another version of a block's checksum": lambda: stores.other_version(site, sql, target),
        "one shifted offset": lambda: stores.shifted_offset(site, target),
        "another image under a tag": lambda: stores.other_image(site, target),
        "one lost row of the stream": lambda: stores.lost_row(sql, target),
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


def _changed_label(site: Site, target: Target) -> Defect:
    (namespace, title), label = target.labelled, "planted"

    def set_to(value: str | None) -> None:
        site.kube.patch("v1/ConfigMap", title, namespace, {"metadata": {"labels": {label: value}}})

    def held() -> bool:
        return label in (site.kube.get("v1/ConfigMap", title, namespace) or {})["metadata"].get("labels", {})

    return Defect(
        plant=lambda: set_to("yes"),
        there=held,
        undo=lambda: set_to(None),
        named=f"ConfigMap {namespace}/{title} metadata.labels.{label}",
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


def _lost_write(sql: Sql, target: Target) -> Defect:
    table = name(*target.ledger)
    number, payload = sql.query(f"SELECT number, payload FROM {table} ORDER BY number LIMIT 1 OFFSET 2")[0]  # noqa: S608
    return Defect(
        plant=lambda: sql.execute(f"DELETE FROM {table} WHERE number = %s", [number]),  # noqa: S608 - names are quoted
        there=lambda: not sql.query(f"SELECT 1 FROM {table} WHERE number = %s", [number]),  # noqa: S608
        undo=lambda: sql.execute(f"INSERT INTO {table} VALUES (%s, %s)", [number, payload]),  # noqa: S608
        named=f"{'.'.join(target.ledger)}[{number}]: acknowledged before the recovery point, and gone",
    )


def _late_write(sql: Sql, target: Target) -> Defect:
    table, (number, payload) = name(*target.ledger), target.late
    return Defect(
        plant=lambda: sql.execute(f"INSERT INTO {table} VALUES (%s, %s)", [number, payload]),  # noqa: S608 - names are quoted
        there=lambda: bool(sql.query(f"SELECT 1 FROM {table} WHERE number = %s", [number])),  # noqa: S608
        undo=lambda: sql.execute(f"DELETE FROM {table} WHERE number = %s", [number]),  # noqa: S608
        named=f"{'.'.join(target.ledger)}[{number}]: sent after the recovery point, and there",
    )


def _other_value(sql: Sql, target: Target) -> Defect:
    table = name(*target.drawn)
    before = sql.query(f"SELECT value FROM {table}")[0][0]  # noqa: S608 - names are quoted

    def set_to(value: str) -> None:
        sql.execute(f"UPDATE {table} SET value = %s", [value])  # noqa: S608

    return Defect(
        plant=lambda: set_to("0" * 64),
        there=lambda: sql.query(f"SELECT value FROM {table}")[0][0] != before,  # noqa: S608
        undo=lambda: set_to(before),
        named="another value, or none",
    )
