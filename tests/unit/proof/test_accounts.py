"""Grants, whatever order a server lists them in."""

import pytest

from hopsdrill.proof.key import Key
from hopsdrill.proof.rondb.accounts import Account, _canonical, accounts_in, compare_accounts


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("GRANT SELECT (`a`, `b`) ON `d`.`t` TO `u`@`%`", "GRANT SELECT (`b`, `a`) ON `d`.`t` TO `u`@`%`"),
        ("GRANT SELECT, INSERT ON `d`.* TO `u`@`%`", "GRANT INSERT, SELECT ON `d`.* TO `u`@`%`"),
        (
            "GRANT SELECT (`a`, `b`), INSERT ON `d`.`t` TO `u`@`%`",
            "GRANT INSERT, SELECT (`b`, `a`) ON `d`.`t` TO `u`@`%`",
        ),
    ],
)
def test_the_order_of_privileges_and_columns_does_not_count(one, other):
    """The same grant is the same, however it is listed."""
    assert _canonical(one) == _canonical(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("GRANT SELECT (`a`) ON `d`.`t` TO `u`@`%`", "GRANT SELECT (`b`) ON `d`.`t` TO `u`@`%`"),
        ("GRANT SELECT (`a`) ON `d`.`t` TO `u`@`%`", "GRANT SELECT ON `d`.`t` TO `u`@`%`"),
        ("GRANT SELECT ON `d`.* TO `u`@`%`", "GRANT SELECT ON `d`.* TO `u`@`%` WITH GRANT OPTION"),
        ("GRANT SELECT ON `d`.* TO `u`@`%`", "GRANT SELECT ON `e`.* TO `u`@`%`"),
    ],
)
def test_another_grant_stays_another(one, other):
    """A column, a scope or the grant option makes a difference."""
    assert _canonical(one) != _canonical(other)


def test_every_kind_of_difference_between_accounts_is_named():
    """Missing, additional, lost and gained grants, and a password that differs."""
    rule = frozenset({"GRANT SELECT"})
    expected = {"a@%": Account(rule, "1"), "b@%": Account(rule, "1"), "c@%": Account(rule, "1")}
    live = {"b@%": Account(rule, "2"), "c@%": Account(frozenset({"GRANT ALL"}), "1"), "d@%": Account(rule, "1")}
    assert compare_accounts(expected, live) == [
        "a@%: account missing",
        "b@%: password differs",
        "c@%: lost: GRANT SELECT",
        "c@%: gained: GRANT ALL",
        "d@%: an account that was not in the snapshot",
    ]


DUMP = """CREATE ROLE IF NOT EXISTS 'readers';
CREATE USER IF NOT EXISTS `root`@`%` IDENTIFIED BY PASSWORD '*AA';
CREATE USER IF NOT EXISTS `fraud__reader`@`%` IDENTIFIED BY PASSWORD '*6BB4837EB74329105EE4568DDA7DC67ED2CA2AD9' WITH MAX_QUERIES_PER_HOUR 5;
GRANT USAGE ON *.* TO `readers`;
GRANT USAGE ON *.* TO `fraud__reader`@`%`;
GRANT INSERT, SELECT (`b`, `a`) ON `fraud`.`t` TO `fraud__reader`@`%`;
GRANT `readers` TO `fraud__reader`@`%`;
-- a comment
"""


def test_accounts_are_read_from_a_backups_own_file():
    """As the server would list them: without passwords in the rules, with a digest of how each is identified."""
    key = Key(b"k" * 32)
    found = accounts_in(DUMP, ["root"], key)
    made = "CREATE USER `fraud__reader`@`%` IDENTIFIED BY PASSWORD '*6BB4837EB74329105EE4568DDA7DC67ED2CA2AD9' WITH MAX_QUERIES_PER_HOUR 5"
    assert found == {
        "readers@": Account(frozenset({"GRANT USAGE ON *.* TO `readers`"}), key.digest("")),
        "fraud__reader@%": Account(
            frozenset(
                {
                    "CREATE USER `fraud__reader`@`%` WITH MAX_QUERIES_PER_HOUR 5",
                    "GRANT USAGE ON *.* TO `fraud__reader`@`%`",
                    "GRANT INSERT, SELECT (`a`, `b`) ON `fraud`.`t` TO `fraud__reader`@`%`",
                    "GRANT `readers` TO `fraud__reader`@`%`",
                }
            ),
            key.digest(made),
        ),
    }
