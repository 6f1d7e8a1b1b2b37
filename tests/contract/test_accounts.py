"""Users and grants on a real server: each kind of change is seen and named."""

import pytest

from hopsdrill.proof.key import Key
from hopsdrill.proof.rondb.accounts import compare_accounts, read_accounts


EXCLUDED = ("root", "mariadb.sys", "mysql")


@pytest.fixture
def key():
    """A run's key."""
    return Key()


@pytest.fixture
def people(sql):
    """Two accounts and a role."""
    sql.execute("CREATE DATABASE t_d")
    sql.execute("CREATE TABLE t_d.t (a INT, b INT, c INT)")
    for user in ("u_one", "u_two"):
        sql.execute(f"CREATE USER {user}@'%' IDENTIFIED BY 'made-up-password'")
        sql.execute(f"GRANT SELECT (a, b), INSERT ON t_d.t TO {user}@'%'")
    return sql


def test_untouched_accounts_are_equal(people, key):
    """Read twice, nothing differs."""
    assert compare_accounts(read_accounts(people, EXCLUDED, key), read_accounts(people, EXCLUDED, key)) == []


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ("ALTER USER u_one@'%' IDENTIFIED BY 'another-password'", ["u_one@%: password differs"]),
        ("DROP USER u_one@'%'", ["u_one@%: account missing"]),
        (
            "CREATE USER u_new@'%' IDENTIFIED BY 'made-up-password'",
            ["u_new@%: an account that was not in the snapshot"],
        ),
        (
            "REVOKE INSERT ON t_d.t FROM u_one@'%'",
            [
                "u_one@%: lost: GRANT INSERT, SELECT (`a`, `b`) ON `t_d`.`t` TO `u_one`@`%`",
                "u_one@%: gained: GRANT SELECT (`a`, `b`) ON `t_d`.`t` TO `u_one`@`%`",
            ],
        ),
        ("GRANT SELECT ON t_d.* TO u_one@'%'", ["u_one@%: gained: GRANT SELECT ON `t_d`.* TO `u_one`@`%`"]),
        ("ALTER USER u_one@'%' ACCOUNT LOCK", ["u_one@%: "]),
    ],
)
def test_each_change_is_named(people, key, change, named):
    """One change is found and named, and nothing else is."""
    before = read_accounts(people, EXCLUDED, key)
    people.execute(change)
    found = compare_accounts(before, read_accounts(people, EXCLUDED, key))
    assert len(found) >= len(named)
    assert all(any(line.startswith(part) for line in found) for part in named), found
    assert all(line.startswith(("u_one@%", "u_new@%")) for line in found)


def test_grants_made_in_another_order_are_the_same(people, key):
    """Dropped and made again with the same password hash and grants in another order: no difference."""
    before = read_accounts(people, EXCLUDED, key)
    digest = people.query("SELECT authentication_string FROM mysql.user WHERE User = 'u_one'")[0][0]
    people.execute("DROP USER u_one@'%'")
    people.execute(f"CREATE USER u_one@'%' IDENTIFIED BY PASSWORD '{digest}'")
    people.execute("GRANT INSERT ON t_d.t TO u_one@'%'")
    people.execute("GRANT SELECT (b) ON t_d.t TO u_one@'%'")
    people.execute("GRANT SELECT (a) ON t_d.t TO u_one@'%'")
    assert compare_accounts(before, read_accounts(people, EXCLUDED, key)) == []


def test_a_password_is_never_named(people, key):
    """Neither the plain text nor the hash."""
    digest = people.query("SELECT authentication_string FROM mysql.user WHERE User = 'u_one'")[0][0]
    before = read_accounts(people, EXCLUDED, key)
    people.execute("ALTER USER u_one@'%' IDENTIFIED BY 'another-password'")
    text = " ".join(compare_accounts(before, read_accounts(people, EXCLUDED, key))) + repr(before)
    assert digest not in text
    assert "another-password" not in text
