"""Users of the feature store and what they may do; their passwords are made here and kept by the drill alone."""

import secrets

from hopsdrill.adapters.sql import Sql, name, text
from hopsdrill.core.redact import REDACTOR
from hopsdrill.workload.dataset import DATABASE, PARENT


GRANTS = {
    "fraud__reader": [f"SELECT ON {name(DATABASE)}.*"],
    "fraud__writer": [f"SELECT, INSERT, UPDATE, DELETE ON {name(DATABASE)}.*"],
    "fraud__auditor": [f"SELECT (id, event_time) ON {name(DATABASE, PARENT)}", f"SHOW VIEW ON {name(DATABASE)}.*"],
}
LATER = "fraud__latecomer"


def password() -> str:
    """A fresh password, registered as a secret."""
    made = secrets.token_urlsafe(18)
    REDACTOR.register(made)
    return made


def account(user: str) -> str:
    """``'user'@'%'``."""
    return f"{text(user)}@'%'"


def create(sql: Sql, user: str, grants: list[str]) -> None:
    """Make a user anew with its grants."""
    drop(sql, user)
    sql.execute(f"CREATE USER {account(user)} IDENTIFIED BY {text(password())}")
    for grant in grants:
        sql.execute(f"GRANT {grant} TO {account(user)}")


def drop(sql: Sql, user: str) -> None:
    """Remove a user, if there is one."""
    sql.execute(f"DROP USER IF EXISTS {account(user)}")


def create_all(sql: Sql) -> list[str]:
    """Make the users every drill has; gives their names."""
    drop(sql, LATER)
    for user, grants in GRANTS.items():
        create(sql, user, grants)
    return sorted(GRANTS)
