"""Backups made old by documented means, and runs with a time to live that prune them.

How an entry is made old: objects by the modification time in their metadata, by which the platform's clean-up judges files; a
search snapshot by the clock of the pod that judges it, set ahead; Velero's backups by their own ``ttl``.
"""

import copy
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from hopsdrill.clients import need, search_engine
from hopsdrill.core import ttl
from hopsdrill.core.clock import now, utc_text
from hopsdrill.core.errors import OperationError
from hopsdrill.core.wait import wait_for
from hopsdrill.proof.key import Key
from hopsdrill.recovery import velero
from hopsdrill.recovery.backup import entries
from hopsdrill.recovery.install import rolled_out
from hopsdrill.recovery.jobs import Change
from hopsdrill.run.configuration import configure
from hopsdrill.run.wholeness import Taken, take
from hopsdrill.site import Site


SEARCH, KUBERNETES = "opensearch", "kubernetes"
BY_FILES = ("rondb", "registry")  # whose clean-up judges files by their age
CLOCK = "hopsdrill-clock"  # the ConfigMap with the clock
# what Python runs at every start: the clock by which this pod's programs judge an age begins at $HOPSDRILL_CLOCK
SHIFT = """import os, time
_real = time.time
_ahead = float(os.environ["HOPSDRILL_CLOCK"]) - _real()
time.time = lambda: _real() + _ahead
"""
EXPIRED, COLLECTED_S = "1s", 120.0
RESTARTED = "kubectl.kubernetes.io/restartedAt"


@dataclass(frozen=True)
class Pruned:
    """What a run with a ttl was to remove.

    Attributes:
        gone: backup IDs by store that must be gone; Velero's by name.
        newest: what the run itself took.
    """

    gone: dict[str, list[str]] = field(default_factory=dict)
    newest: Taken | None = None


# --- old -------------------------------------------------------------------------------------------------------------


def make_old(site: Site, taken: Taken, days: int) -> None:
    """Give every object of a backup a modification time of so many days ago, and see that it is read back."""
    moment = now().utc - timedelta(days=days)
    keys = [
        each.key
        for store in by_files(site)
        for each in site.store.entries(prefix(site, store, taken.backup.ids[store]))
    ]
    with site.recorder.operation(
        "make a backup old",
        f"{len(keys)} objects: X-Amz-Meta-Mtime {utc_text(moment)}",
        target="the bucket",
        destructive=True,
    ) as done:
        for key in keys:
            site.store.backdate(key, moment)
        done.text = (
            f"{len(keys)} objects have become {days} days old; the search snapshot is judged by a clock set ahead"
        )
    young = [key for key in keys if abs(site.store.age_of(key) - timedelta(days=days)) > timedelta(minutes=10)]
    site.recorder.action(
        "backup-was-made-old",
        effective=bool(keys) and not young,
        expected=f"every object of {', '.join(by_files(site))} is {days} days old by its metadata",
        observed=f"{len(keys) - len(young)} of {len(keys)}",
    )


def by_files(site: Site) -> list[str]:
    """Recorded stores whose clean-up judges files by their age."""
    return [store for store in BY_FILES if store in site.profile.recorded]


def prefix(site: Site, store: str, backup: str) -> str:
    """Where a store's backup lies in the bucket."""
    return f"{site.profile.recorded[store].bucket_prefix}/{backup}/"


def _clock_at(site: Site, moment: datetime) -> Change:
    """Set the clock of a Job's programs to a moment when they start; enters the ConfigMap that does it into the ledger."""
    meta = {"name": CLOCK, "namespace": site.namespace}
    site.create({"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta, "data": {"sitecustomize.py": SHIFT}})

    def change(spec: dict[str, Any]) -> dict[str, Any]:
        made = copy.deepcopy(spec)
        pod = made["template"]["spec"]
        pod.setdefault("volumes", []).append({"name": CLOCK, "configMap": {"name": CLOCK}})
        for each in [*pod.get("initContainers", []), *pod["containers"]]:
            own = {"PYTHONPATH": "/clock", "HOPSDRILL_CLOCK": str(moment.timestamp())}
            each["env"] = [*each.get("env", []), *({"name": name, "value": text} for name, text in own.items())]
            each["volumeMounts"] = [*each.get("volumeMounts", []), {"name": CLOCK, "mountPath": "/clock"}]
        return made

    return change


# --- runs ------------------------------------------------------------------------------------------------------------


def prune(  # noqa: PLR0913, PLR0917 - what a run rests on
    site: Site, text: str, old: Taken, young: Taken, upset: ExitStack, key: Key
) -> Pruned:
    """Set the ttl by an upgrade and take a backup of every store by which the old one, and not the young one, is past it.

    When the stack ends, the platform's own values are set again.

    Raises:
        OperationError: something failed; or no such ttl.
    """
    span = ttl.age(text)
    if span is None:
        msg = f"{text!r} is no ttl."
        raise OperationError(msg)
    _set(site, text, upset)
    started = [_started(site, each) for each in (old, young)]
    between = started[0] + (started[1] - started[0]) / 2
    with search_engine(site) as engine:
        found = engine.snapshots(need(site.profile.opensearch, SEARCH).repository)
    change = _clock_at(site, between + span)
    newest = take(site, key, {SEARCH: change})
    expired = _expire(site)
    gone = {store: [old.backup.ids[store]] for store in by_files(site)}
    gone[SEARCH] = sorted(name for name, begun in found.items() if begun < between)
    return Pruned({**gone, KUBERNETES: expired}, newest)


def _set(site: Site, text: str, upset: ExitStack) -> None:
    upset.callback(configure, site)
    configure(site, ttl=text)


def _started(site: Site, taken: Taken) -> datetime:
    """When the engine began a set's search snapshot."""
    with search_engine(site) as engine:
        return engine.snapshots(need(site.profile.opensearch, SEARCH).repository)[taken.backup.ids[SEARCH]]


def prune_all(site: Site, text: str, upset: ExitStack, key: Key) -> Pruned:
    """Set a ttl that everything exceeds, and take a backup of every store."""
    before = {store: sorted(entries(site, each)) for store, each in site.profile.recorded.items()}
    _set(site, text, upset)
    return Pruned(before, take(site, key))


def _expire(site: Site) -> list[str]:
    """Take a Velero backup of each Schedule with a ttl of its own of a second, and have Velero look at its backups.

    Velero removes expired backups once an hour, when it first sees one, and so when its server starts; source: its
    ``gc_controller``. Gives their names.
    """
    names, made = site.profile.kubernetes, list[str]()
    space = names.velero_namespace
    with site.recorder.operation("take backups that expire", f"spec.ttl {EXPIRED}", target=space) as done:
        for schedule in (names.main_schedule, names.users_schedule):
            body = velero.backup_body(site, schedule, f"{schedule}-{now().utc:%Y%m%d%H%M%S}-short")
            site.kube.create({**body, "spec": {**body["spec"], "ttl": EXPIRED}})
            made.append(
                velero.await_end(site, "Backup", body["metadata"]["name"], site.deadlines.backup.total_seconds()).found[
                    "metadata"
                ]["name"]
            )
        done.text = ", ".join(made)
    with site.recorder.operation("restart Velero", names.velero_deployment, target=space) as done:
        template = {"metadata": {"annotations": {RESTARTED: utc_text(now().utc)}}}
        site.kube.patch("apps/v1/Deployment", names.velero_deployment, space, {"spec": {"template": template}})
        seen = wait_for(
            lambda: (_server_runs(site), [name for name in made if there(site, name)]),
            what="Velero to run again and to have removed its expired backups",
            until=lambda found: found[0] and not found[1],
            deadline=COLLECTED_S,
        )
        done.text = f"removed by Velero's own collection {seen.elapsed:.1f} s after its server was restarted"
    return made


def _server_runs(site: Site) -> bool:
    names = site.profile.kubernetes
    found = site.kube.get("apps/v1/Deployment", names.velero_deployment, names.velero_namespace)
    return found is not None and rolled_out(found)


def there(site: Site, backup: str) -> bool:
    """Whether Velero knows a backup."""
    return site.kube.exists(f"{velero.API}/Backup", backup, site.profile.kubernetes.velero_namespace)
