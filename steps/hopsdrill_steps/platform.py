"""The platform under drill."""

from pytest_bdd import given, parsers

from hopsdrill.model.declaration import PlannedOperation
from hopsdrill.plan.declare import declares
from hopsdrill.recovery.schedules import require_schedule
from hopsdrill.site import Site


INSTALL = PlannedOperation(name="install the platform", target="{namespace}")


@given(parsers.parse('a platform with backups enabled on schedule "{schedule}"'))
@declares(operations=[INSTALL], actions=["backups-are-scheduled"])
def a_platform_with_backups_enabled(platform: Site, schedule: str) -> None:
    """Install the platform; every CronJob and Velero Schedule carries the schedule."""
    require_schedule(platform, schedule)
