"""What a database says, row by row, so that changes to it can be accounted for."""

from hopsdrill.proof.loss import account_changes
from hopsdrill.proof.rondb.accounts import Account
from hopsdrill.proof.rondb.digest import Digest, Range
from hopsdrill.proof.rondb.fingerprint import Part, TablePrint, pack
from hopsdrill.proof.rondb.tables import Column, Table
from hopsdrill.proof.snapshot import DatabaseState
from hopsdrill.run.accounting import database_says


COLUMN = (Column("id", "int"),)
TABLE = Table("d", "t", COLUMN, COLUMN)


def state(rows, mark="p"):
    """A database of one account and one table, cut into two ranges; of the second nothing is kept."""
    parts = {
        Range(None, 5): Part(Digest(len(rows), 1), pack({(key,): (value,) for key, value in rows.items()})),
        Range(5, None): Part(Digest(3, len(rows))),
    }
    return DatabaseState({"d.t": TablePrint(TABLE, frozenset(), parts)}, {"u@%": Account(frozenset({"GRANT"}), mark)})


def test_every_row_and_account_is_told_by_its_name():
    """A row by its key, an account by its name, and of rows that are not kept the range."""
    assert list(database_says(state({"1": "a", "2": None}))) == [
        "account u@%",
        "row d.t[1]",
        "row d.t[2]",
        "rows d.t from 5 to before None",
    ]


def test_what_becomes_of_them_is_accounted_for():
    """A row that came back, one that did not, a password that stayed changed."""
    point, last = state({"1": "a", "2": "b"}), state({"1": "x", "2": "b"}, "other")
    live = state({"1": "a", "2": "y"}, "other")
    found = account_changes(*map(database_says, (point, last, live)))
    assert found.expected_lost == ["row d.t[1]"]
    assert found.unexpected_lost == ["row d.t[2]"]
    assert found.unexpected_kept == ["account u@%"]
