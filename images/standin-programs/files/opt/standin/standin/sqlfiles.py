"""``users.sql`` and ``databases.sql``: accounts with their grants, and the shape of the databases without rows."""

import os
import re
import subprocess
from pathlib import Path

from standin import backup_id, bucket
from standin.db import SYSTEM_DATABASES, Session, connect, rows, text
from standin.say import StandinError, env, say


# upstream's own list, with our engine's database
NOT_DUMPED = {*SYSTEM_DATABASES, "users", "ycsb", "dbt2"}
NO_ACCOUNTS = ("root", "mysql", "mariadb.sys", "mysql.sys", "mysql.session", "mysql.infoschema")
# A GRANT that carries the password would set it back for accounts that were already made from the current Secret.
PASSWORD = re.compile(r" IDENTIFIED (BY PASSWORD|VIA) .*?(?= REQUIRE | WITH |$)")
TABLE = re.compile(r"^CREATE TABLE (?!IF NOT EXISTS )")


def accounts(session: Session) -> list[tuple[str, str, bool]]:
    """Name, host and "is a role" of every account but the administrator's and the engine's own."""
    found = rows(session, "SELECT User, Host, is_role FROM mysql.user ORDER BY is_role DESC, User, Host")
    return [(user, host, role == "Y") for user, host, role in found if user not in NO_ACCOUNTS]


def account_name(user: str, host: str, *, role: bool) -> str:
    """An account as SQL names it."""
    return text(user) if role else f"{text(user)}@{text(host)}"


def creation(session: Session, user: str, host: str, *, role: bool) -> list[str]:
    """The statement that makes an account, unless it is there already."""
    if role:
        return [] if user == "PUBLIC" else [f"CREATE ROLE IF NOT EXISTS {text(user)};"]
    statement = rows(session, f"SHOW CREATE USER {account_name(user, host, role=role)}")[0][0]
    return [f"{statement.replace('CREATE USER ', 'CREATE USER IF NOT EXISTS ', 1)};"]


def users_sql(session: Session) -> str:
    """All accounts, then all grants; an account that exists keeps its password."""
    found = accounts(session)
    made = [line for user, host, role in found for line in creation(session, user, host, role=role)]
    grants = []
    for user, host, role in found:
        who = "PUBLIC" if user == "PUBLIC" else account_name(user, host, role=role)
        grants += [PASSWORD.sub("", row[0]) + ";" for row in rows(session, f"SHOW GRANTS FOR {who}")]
    return "\n".join([*made, *grants, ""])


def databases_sql(databases: list[str]) -> str:
    """Databases, tables, views, triggers, routines and events, without rows.

    Raises:
        StandinError: the dump failed.
    """
    if not databases:
        return "-- no databases\n"
    argv = [
        "/usr/bin/mariadb-dump",
        f"--host={env('MYSQL_HOST')}",
        f"--port={env('MYSQL_PORT')}",
        f"--user={env('MYSQL_USER')}",
    ]
    options = ["--no-data", "--triggers", "--routines", "--events", "--skip-add-drop-table", "--skip-lock-tables"]
    done = subprocess.run(
        [*argv, *options, "--databases", *databases],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "MYSQL_PWD": env("MYSQL_PASSWORD")},
    )
    if done.returncode:
        message = f"mariadb-dump failed: {done.stderr.strip()}"
        raise StandinError(message)
    return "\n".join(TABLE.sub("CREATE TABLE IF NOT EXISTS ", line) for line in done.stdout.splitlines()) + "\n"


def backup_metadata() -> None:
    """Make the ID, refuse one that is taken, dump both files and upload them.

    Raises:
        StandinError: the bucket already has files of that ID.
    """
    own = backup_id.begin()
    if bucket.listing("backupRemote", own):
        message = f"the bucket already has files of backup {own}; two backups within one minute share their ID"
        raise StandinError(message)
    folder = Path(env("SCRATCH", "/tmp/metadata"))  # noqa: S108 - the container's own
    folder.mkdir(parents=True, exist_ok=True)
    with connect() as session:
        databases = [row[0] for row in rows(session, "SHOW DATABASES") if row[0] not in NOT_DUMPED]
        (folder / "users.sql").write_text(users_sql(session), encoding="utf-8")
    (folder / "databases.sql").write_text(databases_sql(databases), encoding="utf-8")
    bucket.rclone("copy", str(folder), bucket.prefix("backupRemote", own))
    say(f"uploaded users.sql and databases.sql ({len(databases)} databases)")
