"""Digests add up: whatever the ranges, their digests make that of the whole, and nothing that happens to a row goes unseen."""

import hashlib
from itertools import pairwise
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hopsdrill.proof.key import Key
from hopsdrill.proof.rondb.compare import narrowed
from hopsdrill.proof.rondb.digest import EMPTY, UNHASHED, Digest, Range, digest, ranges, row_hash
from hopsdrill.proof.rondb.fingerprint import Part
from hopsdrill.proof.rondb.tables import Column, Rows, Table


KEY = Key()
TABLE = Table("d", "t", (Column("id", "int"), Column("v", "varchar")), (Column("id", "int"),))
ROWS = st.lists(st.tuples(st.integers(0, 30), st.text(max_size=3)), max_size=30)


def hashed(row):
    """What the database computes of one row, by the same rule."""
    said = f"{row[0]},{row[1].encode().hex()}"
    return int(hashlib.sha256((KEY.digest(TABLE.title)[:32] + said).encode()).hexdigest()[:16], 16)


def whole(rows):
    """Digest of rows."""
    return Digest(len(rows), sum(hashed(each) for each in rows))


@given(ROWS, st.integers(0, 31))
def test_two_ranges_make_the_whole(rows, cut):
    """Wherever a table is cut, in whatever order its rows are read."""
    below, above = [each for each in rows if each[0] < cut], [each for each in rows if each[0] >= cut]
    assert whole(below) + whole(above) == whole(rows) == whole(rows[::-1])
    assert EMPTY + whole(rows) == whole(rows)


@given(ROWS, ROWS)
def test_states_are_equal_only_if_their_rows_are(one, other):
    """A changed row, swapped values, a row twice in place of another: as often as each row is there, so often it counts."""
    assert (whole(one) == whole(other)) == (sorted(one) == sorted(other))


@given(
    st.lists(
        st.tuples(st.integers(), st.text(max_size=2)),
        min_size=2,
        max_size=9,
        unique_by=(lambda each: each[0], lambda each: each[1]),
    )
)
def test_swapped_values_and_a_row_in_anothers_place_are_seen(rows):
    """What leaves the values of each column as they are, and what leaves the count as it is."""
    (first, mine), (second, its) = rows[:2]
    assert whole([(first, its), (second, mine), *rows[2:]]) != whole(rows)
    assert whole([rows[1], *rows[1:]]) != whole(rows)


class Server:
    """A database of one table whose digests it computes as the real one does; counts how often it is asked."""

    def __init__(self, rows):
        self.rows, self.asked = rows, 0

    def query(self, statement, values=()):
        """Answer the statement for digests: the condition's values are the bounds."""
        assert "COUNT(*)" in statement
        self.asked += 1
        bounds = list(values)[1:]
        start = bounds.pop(0) if ">= %s" in statement else None
        end = bounds.pop(0) if "< %s" in statement else None
        found = [r for r in self.rows if (start is None or r[0] >= start) and (end is None or r[0] < end)]
        return [(len(found), sum(hashed(each) for each in found) or None)]


def leaves(rows, count):
    """A fingerprint's ranges of ten keys each."""
    bounds = [None, *range(10, 10 * count, 10), None]
    cut = [Range(*each) for each in pairwise(bounds)]
    return [(each, Part(digest(Server(rows), TABLE, KEY, each))) for each in cut]


@given(st.sets(st.integers(0, 159), max_size=6))
def test_halving_finds_exactly_the_ranges_that_differ(changed):
    """Each range with a changed row, and no other."""
    before = [(number, "a") for number in range(160)]
    after = [(number, "b" if number in changed else "a") for number in range(160)]
    found = [leaf[0] for leaf, _ in narrowed(Server(after), TABLE, KEY, leaves(before, 16))]
    starts = [0 if each.start is None else each.start for each in found]
    assert starts == sorted({number // 10 * 10 for number in changed})


def test_equal_ranges_are_asked_for_once_and_one_difference_by_halves():
    """A span of 16 ranges: one question when it is equal, nine when one range is not."""
    rows = [(number, "a") for number in range(160)]
    equal, other = Server(rows), Server([*rows[:-1], (159, "b")])
    assert list(narrowed(equal, TABLE, KEY, leaves(rows, 16))) == []
    assert len(list(narrowed(other, TABLE, KEY, leaves(rows, 16)))) == 1
    assert (equal.asked, other.asked) == (1, 9)


@pytest.mark.parametrize(
    ("part", "without", "condition", "values"),
    [
        (Range(), None, "TRUE", []),
        (Range(None, 5), None, "(`id` < %s OR `id` IS NULL)", [5]),
        (Range(5, 9), None, "`id` >= %s AND `id` < %s", [5, 9]),
        (Range(9, None), None, "`id` >= %s", [9]),
        (Range(9, None), Rows("v = %s", ("x",)), "`id` >= %s AND (v = %s) IS NOT TRUE", [9, "x"]),
    ],
)
def test_a_range_is_a_condition(part, without, condition, values):
    """NULL is in the first range, and rows that somebody owns are in none."""
    table = Table(TABLE.database, TABLE.name, TABLE.columns, TABLE.key, without)
    assert part.where(table) == (condition, values)


def test_a_table_whose_first_key_column_cannot_be_cut_stays_whole():
    """No question is asked."""
    flags = (Column("f", "enum"),)
    assert list(ranges(None, Table("d", "t", flags, flags), 1000)) == [Range()]


def test_the_hash_is_computed_once_a_row():
    """It stands once in the statement, or a server would compute it as often as it stands there."""
    said = []

    def query(statement, values):
        said.append(statement)
        return [(0, None)]

    digest(SimpleNamespace(query=query), TABLE, KEY, Range())
    assert said[0].count("SHA2") == 1
    assert row_hash(TABLE).count("`v`") == 2  # once to look whether it is NULL


def test_rows_that_cannot_be_hashed_are_counted_and_are_no_digest():
    """As many as there are."""
    many = SimpleNamespace(query=lambda *_: [(5, 3 * UNHASHED + 2 * 2**64)])
    with pytest.raises(Exception, match="3 rows are too large"):
        digest(many, TABLE, KEY, Range())
    assert UNHASHED > 2**32 * 2**64
