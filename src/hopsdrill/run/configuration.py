"""Enabling backups: while the platform is installed, and by a later upgrade."""

import json
import secrets
from contextlib import ExitStack

from hopsdrill.core.errors import OperationError, PreconditionError
from hopsdrill.core.process import Completed, failure_text
from hopsdrill.journal import read
from hopsdrill.model import events as ev
from hopsdrill.recovery import values
from hopsdrill.recovery.enabling import VERSIONED, backup_values, require_enablable
from hopsdrill.recovery.install import wait_serving
from hopsdrill.recovery.schedules import ABSENT, await_schedule, schedules, settled
from hopsdrill.recovery.velero import API
from hopsdrill.site import Site


CONFIGURE = "configure the backups"


def configure(site: Site, **wanted: object) -> None:
    """Upgrade to the platform's values with some of its ``backup_values`` set, and wait until it serves.

    Raises:
        PreconditionError: backups by these values cannot work; nothing was asked of the platform.
        OperationError: helm refused or failed.
        DeadlineExceeded: something did not become ready in time; names it.
    """
    given = backup_values(site, **wanted)
    require_enablable(site, given)
    told = ", ".join(f"{name} {value}" for name, value in wanted.items()) or "the platform's own values"
    with site.recorder.operation(CONFIGURE, f"helm upgrade ({told})", target=site.namespace, destructive=True) as done:
        ended = upgrade(site, given)
        if ended.returncode != 0:
            raise OperationError(failure_text(ended))
        located = wanted.get("enabled") is not False and wanted.get("kubernetes") is not False
        seconds = wait_serving(site, site.deadlines.restore.total_seconds(), location=located).elapsed
        await_schedule(site, str(wanted.get("schedule", site.schedule)))
        done.text = f"every store serves after {seconds:.1f} s"


def upgrade(site: Site, given: dict[str, object]) -> Completed:
    """``helm upgrade``, whatever comes of it."""
    path = values.write(site, f"backup-values-{secrets.token_hex(3)}", given)
    return site.helm.upgrade(site.release, path, timeout=site.deadlines.restore.total_seconds())


def disable(site: Site, upset: ExitStack) -> None:
    """Switch backups off by an upgrade; they are switched on again when the scenario ends."""
    upset.callback(enable, site)
    configure(site, enabled=False)


def enable(site: Site) -> None:
    """Upgrade to the platform's own values, unless everything already stands as they say."""
    if revision(site)[1] == "failed":
        _mend_schedules(site)
    if set(schedules(site).values()) != {site.schedule} or revision(site)[1] != "deployed":
        configure(site)


def _mend_schedules(site: Site) -> None:
    """Give Velero's Schedules back their schedule where a failed upgrade left another.

    A plain upgrade would not: of objects it does not know, Helm compares the last good manifest with the new one, never
    with the cluster, and these two are the same.
    """
    names = site.profile.kubernetes
    for name in (names.main_schedule, names.users_schedule):
        found = site.kube.get(f"{API}/Schedule", name, names.velero_namespace)
        if found is not None:
            site.kube.patch(f"{API}/Schedule", name, names.velero_namespace, {"spec": {"schedule": site.schedule}})


def revision(site: Site) -> tuple[int, str]:
    """The release's newest revision, and how it stands."""
    return site.helm.revision(site.release.name, namespace=site.namespace)


# --- what there is -----------------------------------------------------------------------------------------------------


def prove_installed(site: Site) -> None:
    """Record that the installation itself left everything that takes backups, by what was seen right after it."""
    found = _after_installation(site)
    prove_scheduled(site, found, "installation-configured-the-backups")


def _after_installation(site: Site) -> dict[str, str]:
    entries = [each.event for each in read(site.recorder.journal.folder)]
    numbers = {e.operation for e in entries if isinstance(e, ev.OperationStarted) and e.name == "install the platform"}
    ends = [e for e in entries if isinstance(e, ev.OperationFinished) and e.operation in numbers and e.evidence]
    if not ends:
        msg = "This run has installed no platform, so what an installation leaves cannot be shown."
        raise PreconditionError(msg, hint="run the whole plan")
    found: dict[str, str] = json.loads((site.recorder.evidence.folder / ends[-1].evidence[-1]).read_text())
    return found


def prove_scheduled(site: Site, found: dict[str, str] | None = None, proof: str = "backups-are-configured") -> None:
    """Record that every CronJob and both Velero Schedules are there with the platform's schedule."""
    seen = settled(site) if found is None else found
    names = site.profile.kubernetes
    wanted = [each.cronjob for each in site.profile.recorded.values()] + [names.main_schedule, names.users_schedule]
    wrong = [f"{name}: {seen.get(name, ABSENT)}" for name in wanted if seen.get(name, ABSENT) != site.schedule]
    site.recorder.proof(
        proof,
        store="platform",
        passed=not wrong,
        expected=f"{', '.join(wanted)}, each with {site.schedule}",
        observed=", ".join(f"{name} {text}" for name, text in seen.items()),
        differences=wrong,
        data=False,
    )


def prove_absent(site: Site) -> None:
    """Record that nothing takes backups."""
    seen = schedules(site)
    there = [f"{name}: {text}" for name, text in seen.items() if text != ABSENT]
    site.recorder.proof(
        "nothing-takes-backups",
        store="platform",
        passed=not there,
        expected="no CronJob of a store, no Velero Schedule",
        observed=", ".join(f"{name} {text}" for name, text in seen.items()),
        differences=there,
        data=False,
    )


def prove_versioned(site: Site) -> None:
    """Record that the bucket keeps object versions."""
    state = site.store.versioning()
    site.recorder.proof(
        "bucket-keeps-versions",
        store="hopsfs",
        passed=state == VERSIONED,
        expected=VERSIONED,
        observed=state or "never set",
        data=False,
    )
