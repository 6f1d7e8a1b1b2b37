"""The state a restore must bring back, and the comparison of what came back with it."""

from collections.abc import Mapping
from dataclasses import dataclass

from hopsdrill.adapters.sql import Sql
from hopsdrill.core.canary import OWNER
from hopsdrill.model.profile import RondbProfile
from hopsdrill.proof.key import Key
from hopsdrill.proof.rondb.accounts import Accounts, compare_accounts, read_accounts
from hopsdrill.proof.rondb.compare import compare
from hopsdrill.proof.rondb.fingerprint import Fingerprint, equal, take, totals
from hopsdrill.proof.rondb.tables import Rows, Table, read_tables


@dataclass(frozen=True)
class DatabaseState:
    """Tables and accounts of the database at one moment."""

    tables: Fingerprint
    accounts: Accounts

    @property
    def rows(self) -> int:
        """Rows of all tables."""
        return sum(each.digest.count for each in self.tables.values())

    def same_as(self, other: "DatabaseState") -> bool:
        """Whether both are of the same state."""
        return equal(self.tables, other.tables) and self.accounts == other.accounts

    def totals(self) -> dict[str, object]:
        """Count and digest of each table, and the names of the accounts: evidence."""
        return {"tables": totals(self.tables), "accounts": sorted(self.accounts)}

    def __str__(self) -> str:
        return f"{self.rows} rows in {len(self.tables)} tables, {len(self.accounts)} accounts"


def state_of(
    sql: Sql, profile: RondbProfile, key: Key, leave_out: tuple[str, ...], without: Mapping[str, Rows] | None = None
) -> DatabaseState:
    """Read the database.

    Args:
        sql: a session that may read everything.
        profile: says what is never compared.
        key: the run's key.
        leave_out: databases that somebody writes to meanwhile, and that are proved otherwise.
        without: the same of single rows, by ``database.table``; a comparison with the state is given the same.
    """
    tables = _compared(sql, profile, leave_out, without)
    return DatabaseState(take(sql, tables, key), read_accounts(sql, profile.excluded_accounts, key))


def row_differences(  # noqa: PLR0913, PLR0917 - as `state_of`, and the state
    sql: Sql,
    expected: DatabaseState,
    profile: RondbProfile,
    key: Key,
    leave_out: tuple[str, ...],
    without: Mapping[str, Rows] | None = None,
) -> list[str]:
    """Every row and table in which the live database differs, named."""
    return compare(sql, expected.tables, _compared(sql, profile, leave_out, without), key)


def _compared(
    sql: Sql, profile: RondbProfile, leave_out: tuple[str, ...], without: Mapping[str, Rows] | None
) -> list[Table]:
    found = read_tables(sql, [*profile.excluded_databases, *leave_out], {**canary_rows(profile), **(without or {})})
    return [each for each in found if f"{each.database}.{each.name}" not in profile.excluded_tables]


def canary_rows(profile: RondbProfile) -> dict[str, Rows]:
    """Rows of the drill's own canaries in other services' tables, by ``database.table``: they are accounted for one by one."""
    named = profile.owned_rows.items()
    return {title: Rows(said.format(owner="%s"), (OWNER,) * said.count("{owner}")) for title, said in named}


def account_differences(sql: Sql, expected: DatabaseState, profile: RondbProfile, key: Key) -> list[str]:
    """Every account and grant in which the live database differs, named."""
    return compare_accounts(expected.accounts, read_accounts(sql, profile.excluded_accounts, key))
