"""Kubernetes' names for schedules, and when a schedule fires next."""

from datetime import UTC, datetime

from cronsim import CronSim, CronSimError


FIELDS = 5
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


def fault(schedule: str) -> str:
    """What is wrong with an expression; empty when it can be read."""
    expression = NICKNAMES.get(schedule, schedule)
    try:
        CronSim(expression, datetime(2026, 1, 1, tzinfo=UTC))
    except CronSimError as error:
        return f"{schedule!r} is no backup schedule: {error}"
    if len(expression.split()) != FIELDS:  # the reader would take a sixth, for seconds; Kubernetes does not
        return f"{schedule!r} is no backup schedule: it has {len(expression.split())} fields, not {FIELDS}"
    return ""
