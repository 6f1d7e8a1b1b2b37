"""Fingerprints and comparison on a real server: each kind of damage is seen and named."""

import pytest

from hopsdrill.core.errors import OperationError
from hopsdrill.proof.key import Key
from hopsdrill.proof.rondb.compare import compare
from hopsdrill.proof.rondb.digest import EMPTY, Digest, Range, digest, ranges
from hopsdrill.proof.rondb.fingerprint import equal, take, totals
from hopsdrill.proof.rondb.tables import read_tables


SYSTEM = ("mysql", "sys", "information_schema", "performance_schema")


@pytest.fixture
def key():
    """A run's key."""
    return Key()


def taken(sql, key):
    """Fingerprint of everything."""
    return take(sql, read_tables(sql, SYSTEM), key)


def differences(sql, expected, key):
    """What differs from a fingerprint now."""
    return compare(sql, expected, read_tables(sql, SYSTEM), key)


def test_untouched_tables_are_equal(sql, fill, key):
    """Two fingerprints of the same state are equal and nothing is named."""
    fill()
    before = taken(sql, key)
    assert differences(sql, before, key) == []
    assert equal(before, taken(sql, key))
    assert before["t_a.p"].digest.count == 2500
    assert set(totals(before)) == {"t_a.p", "t_a.c"}


def test_ranges_merge_into_the_whole(sql, fill, key):
    """The digests of all ranges add up to the digest of the table, whatever the ranges."""
    fill()
    table = next(each for each in read_tables(sql, SYSTEM) if each.name == "p")
    whole = digest(sql, table, key, Range())
    for size in (7, 1000, 5000):
        parts = ranges(sql, table, size)
        assert sum((digest(sql, table, key, part) for part in parts), EMPTY) == whole
    assert len(ranges(sql, table, 1000)) == 3
    assert whole.count == 2500


def test_another_key_gives_another_digest(sql, fill, key):
    """Digests of two runs cannot be compared, so they reveal nothing."""
    fill()
    assert totals(taken(sql, key)) != totals(taken(sql, Key()))


@pytest.mark.parametrize(
    ("damage", "named"),
    [
        ("UPDATE t_a.p SET s = 'x' WHERE id = 1700", ["t_a.p[1700] s: ä1700 -> x"]),
        ("UPDATE t_a.p SET x = NULL WHERE id = 3", ["t_a.p[3] x: 626C6F62 -> NULL"]),
        ("UPDATE t_a.p SET x = '' WHERE id = 1", ["t_a.p[1] x: NULL -> "]),
        ("UPDATE t_a.p SET b = 2 WHERE id = 1", ["t_a.p[1] b: 1 -> 2"]),
        ("UPDATE t_a.p SET t = t + INTERVAL 1 MICROSECOND WHERE id = 1", ["t_a.p[1] t: 2026-01-01 00:00:01.000001 -> 2026-01-01 00:00:01.000002"]),
        ("DELETE FROM t_a.p WHERE id = 2500", ["t_a.p[2500]: row missing"]),
        ("INSERT INTO t_a.p (id) VALUES (-4)", ["t_a.p[-4]: a row that was not in the snapshot"]),
        ("INSERT INTO t_a.c VALUES (7, 'l', 7)", ["t_a.c[7, l]: a row that was not in the snapshot"]),
        ("DROP TABLE t_a.c", ["t_a.c: table missing, had 50 rows"]),
        ("CREATE TABLE t_a.z (i INT)", ["t_a.z: a table that was not in the snapshot"]),
        ("DROP INDEX by_s ON t_a.p", ["t_a.p: definition lost: KEY `by_s` (`s`)"]),
        (
            "ALTER TABLE t_a.c DROP FOREIGN KEY fk",
            ["t_a.c: definition lost: CONSTRAINT `fk` FOREIGN KEY (`p`) REFERENCES `p` (`id`)"],
        ),
    ],
)  # fmt: skip
def test_damage_is_named(sql, fill, key, damage, named):
    """One change anywhere is found, and its key, column, old and new value are named."""
    fill()
    before = taken(sql, key)
    sql.execute(damage)
    assert differences(sql, before, key) == named
    assert not equal(before, taken(sql, key))


def test_the_seventh_digit_of_a_float_counts(sql, fill, key):
    """A FLOAT differs although the server prints both values alike."""
    fill()
    sql.execute("UPDATE t_a.p SET f = 16777216 WHERE id = 1")
    before = taken(sql, key)
    sql.execute("UPDATE t_a.p SET f = 16777218 WHERE id = 1")
    assert differences(sql, before, key) == ["t_a.p[1] f: 16777216 -> 16777218"]


def test_swapped_values_are_seen(sql, fill, key):
    """Two rows that swap their values have the same columns' sums, and still differ."""
    fill()
    before = taken(sql, key)
    sql.execute("UPDATE t_a.p SET s = IF(id = 1, 'ä2', 'ä1') WHERE id IN (1, 2)")
    assert len(differences(sql, before, key)) == 2


def test_pairs_of_equal_rows_are_counted(sql, key):
    """A table without a key in which equal rows come in pairs: an exclusive or alone would not see them."""
    sql.execute("CREATE DATABASE t_b")
    sql.execute("CREATE TABLE t_b.n (i INT, s TEXT)")
    before = taken(sql, key)
    sql.execute("INSERT INTO t_b.n VALUES (1, 'a'), (1, 'a')")
    assert differences(sql, before, key)
    assert not equal(before, taken(sql, key))


def test_more_than_was_kept_is_still_seen(sql, fill, key):
    """Where old values were not kept, the range and both digests are named."""
    fill()
    before = take(sql, read_tables(sql, SYSTEM), key, keep_rows=False)
    sql.execute("UPDATE t_a.p SET s = 'x' WHERE id = 1700")
    (line,) = differences(sql, before, key)
    assert line.startswith("t_a.p rows with id from 1001 to before 2001: expected 1000 rows, ")


def test_a_restored_counter_is_no_difference(sql, key):
    """The next AUTO_INCREMENT number is not data."""
    sql.execute("CREATE DATABASE t_b")
    sql.execute("CREATE TABLE t_b.n (i INT AUTO_INCREMENT PRIMARY KEY)")
    sql.execute("INSERT INTO t_b.n VALUES (1)")
    before = taken(sql, key)
    sql.execute("ALTER TABLE t_b.n AUTO_INCREMENT = 1000")
    assert differences(sql, before, key) == []


def test_a_row_that_cannot_be_hashed_is_an_error(sql, key):
    """A hash that the server gives up on must not count as an equal one."""
    sql.execute("CREATE DATABASE t_b")
    sql.execute("CREATE TABLE t_b.n (i INT PRIMARY KEY, x LONGBLOB)")
    sql.execute("INSERT INTO t_b.n VALUES (1, REPEAT('x', 9000000))")
    with pytest.raises(OperationError, match="too large to be hashed"):
        taken(sql, key)


def test_digest_addition_wraps():
    """Sums stay within 64 bits, so digests of any number of ranges merge."""
    big = Digest(1, (2**64 - 1, 0, 0, 0), (1, 1, 1, 1))
    assert (big + big).sums[0] == 2**64 - 2
    assert (big + big).xors == (0, 0, 0, 0)
    assert EMPTY + big == big
