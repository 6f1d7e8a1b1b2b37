"""Schedules that are none, and backups that are begun too soon after one another."""

import re
import secrets
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import yaml

from hopsdrill.core.clock import now
from hopsdrill.core.errors import OperationError, PlanError
from hopsdrill.core.wait import wait_for
from hopsdrill.model.plan import Plan
from hopsdrill.plan.loader import load_plan
from hopsdrill.proof.key import Key
from hopsdrill.recovery.backup import (
    BackupSet,
    RondbBackup,
    await_fresh_minute,
    entries,
    recorded_since,
    rondb_backup,
)
from hopsdrill.recovery.jobs import await_jobs, ends, from_cronjob, job_logs
from hopsdrill.run import whole
from hopsdrill.run.refused import pattern
from hopsdrill.site import Site


EARLY = 8  # second of a minute until which the first of two backups is begun, so that the second is begun in it too
MINUTE = timedelta(minutes=1)


def prove_plan_refused(site: Site, plan: Plan, expression: str) -> None:
    """Record that a plan with such a schedule is refused before a run begins."""
    made = plan.model_dump(mode="json", by_alias=True, exclude_none=True) | {"schedule": expression}
    path = site.scratch / "plan-with-another-schedule.yaml"
    path.write_text(yaml.safe_dump(made))
    said = ""
    try:
        load_plan(path)
    except PlanError as error:
        said = error.message
    wanted = "is no backup schedule"
    site.recorder.proof(
        "plan-is-refused",
        store="platform",
        passed=wanted in said,
        expected=f"refused, saying {wanted!r}",
        observed=said or "let pass",
        data=False,
    )


@dataclass(frozen=True)
class Collided:
    """Two backups of every recorded store, begun within one minute.

    Attributes:
        made: the first ones, as they are recorded.
        second: Jobs of the second ones, by store.
        said: what hopsdrill says of them.
    """

    made: dict[str, Any]
    first: dict[str, str]
    second: dict[str, str]
    said: str


def collide(site: Site, upset: ExitStack) -> Collided:
    """Take a backup of every recorded store, and once it is complete another within the same minute.

    Raises:
        OperationError: the minute was over before the second could be begun.
    """
    stores = site.profile.recorded
    before = {name: entries(site, store) for name, store in stores.items()}
    first, second = (
        {name: f"{number}-{name}-{secrets.token_hex(3)}" for name in stores} for number in ("first", "second")
    )
    said, jobs = "", (first, second)
    upset.callback(_delete_jobs, site, [name for each in jobs for name in each.values()])
    await_fresh_minute(site, EARLY)
    minute = now().utc.replace(second=0, microsecond=0)
    with site.recorder.operation("back up twice within a minute", ", ".join(stores), target=site.namespace) as done:
        for each in jobs:
            if now().utc >= minute + MINUTE:
                msg = "The first backups took longer than the minute, so the second ones would have another ID."
                raise OperationError(msg, hint="run it again on a quieter machine")
            for name, job in each.items():
                from_cronjob(site, stores[name].cronjob, job)
            said = _ended(site, list(each.values()))
        done.text = said or "both complete"
    return Collided(recorded_since(site, before), first, second, said)


def _ended(site: Site, jobs: list[str]) -> str:
    """Wait until each Job has ended; gives what hopsdrill says of those that failed."""
    deadline = site.deadlines.backup.total_seconds()
    wait_for(
        lambda: ends(site, jobs),
        what="the backup Jobs to end",
        until=lambda found: set(found.values()) <= {"complete", "failed"},
        deadline=deadline,
    )
    try:
        await_jobs(site, jobs, deadline)
    except OperationError as error:
        return error.message
    return ""


def _delete_jobs(site: Site, jobs: list[str]) -> None:
    """A failed Job that stays would be taken for one of the release's own."""
    for job in jobs:
        site.kube.delete("batch/v1/Job", job, site.namespace)


def prove_collision(site: Site, collided: Collided, upset: ExitStack) -> None:
    """Record that every second backup failed and is named with the reason, and that the first ones are whole."""
    wanted = pattern(site, "id-taken")
    how = ends(site, list(collided.second.values()))
    wrong = [f"{job}: {how[job]}" for job in collided.second.values() if how[job] != "failed"]
    wrong += [
        f"{job}: the reason is not told" for job in how if not re.search(wanted, _said_of(collided.said, job, [*how]))
    ]
    site.recorder.proof(
        "second-backup-of-a-minute-is-refused",
        store="platform",
        passed=not wrong,
        expected=f"one ID each, {', '.join(f'{store} {each.id}' for store, each in collided.made.items())}; the second fails, saying {wanted!r}",
        observed=collided.said or "both complete",
        differences=wrong,
        data=False,
    )
    made = dict(collided.made)
    rondb = rondb_backup(site, made.pop("rondb"), job_logs(site, collided.first["rondb"]))
    _prove_first(site, rondb, made)
    upset.close()


def _said_of(said: str, job: str, others: list[str]) -> str:
    """What is said of one failed Job, in a message that says it of several."""
    own = said.partition(f"{job} failed: ")[2]
    for other in others:
        own = own.partition(f"{other} failed: ")[0]
    return own


def _prove_first(site: Site, rondb: RondbBackup, others: dict[str, Any]) -> None:
    looks = whole.looks(site, BackupSet(rondb, {}, {}, others), {}, {}, Key())
    found = [looks[store]() for store in site.profile.recorded]
    missing = [f"{each.proof}: {line}" for each in found for line in each.missing]
    site.recorder.proof(
        "first-backup-is-whole",
        store="platform",
        passed=not missing,
        expected=", ".join(each.expected for each in found),
        observed="; ".join(each.observed for each in found),
        differences=missing,
        data=False,
    )
