"""Whether backups are scheduled as the scenario says, read from the CronJob and from Velero's Schedules."""

from hopsdrill.core.errors import VerificationError
from hopsdrill.core.wait import wait_for
from hopsdrill.site import Site


ABSENT = "absent"
SCHEDULES = "schedules-after-install.json"  # evidence of every installation


def schedules(site: Site) -> dict[str, str]:
    """The schedule of everything that takes backups; a suspended or refused one says so."""
    names = site.profile.kubernetes
    found = {
        each.cronjob: _cron(site.kube.get("batch/v1/CronJob", each.cronjob, site.namespace))
        for each in site.profile.recorded.values()
    }
    for name in (names.main_schedule, names.users_schedule):
        found[name] = _schedule(site.kube.get("velero.io/v1/Schedule", name, names.velero_namespace))
    return found


def _cron(found: dict[str, object] | None) -> str:
    spec = (found or {}).get("spec", {})
    if not isinstance(spec, dict) or not spec:
        return ABSENT
    return "suspended" if spec.get("suspend") else str(spec["schedule"])


def _schedule(found: dict[str, object] | None) -> str:
    if found is None:
        return ABSENT
    spec, status = found["spec"], found.get("status") or {}
    assert isinstance(spec, dict)  # noqa: S101 - the API's own shape
    assert isinstance(status, dict)  # noqa: S101
    phase = status.get("phase", "New")
    return (
        str(spec["schedule"])
        if phase == "Enabled" and not spec.get("paused")
        else f"{phase}, paused: {spec.get('paused', False)}"
    )


def settled(site: Site) -> dict[str, str]:
    """The schedules once Velero has looked at its own.

    Raises:
        DeadlineExceeded: it does not.
    """
    return wait_for(
        lambda: schedules(site),
        what="Velero to accept its Schedules",
        until=lambda seen: not any(text.startswith("New") for text in seen.values()),
        deadline=30,
    ).value


def await_schedule(site: Site, wanted: str, deadline: float = 90) -> None:
    """Wait until everything that takes backups, if anything does, has a schedule: Velero looks again at what it once refused.

    Raises:
        DeadlineExceeded: something has another; the last observation is in the message.
    """
    wait_for(
        lambda: schedules(site),
        what=f"the schedule {wanted}",
        until=lambda seen: set(seen.values()) <= {wanted, ABSENT},
        deadline=deadline,
    )


def require_schedule(site: Site, wanted: str) -> None:
    """Record that every store's backups carry the schedule.

    Raises:
        VerificationError: one does not.
    """
    found = settled(site)
    effective = set(found.values()) == {wanted}
    site.recorder.action(
        "backups-are-scheduled",
        effective=effective,
        expected=f"{wanted} everywhere",
        observed=", ".join(f"{name} {text}" for name, text in found.items()),
    )
    if not effective:
        msg = f"Backups are not scheduled as {wanted!r}: {found}."
        raise VerificationError(msg, hint="compare the plan's schedule with the scenario's")
