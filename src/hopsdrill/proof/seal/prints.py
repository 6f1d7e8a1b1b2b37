"""Fingerprints as a seal holds them: digests only, under a key that is kept beside the seal; no value is in it."""

from collections.abc import Iterable, Iterator
from typing import Any

from hopsdrill.proof.prints import Print, Prints
from hopsdrill.proof.rondb.accounts import Account, Accounts
from hopsdrill.proof.rondb.digest import Digest, Range
from hopsdrill.proof.rondb.fingerprint import Fingerprint, Part, TablePrint
from hopsdrill.proof.rondb.tables import Column, Table
from hopsdrill.proof.seal.model import Thing


RONDB = "rondb"
TABLE, ACCOUNT = "table ", "account "  # how the titles of the database's things begin


def of_prints(store: str, found: Prints) -> Iterator[Thing]:
    """Things by title, in order."""
    for title in sorted(found):
        yield Thing(store=store, title=title, state=found[title].digests)


def prints(things: Iterable[Thing]) -> Prints:
    """The same as they are compared; what they said is hidden."""
    return {each.title: Print(dict(each.state), {}) for each in things}


def of_tables(found: Fingerprint) -> Iterator[Thing]:
    """Tables, each with its definition and the digests of its ranges."""
    for title in sorted(found):
        yield Thing(store=RONDB, title=TABLE + title, state=_table(found[title]))


def _table(found: TablePrint) -> dict[str, Any]:
    table = found.table
    return {
        "database": table.database,
        "name": table.name,
        "columns": [[each.name, each.type] for each in table.columns],
        "key": [[each.name, each.type] for each in table.key],
        "clauses": sorted(found.clauses),
        "parts": [
            [_bound(part.start), _bound(part.end), each.digest.count, each.digest.total]
            for part, each in found.parts.items()
        ],
    }


def _bound(value: Any) -> Any:
    """A key's value for JSON; what JSON has no form for goes as the text a server reads as the same value."""
    if value is None or isinstance(value, (int, str)):
        return value
    return {"hex": value.hex()} if isinstance(value, bytes) else str(value)


def _unbound(value: Any) -> Any:
    return bytes.fromhex(value["hex"]) if isinstance(value, dict) else value


def tables(things: Iterable[Thing]) -> Fingerprint:
    """Tables as they are compared; which row differs is not known, only in which range."""
    return {each.title.removeprefix(TABLE): _unpacked(each.state) for each in things if each.title.startswith(TABLE)}


def _unpacked(state: dict[str, Any]) -> TablePrint:
    columns, key = (tuple(Column(*each) for each in state[name]) for name in ("columns", "key"))
    parts = {
        Range(_unbound(start), _unbound(end)): Part(Digest(count, total)) for start, end, count, total in state["parts"]
    }
    return TablePrint(Table(state["database"], state["name"], columns, key), frozenset(state["clauses"]), parts)


def of_accounts(found: Accounts) -> Iterator[Thing]:
    """Accounts with their grants; a password is there as its digest."""
    for who in sorted(found):
        state = {"rules": sorted(found[who].rules), "password": found[who].password}
        yield Thing(store=RONDB, title=ACCOUNT + who, state=state)


def accounts(things: Iterable[Thing]) -> Accounts:
    """Accounts as they are compared."""
    return {
        each.title.removeprefix(ACCOUNT): Account(frozenset(each.state["rules"]), each.state["password"])
        for each in things
        if each.title.startswith(ACCOUNT)
    }
