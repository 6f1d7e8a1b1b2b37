"""The recovery point objective by schedule: how old the newest backup can be at worst. Pure functions."""

from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise

from cronsim import CronSim, CronSimError

from hopsdrill.core.cron import NICKNAMES
from hopsdrill.core.errors import PlanError


ANCHOR = datetime(2026, 1, 1, tzinfo=UTC)  # a fixed day, so that the answer does not depend on today
LOOKED_AT = 1500  # firings; a daily schedule is followed for four years, a monthly one longer


def longest_gap(schedule: str) -> timedelta:
    """The longest time between two firings of a schedule.

    Raises:
        PlanError: it is neither a cron expression nor a nickname, or never fires twice.
    """
    try:
        firings = list(islice(CronSim(NICKNAMES.get(schedule, schedule), ANCHOR), LOOKED_AT))
    except CronSimError as error:
        msg = f"{schedule!r} is no backup schedule: {error}."
        raise PlanError(msg, hint='write five fields, such as "0 2 * * 0", or a nickname such as "@weekly"') from error
    gaps = [later - earlier for earlier, later in pairwise(firings)]
    if not gaps:
        msg = f"The schedule {schedule!r} never fires twice."
        raise PlanError(msg, hint="a backup that is not repeated has no recovery point objective")
    return max(gaps)


def worst_case(schedule: str, backup_seconds: float) -> float:
    """Seconds of data at risk at worst: a disaster just before the next backup is done."""
    return longest_gap(schedule).total_seconds() + backup_seconds
