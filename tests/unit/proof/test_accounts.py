"""Grants, whatever order a server lists them in."""

import pytest

from hopsdrill.proof.rondb.accounts import Account, _canonical, compare_accounts


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
