"""Kubernetes' names for schedules, and when a schedule fires next."""

from datetime import datetime

from cronsim import CronSim, CronSimError


# github.com/robfig/cron, as five fields
NICKNAMES = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}


def next_after(schedule: str, moment: datetime) -> datetime | None:
    """The first firing after a moment, on UTC; None when the expression never fires or cannot be read."""
    try:
        return next(CronSim(NICKNAMES.get(schedule, schedule), moment), None)
    except CronSimError:
        return None
