"""The next run of the platform's schedule: computed, and compared with what Kubernetes and Velero work out themselves."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from hopsdrill.core.clock import now, parse_utc, utc_text
from hopsdrill.core.cron import next_after
from hopsdrill.core.errors import PlanError
from hopsdrill.core.wait import wait_for
from hopsdrill.proof.objectives import longest_gap
from hopsdrill.recovery import velero
from hopsdrill.run.firing import SCHEDULED, Object
from hopsdrill.site import Site


OWN_S = 120.0  # until controllers have looked at objects of the scenario's own: Velero does once a minute
SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class Firings:
    """Two firings of the platform's schedule, computed: the last one before now and the next one."""

    last: datetime
    next: datetime


def firings(schedule: str, moment: datetime) -> Firings:
    """Compute them.

    Raises:
        PlanError: it is no schedule, or never fires twice.
    """
    gap = longest_gap(schedule)
    following = next_after(schedule, moment - gap - SECOND)
    while following is not None and (later := next_after(schedule, following)) is not None:
        if later > moment:
            return Firings(following, later)
        following = later
    msg = f"The schedule {schedule!r} never fires twice."
    raise PlanError(msg)


def prove_next_run(site: Site) -> None:
    """Have Kubernetes and Velero work out the last firing of the platform's schedule, and compare it with the computed one.

    Neither shows when it will fire next. A CronJob of the scenario's own that last fired just before the computed firing
    makes its Job at once and writes on it for which moment; one of two Velero Schedules that last fired a second before
    it is due at once, the other, a second after it, is not.
    """
    computed, token = firings(site.schedule, now().utc), secrets.token_hex(3)
    space = f"hopsdrill-schedule-{token}"
    site.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": space}})
    early, late = f"{space}-due", f"{space}-not-due"
    site.ledger("velero-backups", space, namespace=site.profile.kubernetes.velero_namespace)
    for name, last in ((late, computed.last + SECOND), (early, computed.last - SECOND)):
        site.create(_schedule(site, name, space, last))
    _cronjob(site, space, computed.last - SECOND)
    with site.recorder.operation("have the last firing worked out", site.schedule, target=space) as done:
        seen = wait_for(
            lambda: (_moment(site, space), _made(site, early), _seen(site, late)),
            what="Kubernetes and Velero to find their own schedules due",
            until=all,
            deadline=OWN_S,
        ).value
        done.text = f"a Job for {seen[0]}, a Backup {seen[1]}"
    not_due = _made(site, late)
    site.recorder.proof(
        "next-run-is-computed",
        store="platform",
        passed=parse_utc(seen[0]) == computed.last and not not_due,
        expected=f"{site.schedule} fired last for {utc_text(computed.last)}, so it fires next at {utc_text(computed.next)}; Velero: due before that moment, not after it",
        observed=f"Kubernetes: for {seen[0]}; Velero: due a second before, {'due' if not_due else 'not due'} a second after",
        data=False,
    )


def _schedule(site: Site, name: str, space: str, last: datetime) -> Object:
    meta = {"name": name, "namespace": site.profile.kubernetes.velero_namespace}
    # into a location that does not exist: that it fires is what is looked at
    template = {"storageLocation": space, "includedNamespaces": [space], "ttl": "1h"}
    spec = {"schedule": site.schedule, "template": template}
    status = {"lastBackup": last.strftime("%Y-%m-%dT%H:%M:%SZ")}
    return {"apiVersion": velero.API, "kind": "Schedule", "metadata": meta, "spec": spec, "status": status}


def _cronjob(site: Site, space: str, last: datetime) -> None:
    container = {"name": "nothing", "image": site.profile.witness_image, "command": ["true"]}
    pod = {"restartPolicy": "Never", "containers": [container]}
    spec = {"schedule": site.schedule, "suspend": True, "jobTemplate": {"spec": {"template": {"spec": pod}}}}
    site.create(
        {"apiVersion": "batch/v1", "kind": "CronJob", "metadata": {"name": "own", "namespace": space}, "spec": spec}
    )
    site.kube.patch_status("batch/v1/CronJob", "own", space, {"lastScheduleTime": last.strftime("%Y-%m-%dT%H:%M:%SZ")})
    site.kube.patch("batch/v1/CronJob", "own", space, {"spec": {"suspend": False}})


def _moment(site: Site, space: str) -> str:
    """For which moment the own CronJob has made its Job; empty before it has."""
    made = site.kube.list("batch/v1/Job", space)
    return str(made[0]["metadata"].get("annotations", {}).get(SCHEDULED, "")) if made else ""


def _seen(site: Site, schedule: str) -> str:
    """The phase that Velero gave an own Schedule when it looked at it; empty before that."""
    found = site.kube.get(f"{velero.API}/Schedule", schedule, site.profile.kubernetes.velero_namespace) or {}
    return str(found.get("status", {}).get("phase", ""))


def _made(site: Site, schedule: str) -> str:
    """Name of a Backup that Velero has made of an own Schedule; empty when there is none."""
    found = site.kube.list(
        f"{velero.API}/Backup", site.profile.kubernetes.velero_namespace, f"{velero.SCHEDULE}={schedule}"
    )
    return str(found[0]["metadata"]["name"]) if found else ""
