"""`hopsdrill backups list` called as an operator calls it, and its answer compared with what is known to be there."""

import json
import os
import secrets
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from hopsdrill.core.clock import utc_text
from hopsdrill.core.errors import OperationError
from hopsdrill.core.kubedata import decoded
from hopsdrill.core.process import run
from hopsdrill.core.redact import REDACTOR
from hopsdrill.core.wait import wait_for
from hopsdrill.recovery import velero
from hopsdrill.recovery.backup import BackupSet
from hopsdrill.run.corner import Corner
from hopsdrill.site import Site


CALL_S = 60.0
UNKNOWN = 8  # exit code: not judgeable
KUBERNETES, ALL = "kubernetes", "all stores"
# Mondays and a Sunday around New Year: by calendar year, ISO week and weekday their IDs do not grow with time
TIMES = [datetime(2024, 12, 23, tzinfo=UTC), datetime(2024, 12, 30, tzinfo=UTC), datetime(2025, 1, 6, tzinfo=UTC)]
TIMES += [datetime(2025, 12, 22, tzinfo=UTC), datetime(2025, 12, 29, tzinfo=UTC), datetime(2027, 1, 3, tzinfo=UTC)]
LASTED = timedelta(seconds=30)


@dataclass(frozen=True)
class Answer:
    """What the command said.

    Attributes:
        store: what was asked for.
        code: its exit code.
        told: its JSON.
        said: its standard error.
    """

    store: str
    code: int
    told: dict[str, Any] = field(default_factory=dict)
    said: str = ""

    @property
    def ids(self) -> list[str]:
        """IDs in the order given."""
        return [str(each["id"]) for each in self.told.get("backups", [])]


def ask(site: Site, store: str, profile: Path, reader: tuple[Path, str] | None = None) -> Answer:
    """Call the command.

    Args:
        site: where.
        store: a store's name, or ``all stores`` for the backup sets.
        profile: a profile's file.
        reader: another kubeconfig and context than the drill's own.

    Raises:
        OperationError: it did not answer with JSON.
    """
    file, context = reader or (site.kube.kubeconfig, site.kube.context)
    words: list[str | Path] = [
        "backups",
        "list",
        "--json",
        "--profile",
        profile,
        "--kubeconfig",
        file,
        "--context",
        context,
    ]
    words += [] if store == ALL else ["--store", store]
    with site.recorder.operation(
        "list the backups", f"hopsdrill backups list: {store}", target=site.cluster_uid
    ) as done:
        ended = run([sys.executable, "-m", "hopsdrill", *words], timeout=CALL_S, check=False)
        done.text = f"exit code {ended.returncode}"
        done.evidence.append(site.recorder.keep(f"backups-list-{store}.json", ended.stdout))
    try:
        return Answer(store, ended.returncode, json.loads(ended.stdout), ended.stderr)
    except ValueError as error:
        msg = f"`hopsdrill backups list` ended with {ended.returncode} and no JSON: {ended.stderr.strip()}"
        raise OperationError(msg) from error


def profile_of(site: Site, corner: Corner | None = None) -> Path:
    """Write the platform's profile to a file; with a corner, its names in the place of the platform's."""
    told = site.profile.model_dump(mode="json")
    if corner is not None:
        main, users = corner.schedules
        told["namespace"] = corner.namespaces[0]
        told["kubernetes"] |= {
            "storage_location": corner.location.name,
            "bucket_prefix": corner.location.prefix,
            "main_schedule": main,
            "users_schedule": users,
        }
    path = site.scratch / f"profile-{corner.stem if corner else 'platform'}.yaml"
    path.write_text(yaml.safe_dump(told))
    return path


# --- records of our own ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Records:
    """Records that were made.

    Attributes:
        good: IDs of the successful ones, the newest first.
        bad: IDs that are recorded for this store and are no success.
        foreign: an ID that is another store's.
    """

    good: list[str]
    bad: list[str]
    foreign: str


def record(site: Site, corner: Corner, store: str) -> Records:
    """Record backups of a store around New Year in two ConfigMaps, among others that are not to be listed."""
    form, space = site.profile.backup_id_form, corner.namespaces[0]
    site.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": space}})
    entries = {each.strftime(form): _entry(each) for each in TIMES}
    good = [each.strftime(form) for each in reversed(TIMES)]
    failed, damaged, foreign = "999990001", "999990002", "999990003"
    other = next(each for each in site.profile.recorded if each != store)
    newest = max(TIMES) + timedelta(days=1)
    first = {key: entries[key] for key in good[::2]} | {failed: _entry(newest, state="FAILED")}
    rotated = {key: entries[key] for key in good[1::2]} | {damaged: "{"}
    with site.recorder.operation("record backups", f"{len(good)} of {store}", target=space) as done:
        _config_map(site, space, store, "backups-metadata", first)
        _config_map(site, space, store, "backups-metadata-1", rotated)
        _config_map(site, space, other, "backups-metadata", {foreign: _entry(newest)})
        done.text = f"{', '.join(good)} and {failed}, {damaged}, {foreign}"
    site.recorder.action(
        "ids-do-not-grow-with-time",
        effective=sorted(good, reverse=True) != good,
        expected="sorted by number, the IDs are not in the order of their times",
        observed=f"by time {', '.join(good)}",
    )
    return Records(good, [failed, damaged], foreign)


def _entry(start: datetime, state: str = "SUCCESS") -> str:
    end = start + LASTED
    told = {"start_time": utc_text(start), "end_time": utc_text(end), "duration_ms": 30000, "state": state, "path": ""}
    return json.dumps(told)


def _config_map(site: Site, space: str, store: str, name: str, data: dict[str, str]) -> None:
    labels = dict(each.split("=", 1) for each in site.profile.recorded[store].metadata_selector.split(","))
    meta = {"name": f"{store}-{name}", "namespace": space, "labels": labels}
    site.create({"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta, "data": data})


def prove_listed(site: Site, records: Records, answer: Answer) -> None:
    """Record that just the successful ones are listed, in the order of their times."""
    not_listed = answer.told.get("not_listed", [])
    wrong = [f"not told as passed over: {each}" for each in records.bad if not any(each in line for line in not_listed)]
    wrong += [f"told although it is another store's: {line}" for line in not_listed if records.foreign in line]
    _judge(site, "backups-are-listed-by-time", answer, records.good, wrong)


def _judge(site: Site, proof: str, answer: Answer, expected: Sequence[str], wrong: Sequence[str]) -> None:
    same = answer.ids == list(expected) and answer.code == 0
    site.recorder.proof(
        proof,
        store=answer.store,
        passed=same and not wrong,
        expected=f"exit code 0, {', '.join(expected)}",
        observed=f"exit code {answer.code}, {', '.join(answer.ids) or 'nothing'}",
        differences=wrong,
        data=False,
    )


# --- Velero's --------------------------------------------------------------------------------------------------------


def prove_velero_listed(site: Site, corner: Corner, answer: Answer, good: Sequence[str], bad: str) -> None:
    """Record that the completed backups of both Schedules are listed, the newest first by start, and no other."""
    names = [name for version in good for name in corner.taken[version].values()]
    starts = {name: str(velero.state(site, "Backup", name).found["status"]["startTimestamp"]) for name in names}
    passed_over = answer.told.get("not_listed", [])
    wrong = [
        f"not told as passed over: {name}"
        for name in corner.taken[bad].values()
        if not any(name in line and "PartiallyFailed" in line for line in passed_over)
    ]
    expected = sorted(names, key=lambda name: (starts[name], name), reverse=True)
    _judge(site, "velero-backups-are-listed-by-time", answer, expected, wrong)


# --- the platform's --------------------------------------------------------------------------------------------------


def prove_set_listed(site: Site, taken: BackupSet) -> None:
    """Record that each store's list begins with the backup that was just taken, and Velero's with both."""
    profile = profile_of(site)
    for store, each in taken.recorded.items():
        answer = ask(site, store, profile)
        _begins(site, store, {each.id}, answer)
    own = {each["metadata"]["name"] for each in (taken.main, taken.users)}
    _begins(site, KUBERNETES, own, ask(site, KUBERNETES, profile))


def _begins(site: Site, store: str, wanted: set[str], answer: Answer) -> None:
    first = answer.ids[: len(wanted)]
    site.recorder.proof(
        "list-begins-with-the-new-backup",
        store=store,
        passed=answer.code == 0 and set(first) == wanted,
        expected=f"exit code 0, first {', '.join(sorted(wanted))}",
        observed=f"exit code {answer.code}, first {', '.join(first) or 'nothing'} of {len(answer.ids)}",
        data=False,
    )


# --- nothing may be read ---------------------------------------------------------------------------------------------


def reader(site: Site, corner: Corner) -> tuple[Path, str]:
    """Make somebody known to the cluster who may read nothing; gives a kubeconfig and its context."""
    space, name = corner.namespaces[0], "reader"
    site.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": space}})
    meta = {"name": name, "namespace": space}
    site.create({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": meta})
    marks = {"kubernetes.io/service-account.name": name}
    kind = "kubernetes.io/service-account-token"
    site.create({"apiVersion": "v1", "kind": "Secret", "metadata": {**meta, "annotations": marks}, "type": kind})
    token = wait_for(
        lambda: decoded(site.kube.get("v1/Secret", name, space) or {}).get("token", ""),
        what=f"the token of {space}/{name}",
        until=bool,
        deadline=30,
    ).value
    REDACTOR.register(token)
    return _kubeconfig(site, token), name


def _kubeconfig(site: Site, token: str) -> Path:
    known = yaml.safe_load(site.kube.kubeconfig.read_text())
    used = next(each["context"]["cluster"] for each in known["contexts"] if each["name"] == site.kube.context)
    made = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [each for each in known["clusters"] if each["name"] == used],
        "users": [{"name": "reader", "user": {"token": token}}],
        "contexts": [{"name": "reader", "context": {"cluster": used, "user": "reader"}}],
    }
    path = site.scratch / f"reader-{secrets.token_hex(4)}.kubeconfig"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(yaml.safe_dump(made))
    return path


def prove_unknown(site: Site, answer: Answer) -> None:
    """Record that the answer is `unknown`, with what could not be read."""
    told = json.dumps(answer.told.get("unread", ""))
    wrong = [] if "forbidden" in told else ["the JSON does not say what could not be read"]
    wrong += [] if "not known" in " ".join(answer.said.split()) else ["the words do not say that it is not known"]
    site.recorder.proof(
        "unknown-is-not-absent",
        store=answer.store if answer.store != ALL else "platform",
        passed=answer.code == UNKNOWN and not wrong,
        expected=f"exit code {UNKNOWN}, and what could not be read",
        observed=f"exit code {answer.code}: {' '.join(answer.said.split())[:300]}",
        differences=wrong,
        data=False,
    )
