"""What lives on the platform during a drill."""

from hypothesis import given
from hypothesis import strategies as st

from hopsdrill.model.plan import Data
from hopsdrill.workload.dataset import PARENT, feature_groups, rows_of
from hopsdrill.workload.writer import payload


@given(st.integers(1, 12), st.integers(12, 5000))
def test_rows_are_dealt_to_all_tables_and_none_is_lost(tables, rows):
    """As many tables and rows as the plan says, the parent first."""
    groups = feature_groups(Data(rows=rows, tables=tables))
    assert len(groups) == tables
    assert sum(group.rows for group in groups) == rows
    assert [group.table for group in groups if group.parent] == [PARENT]


def test_the_same_seed_gives_the_same_rows_and_another_gives_others():
    """A drill can be repeated."""
    data = Data(rows=70, tables=7, seed=1)
    group = feature_groups(data)[1]
    rows = list(rows_of(group, data, 10))
    assert rows == list(rows_of(group, data, 10))
    assert rows != list(rows_of(group, data.model_copy(update={"seed": 2}), 10))
    assert all(1 <= row[1] <= 10 for row in rows)


def test_rows_hold_what_breaks_careless_restores():
    """NULLs, empty and non-ASCII texts, quotes, trailing blanks, binary values."""
    data = Data(rows=2000, tables=2, seed=1)
    rows = list(rows_of(feature_groups(data)[1], data, 10))
    labels = [row[5] for row in rows]
    assert None in labels
    assert any("北京" in label for label in labels if label)
    assert any("'" in label for label in labels if label)
    assert any(isinstance(row[6], bytes) for row in rows)
    assert any(row[4] is None for row in rows)


def test_a_payload_belongs_to_its_run_and_number():
    """A row that came from elsewhere is told by its content."""
    assert payload("a", 1) != payload("a", 2)
    assert payload("a", 1) != payload("b", 1)
