"""Statements of the online store's writer: names quoted, values as parameters, order kept."""

import pymysql
import pytest
from standin.onlinefs.message import Change, RefusedMessageError
from standin.onlinefs.store import Shape, Statement, fit, is_rows_fault, runs, statement


SHAPE = Shape(("id", "part", "score"), ("id", "part"))


def change(op="upsert", table="t", **row):
    """A change of database fs."""
    return Change("fs", table, op, row)


def test_only_columns_that_exist_are_written():
    """In the table's order, whatever the message's."""
    assert fit(change(score=1, unknown=2, part=3, id=4), SHAPE).row == {"id": 4, "part": 3, "score": 1}


def test_a_delete_needs_the_primary_key_alone():
    """Other columns are left out."""
    assert fit(change("delete", id=1, part=2, score=3), SHAPE).row == {"id": 1, "part": 2}


@pytest.mark.parametrize(
    ("shape", "row", "reason"),
    [
        (Shape((), ()), {"id": 1}, "there is no table fs.t"),
        (Shape(("id",), ()), {"id": 1}, "has no primary key"),
        (SHAPE, {"id": 1}, "no value for part"),
        (SHAPE, {"id": 1, "part": None}, "no value for part"),
    ],
)
def test_what_no_table_can_take_is_refused(shape, row, reason):
    """Without a whole primary key a replay would write a second row."""
    with pytest.raises(RefusedMessageError, match=reason):
        fit(change(**row), shape)


def test_rows_become_one_statement_that_may_be_run_again():
    """Values never become text of the statement."""
    made = statement([change(id=1, part=2, score="x' --"), change(id=3, part=4, score=None)], SHAPE.key)
    assert made == Statement(
        "INSERT INTO `fs`.`t` (`id`, `part`, `score`) VALUES (%s, %s, %s), (%s, %s, %s)"
        " ON DUPLICATE KEY UPDATE `score` = VALUES(`score`)",
        [1, 2, "x' --", 3, 4, None],
    )


def test_a_row_that_is_all_key_is_written_too():
    """There is nothing to update but the key itself."""
    made = statement([change(id=1, part=2)], SHAPE.key)
    assert made.sql.endswith("ON DUPLICATE KEY UPDATE `id` = VALUES(`id`), `part` = VALUES(`part`)")


def test_deletes_name_their_keys():
    """Several at once."""
    made = statement([change("delete", id=1, part=2), change("delete", id=3, part=4)], SHAPE.key)
    assert made == Statement("DELETE FROM `fs`.`t` WHERE (`id`, `part`) IN ((%s, %s), (%s, %s))", [1, 2, 3, 4])


def test_names_cannot_leave_their_quotes():
    """Backticks are doubled, and a percent sign is no parameter."""
    made = statement([Change("a`b", "%s", "upsert", {"c`%": 1})], ("c`%",))
    assert (
        made.sql == "INSERT INTO `a``b`.`%%s` (`c``%%`) VALUES (%s) ON DUPLICATE KEY UPDATE `c``%%` = VALUES(`c``%%`)"
    )


def test_the_order_of_changes_is_kept():
    """Only neighbours share a statement: a delete between two upserts stays between them."""
    changes = [
        change(id=1),
        change(id=2),
        change("delete", id=1),
        change(id=1),
        change(table="u", id=1),
        change(id=3, b=1),
    ]
    assert [[each.op for each in run] for run in runs(changes)] == [
        ["upsert", "upsert"],
        ["delete"],
        ["upsert"],
        ["upsert"],
        ["upsert"],
    ]
    assert [each for run in runs(changes) for each in run] == changes


@pytest.mark.parametrize(
    ("error", "fault"),
    [
        (pymysql.err.DataError(1406, "too long"), True),
        (pymysql.err.IntegrityError(1452, "foreign key"), True),
        (pymysql.err.OperationalError(4025, "check"), True),
        (pymysql.err.OperationalError(1213, "deadlock"), False),
        (pymysql.err.OperationalError(2013, "lost connection"), False),
        (pymysql.err.ProgrammingError(1146, "no such table"), False),
        (pymysql.err.OperationalError(1114, "table is full"), False),
        (pymysql.err.InterfaceError(), False),
    ],
)
def test_a_row_is_only_given_up_when_it_is_the_rows_fault(error, fault):
    """Everything else is tried again: the database may be away, full, or changing."""
    assert is_rows_fault(error) is fault
