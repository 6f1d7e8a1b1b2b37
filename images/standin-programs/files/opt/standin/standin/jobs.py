"""What the restore and setup Jobs do, container by container."""

import json
import os
import subprocess
import time
from pathlib import Path
from typing import Any

from standin import bucket, kube
from standin.db import PAUSE, GoneError, Session, connect, rows, text, told
from standin.say import StandinError, env, flag, say


SETUP_SECONDS = 180.0  # a data node that an upgrade restarts is back within half a minute
SQL_ORDER = ("databases.sql", "users.sql")  # a grant on a routine needs the routine


def data_pods() -> list[str]:
    """Pods of all data nodes, the server's first."""
    return env("DATA_PODS").split(",")


def on_first_node(program: str, backup_id: str) -> None:
    """Run one of our verbs in the first data node's pod."""
    kube.run_in_pods(data_pods()[:1], "ndbmtd", "standin", program, backup_id)


def restore_rows(backup_id: str) -> None:
    """Load all nodes' rows in parallel and judge every node's end.

    With SILENT_PARTIAL the ends are not judged: upstream waits for its background processes with a bare ``wait``, which
    is 0 however they ended, so that the Job is Complete with rows missing.

    Raises:
        StandinError: a node failed, or did not end.
    """
    started = kube.start_in_pods(data_pods(), "ndbmtd", "standin", "node-load-rows", backup_id)
    ends = kube.ends(started)
    failed = [pod for pod, end in ends.items() if end]
    if failed and flag("SILENT_PARTIAL"):
        say(f"{', '.join(failed)} failed, and this is passed over as upstream does")
    elif failed:
        message = f"loading rows failed in {', '.join(failed)}; see the lines above"
        raise StandinError(message)


def remove_downloads(backup_id: str) -> None:
    """Remove the downloaded backup from all nodes."""
    kube.run_in_pods(data_pods(), "ndbmtd", "standin", "node-remove", backup_id)


def wait_for_nodes(minutes: int) -> None:
    """Wait until all data nodes are Ready."""
    label = "--selector=rondbService=ndbmtd"
    seconds = 60 * minutes
    for pod in data_pods():
        kube.kubectl("wait", "--for=create", f"pod/{pod}", f"--timeout={seconds}s", seconds=seconds + 10)
    kube.kubectl("wait", "--for=condition=Ready", "pod", label, f"--timeout={seconds}s", seconds=seconds + 10)
    say("all data nodes are ready")


def download_sql(backup_id: str) -> None:
    """Fetch users.sql and databases.sql into the folder the setup container reads."""
    target = env("SQL_DIR")
    bucket.rclone("copy", "--include=*.sql", bucket.prefix("restoreRemote", backup_id), target)
    say(f"downloaded {', '.join(sorted(path.name for path in Path(target).iterdir()))}")


def wait_for_job(name: str, seconds: int) -> None:
    """Wait until a Job is complete; a failed one is only noticed when the time is up, as upstream."""
    kube.kubectl("wait", "--for=create", f"job/{name}", f"--timeout={seconds}s", seconds=seconds + 10)
    kube.kubectl("wait", "--for=condition=complete", f"job/{name}", f"--timeout={seconds}s", seconds=seconds + 10)
    say(f"Job {name} is complete")


def grant(user: dict[str, Any], privilege: dict[str, Any]) -> str:
    """One GRANT of a declared user."""
    scope = ".".join(part if part == "*" else f"`{part}`" for part in (privilege["database"], privilege["table"]))
    option = " WITH GRANT OPTION" if privilege.get("withGrantOption") else ""
    return f"GRANT {', '.join(privilege['privileges'])} ON {scope} TO {text(user['username'])}@{text(user['host'])}{option}"


def declared_user(session: Session, user: dict[str, Any]) -> None:
    """Make a user the values declare, with the password in the current Secret.

    Raises:
        StandinError: the Secret has no password for it.
    """
    secret = Path(env("PASSWORDS_DIR")) / user["username"]
    if not secret.is_file():
        message = f"no password for the declared user {user['username']} in the mounted Secrets"
        raise StandinError(message)
    account = f"{text(user['username'])}@{text(user['host'])}"
    password = text(secret.read_text(encoding="utf-8"))
    with told(f"making user {user['username']}"):
        rows(session, f"CREATE USER IF NOT EXISTS {account} IDENTIFIED BY {password}")
        rows(session, f"ALTER USER {account} IDENTIFIED BY {password}")
        for privilege in user["privileges"]:
            rows(session, grant(user, privilege))


def run_sql_file(path: Path) -> None:
    """Run a file of SQL; its first error ends it.

    Raises:
        StandinError: the server refused a statement.
    """
    argv = [
        "/usr/bin/mariadb",
        f"--host={env('MYSQL_HOST')}",
        f"--port={env('MYSQL_PORT')}",
        f"--user={env('MYSQL_USER')}",
    ]
    with path.open("rb") as file:
        done = subprocess.run(
            argv, stdin=file, capture_output=True, check=False, env={**os.environ, "MYSQL_PWD": env("MYSQL_PASSWORD")}
        )
    if done.returncode:
        message = f"{path.name}: {done.stderr.decode(errors='replace').strip()}"
        raise StandinError(message)
    say(f"ran {path.name}")


def make_users(declared: list[dict[str, Any]], end: float) -> None:
    """Make the declared users; an upgrade may restart the server meanwhile, so a lost one is tried again until ``end``.

    Raises:
        StandinError: the server refused something, or stayed away.
    """
    while True:
        try:
            with connect() as session:
                for user in declared:
                    declared_user(session, user)
        except GoneError as error:
            if time.monotonic() > end:
                raise
            say(f"the server is away, trying again: {error}")
            time.sleep(PAUSE)
            continue
        return


def initialise_mysqld() -> None:
    """Make declared users from the current Secrets, then run what a backup brought.

    Raises:
        StandinError: a restore is under way and its files are not there.
    """
    declared: list[dict[str, Any]] = json.loads(Path(env("USERS_FILE")).read_text(encoding="utf-8"))
    make_users(declared, time.monotonic() + SETUP_SECONDS)
    say(f"declared users: {', '.join(user['username'] for user in declared)}")
    folder = env("SQL_DIR", "")
    for path in [Path(folder) / each for each in SQL_ORDER] if folder else []:
        if not path.is_file():
            message = f"the backup has no {path.name}"
            raise StandinError(message)
        run_sql_file(path)
