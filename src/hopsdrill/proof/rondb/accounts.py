"""Users and grants: what each account may do, and that its password is the same one."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from hopsdrill.adapters.sql import Sql, text
from hopsdrill.proof.key import Key


# MariaDB: IDENTIFIED BY PASSWORD '*hash' or VIA plugin USING 'hash'; MySQL: IDENTIFIED WITH 'plugin' AS 'hash'
PASSWORD = re.compile(
    r" IDENTIFIED (?:BY PASSWORD|VIA|WITH)\b.*?(?= REQUIRE | WITH (?!')| PASSWORD EXPIRE| ACCOUNT |$)"
)

NAMED = r"[`'](?P<user>[^`']*)[`'](?:@[`'](?P<host>[^`']*)[`'])?"
MADE = re.compile(rf"CREATE (?:USER|ROLE) {NAMED}")
GIVEN = re.compile(rf"^GRANT .+ TO {NAMED}")
GRANT = re.compile(r"GRANT (?P<privileges>.+?) ON (?P<rest>.+)")
OUTSIDE_COLUMNS = re.compile(r", (?![^(]*\))")


@dataclass(frozen=True)
class Account:
    """One account.

    Attributes:
        rules: how it was created, without its password, and its grants.
        password: keyed digest of how it is identified.
    """

    rules: frozenset[str]
    password: str


Accounts = dict[str, Account]  # by 'user'@'host'


def read_accounts(sql: Sql, excluded: Collection[str], key: Key) -> Accounts:
    """Read all accounts but the excluded ones; roles, which have no host, included."""
    rows = sql.query("SELECT User, Host FROM mysql.user ORDER BY User, Host")
    named = [(_decoded(user), _decoded(host)) for user, host in rows]
    return {
        f"{user}@{host}": _read(sql, user, host, key)
        for user, host in named
        if f"{user}@{host}" not in excluded and user not in excluded
    }


def _decoded(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value


def _read(sql: Sql, user: str, host: str, key: Key) -> Account:
    # a role of MariaDB has no host, is no user, and is named without one
    who = f"{text(user)}@{text(host)}" if host else text(user)
    created = sql.query(f"SHOW CREATE USER {who}")[0][0] if host else ""
    grants = [row[0] for row in sql.query(f"SHOW GRANTS FOR {who}")]
    rules = frozenset(_canonical(PASSWORD.sub("", line)) for line in [created, *grants] if line)
    return Account(rules, key.digest(created))


def accounts_in(dump: str, excluded: Collection[str], key: Key) -> Accounts:
    """Accounts as a backup's own file of users has them: what ``SHOW CREATE USER`` and ``SHOW GRANTS`` said, a statement a line."""
    created: dict[str, str] = {}
    rules: dict[str, set[str]] = {}
    for given in dump.splitlines():
        line = given.strip().removesuffix(";").replace(" IF NOT EXISTS ", " ", 1)
        found = MADE.match(line) or GIVEN.search(line)
        if found is None:
            continue
        who = f"{found['user']}@{found['host'] or ''}"
        if who in excluded or found["user"] in excluded:
            continue
        own = rules.setdefault(who, set())
        if not line.startswith("CREATE ROLE"):
            own.add(_canonical(PASSWORD.sub("", line)))
        if line.startswith("CREATE USER"):
            created[who] = line
    return {who: Account(frozenset(own), key.digest(created.get(who, ""))) for who, own in rules.items()}


def _canonical(line: str) -> str:
    """A grant with its privileges and their columns in order: a server lists both as it happened to load them."""
    found = GRANT.fullmatch(line)
    if found is None:
        return line
    privileges = sorted(_columns_sorted(each) for each in OUTSIDE_COLUMNS.split(found["privileges"]))
    return f"GRANT {', '.join(privileges)} ON {found['rest']}"


def _columns_sorted(privilege: str) -> str:
    verb, columns, _ = privilege.partition(" (")
    return f"{verb} ({', '.join(sorted(privilege[len(verb) + 2 : -1].split(', ')))})" if columns else privilege


def compare_accounts(expected: Accounts, live: Accounts) -> list[str]:
    """Name every difference; a password is never shown, only that it differs."""
    return list(_differences(expected, live))


def _differences(expected: Accounts, live: Accounts) -> Iterator[str]:
    for who in sorted(expected.keys() | live.keys()):
        if who not in live:
            yield f"{who}: account missing"
        elif who not in expected:
            yield f"{who}: an account that was not in the snapshot"
        else:
            old, new = expected[who], live[who]
            yield from (f"{who}: lost: {line}" for line in sorted(old.rules - new.rules))
            yield from (f"{who}: gained: {line}" for line in sorted(new.rules - old.rules))
            if old.rules == new.rules and old.password != new.password:
                yield f"{who}: password differs"
