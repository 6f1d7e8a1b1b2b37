"""The platform under drill."""

from pytest_bdd import given, parsers

from hopsdrill.model.declaration import PlannedOperation
from hopsdrill.plan.declare import declares
from hopsdrill.recovery.schedules import require_schedule
from hopsdrill.run import qualify
from hopsdrill.run.shelf import Shelf
from hopsdrill.site import Site


INSTALL = PlannedOperation(name="install the platform", target="{namespace}")
REMOVE = PlannedOperation(name="remove the platform", target="{namespace}", destructive=True)
CHANGE = PlannedOperation(name="change the version of velero", target="{kubernetes_velero_namespace}")


@given(parsers.parse('a platform with backups enabled on schedule "{schedule}"'))
@declares(operations=[INSTALL], actions=["backups-are-scheduled"])
def a_platform_with_backups_enabled(platform: Site, schedule: str) -> None:
    """Install the platform; every CronJob and Velero Schedule carries the schedule."""
    require_schedule(platform, schedule)


@given(
    parsers.parse('platform {version} on a cluster with Velero {velero}, with backups enabled on schedule "{schedule}"')
)
@declares(operations=[REMOVE, CHANGE, INSTALL], actions=["versions-are-as-named", "backups-are-scheduled"])
def a_platform_in_a_version(site: Site, shelf: Shelf, version: str, velero: str, schedule: str) -> None:
    """Both in these versions, and nothing loaded; else made anew."""
    qualify.stand(site, version, velero)
    shelf.recovered = None
    require_schedule(site, schedule)
