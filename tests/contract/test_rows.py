"""Fingerprints and comparison on a real server: each kind of damage is seen and named."""

import pytest

from hopsdrill.core.errors import OperationError
from hopsdrill.proof.key import Key
from hopsdrill.proof.rondb import fingerprint
from hopsdrill.proof.rondb.compare import compare
from hopsdrill.proof.rondb.digest import EMPTY, Range, digest, ranges
from hopsdrill.proof.rondb.fingerprint import equal, take, totals
from hopsdrill.proof.rondb.tables import Rows, read_tables


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
    assert list(ranges(sql, table, 1000)) == [Range(None, 1001), Range(1001, 2001), Range(2001, None)]
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


def test_more_than_was_kept_is_still_seen(sql, fill, key, monkeypatch):
    """Where nothing of the rows was kept, the range and both digests are named."""
    monkeypatch.setattr(fingerprint, "RANGE_ROWS", 1000)
    fill()
    before = take(sql, read_tables(sql, SYSTEM), key, keep_rows=False)
    sql.execute("UPDATE t_a.p SET s = 'x' WHERE id = 1700")
    (line,) = differences(sql, before, key)
    assert line.startswith("t_a.p rows with id from 1001 to before 2001: expected 1000, digest ")


def test_a_row_of_a_large_table_is_named_by_its_digests(sql, fill, key, monkeypatch):
    """Where only hashes were kept, the row is named all the same, and so are rows that came and went."""
    monkeypatch.setattr(fingerprint, "RANGE_ROWS", 100)
    monkeypatch.setattr(fingerprint, "KEPT_ROWS", 1000)
    fill()
    before = taken(sql, key)
    sql.execute("UPDATE t_a.p SET s = 'x' WHERE id = 1700")
    sql.execute("DELETE FROM t_a.p WHERE id = 2500")
    sql.execute("INSERT INTO t_a.p (id) VALUES (-4)")
    first, second, third = differences(sql, before, key)
    assert first == "t_a.p[-4]: a row that was not in the snapshot"
    assert second.startswith("t_a.p[1700] digest of the row: ")
    assert third == "t_a.p[2500]: row missing"


@pytest.mark.parametrize("size", [7, 10_000])
@pytest.mark.parametrize(
    "column",
    [
        *("INT", "DECIMAL(9,3)", "VARCHAR(20)", "VARCHAR(20) CHARACTER SET latin1", "CHAR(20)", "VARBINARY(20)"),
        *(
            "DATETIME",
            "TIMESTAMP NULL",
            "DATE",
            "FLOAT",
            "DOUBLE",
            "ENUM('3','2','1')",
            "TEXT",
            "JSON",
            "BIT(8)",
            "TIME",
        ),
    ],
)
def test_rows_without_a_key_and_with_null_in_it_are_each_counted_once(sql, key, column, size):
    """Ranges of a table without a primary key hold its rows with NULL too, whatever the first column is, and equal rows as often as they are there."""
    values = {
        "DATE": "'2026-01-01' + INTERVAL s DAY",
        "TIME": "SEC_TO_TIME(s)",
        "ENUM": "1 + MOD(s, 3)",
        "FLOAT": "s / 10",
    }
    made = next((each for kind, each in values.items() if column.startswith(kind)), "s")
    made = values["DATE"] if column.startswith("TIMESTAMP") else made
    sql.execute("CREATE DATABASE t_b")
    sql.execute(f"CREATE TABLE t_b.n (k {column}, v INT)")
    rows = "SELECT MOD(seq, 40) AS s, seq FROM t_b.seq_1_to_100"
    sql.execute(f"INSERT INTO t_b.n SELECT IF(s = 3, NULL, {made}), MOD(seq, 2) FROM ({rows}) AS made")  # noqa: S608 - made up here
    (table,) = read_tables(sql, SYSTEM)
    whole = digest(sql, table, key, Range())
    assert whole.count == 100
    assert sum((digest(sql, table, key, part) for part in ranges(sql, table, size)), EMPTY) == whole
    before = taken(sql, key)
    assert differences(sql, before, key) == []
    sql.execute("UPDATE t_b.n SET v = 7 WHERE k IS NULL LIMIT 1")
    assert differences(sql, before, key)


@pytest.mark.parametrize(
    ("column", "before", "after"),
    [
        ("VARCHAR(9) CHARACTER SET latin1", "'ä'", "'a'"),
        ("VARCHAR(9) CHARACTER SET utf8mb4", "'a'", "'a '"),
        ("VARCHAR(9) CHARACTER SET utf8mb4", "'a'", "'A'"),
        ("VARCHAR(9)", "'~'", "NULL"),
        ("VARCHAR(9)", "'1,2'", "'1.2'"),
        ("FLOAT", "0.1", "0.10000001"),
        ("DOUBLE", "0.1", "0.1 + 1e-17"),
        ("DOUBLE", "0e0", "-0e0 - 1e-300"),
        ("DECIMAL(30,10)", "12345678901234567890.0000000001", "12345678901234567890.0000000002"),
        ("BIGINT UNSIGNED", "18446744073709551615", "18446744073709551614"),
        ("LONGBLOB", "REPEAT('x', 100000)", "CONCAT(REPEAT('x', 99999), 'y')"),
        ("JSON", """'{"a": 1}'""", """'{"a": 2}'"""),
        ("BIT(64)", "b'1'", "b'10'"),
        ("TIME(6)", "'10:00:00.000001'", "'10:00:00.000002'"),
        ("YEAR", "2026", "2027"),
        ("SET('a','b')", "'a'", "'a,b'"),
        ("ENUM('a','b')", "''", "NULL"),
    ],
)
def test_every_type_counts_to_the_last_digit(sql, key, column, before, after):
    """The smallest change of a value changes the digest; the same value gives the same one."""
    sql.execute("CREATE DATABASE t_b")
    sql.execute(f"CREATE TABLE t_b.n (i INT PRIMARY KEY, x {column} NULL)")
    sql.execute("SET SESSION sql_mode = ''")
    sql.execute(f"INSERT INTO t_b.n VALUES (1, {before})")  # noqa: S608 - made up here
    (table,) = read_tables(sql, SYSTEM)
    old = digest(sql, table, key, Range())
    sql.execute(f"UPDATE t_b.n SET x = {after}")  # noqa: S608
    assert digest(sql, table, key, Range()) != old
    sql.execute(f"UPDATE t_b.n SET x = {before}")  # noqa: S608
    assert digest(sql, table, key, Range()) == old


def test_rows_that_somebody_owns_are_left_out(sql, fill, key):
    """Rows by a condition, with a value and a subquery: what happens to them is no difference, what happens to others is."""
    fill()
    owned = {
        "t_a.p": Rows("id > %s", (2400,)),
        "t_a.c": Rows("p IN (SELECT id FROM t_a.p WHERE s = %s)", ("ä7",)),
    }

    def tables():
        return read_tables(sql, SYSTEM, owned)

    before = take(sql, tables(), key)
    assert (before["t_a.p"].digest.count, before["t_a.c"].digest.count) == (2400, 49)
    sql.execute("DELETE FROM t_a.p WHERE id > 2450")
    sql.execute("UPDATE t_a.p SET s = 'x' WHERE id = 2401")
    sql.execute("INSERT INTO t_a.c VALUES (777, 'owned', 7)")
    assert compare(sql, before, tables(), key) == []
    sql.execute("UPDATE t_a.p SET s = 'x' WHERE id = 2400")
    sql.execute("UPDATE t_a.c SET p = 9 WHERE a = 8")
    assert compare(sql, before, tables(), key) == ["t_a.c[8, k] p: 8 -> 9", "t_a.p[2400] s: ä2400 -> x"]


def test_a_condition_that_is_null_leaves_no_row_out(sql, fill, key):
    """A row is left out only if it is known to be owned."""
    fill()
    (_, table) = read_tables(sql, SYSTEM, {"t_a.p": Rows("ts > '2026-01-01'")})
    assert digest(sql, table, key, Range()).count == 2500


def test_ranges_are_computed_in_several_sessions(sql, fill, key, monkeypatch):
    """Many ranges give the digests that one range gives, and an error in one of them is an error."""
    fill()
    whole = taken(sql, key)
    monkeypatch.setattr(fingerprint, "RANGE_ROWS", 50)
    before = taken(sql, key)
    assert len(before["t_a.p"].parts) == 50
    assert equal(whole, before)
    sql.execute("UPDATE t_a.p SET s = 'x' WHERE id IN (3, 1001, 2500)")
    assert differences(sql, before, key) == [f"t_a.p[{each}] s: ä{each} -> x" for each in (3, 1001, 2500)]
    sql.execute("ALTER TABLE t_a.p DROP COLUMN f")
    lines = differences(sql, before, key)
    assert lines == ["t_a.p: definition lost: `f` float DEFAULT NULL"]


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
