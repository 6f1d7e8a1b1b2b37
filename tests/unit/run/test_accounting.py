"""What a database says, row by row, so that changes to it can be accounted for."""

from types import SimpleNamespace

import pytest

from hopsdrill.core.errors import OperationError
from hopsdrill.journal import EvidenceStore, Journal, Recorder, read
from hopsdrill.model import events as ev
from hopsdrill.proof.loss import account_changes
from hopsdrill.proof.rondb.accounts import Account
from hopsdrill.proof.rondb.digest import Digest, Range
from hopsdrill.proof.rondb.fingerprint import Part, TablePrint, pack
from hopsdrill.proof.rondb.tables import Column, Table
from hopsdrill.proof.snapshot import DatabaseState
from hopsdrill.run import accounting
from hopsdrill.run.accounting import changes_are_accounted_for, database_says


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


def broken():
    """A store that does not serve."""
    msg = "no shard answers"
    raise OperationError(msg)


POINT, LAST = {"a": 1}, {"a": 2, "b": 1}


@pytest.mark.parametrize(
    ("store", "way", "said"),
    [
        ("opensearch", lambda: (POINT, LAST, POINT), []),
        (
            "opensearch",
            lambda: (POINT, LAST, LAST),
            ["a: made after the recovery point, and there", "b: made after"],
        ),
        ("opensearch", lambda: (POINT, LAST, {}), ["opensearch: a: held at the recovery point, and lost"]),
        ("kubernetes", lambda: (POINT, LAST, {**POINT, "b": 1}), []),
        (
            "opensearch",
            lambda: (POINT, LAST, {**POINT, "b": 1}),
            ["opensearch: b: made after the recovery point"],
        ),
        ("opensearch", broken, ["opensearch cannot be read: no shard answers"]),
    ],
)
def test_what_became_of_every_change_is_recorded(tmp_path, monkeypatch, store, way, said):
    """Each that did not end as it must is named; a store that cannot be read is no pass, and the others are accounted for all the same."""
    recorder = Recorder(Journal(tmp_path), EvidenceStore(tmp_path))
    monkeypatch.setattr(accounting, "_ways", lambda *_: {store: way, "registry": lambda: (POINT, POINT, POINT)})
    monkeypatch.setattr(accounting, "present", lambda _: {})
    changes_are_accounted_for(SimpleNamespace(recorder=recorder), None, None)
    recorder.journal.close()
    events = [entry.event for entry in read(tmp_path)]
    (proof,) = [each for each in events if isinstance(each, ev.ProofRecorded)]
    assert (proof.status is ev.Status.PASSED) == (not said)
    assert len(proof.differences) == len(said)
    assert all(any(part in line for line in proof.differences) for part in said)
    accounts = {each.store: each for each in events if isinstance(each, ev.LossAccounted)}
    assert set(accounts) == {store, "registry"} - ({store} if way is broken else set())
    assert accounts["registry"].acknowledged == 0
    if way is not broken:
        assert accounts[store].acknowledged == 2
        assert (accounts[store].unexpected_lost + accounts[store].unexpected_kept == 0) == (not said)
