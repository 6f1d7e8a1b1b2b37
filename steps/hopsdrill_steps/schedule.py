"""The schedule of backups."""

from contextlib import ExitStack

from pytest_bdd import parsers, then, when

from hopsdrill.model.declaration import PlannedOperation
from hopsdrill.plan.declare import declares
from hopsdrill.proof.key import Key
from hopsdrill.run import configuration, firing, misconfigured, next_run, schedule
from hopsdrill.run import refused as refused_backups
from hopsdrill.run.firing import Fired
from hopsdrill.run.refused import Refused
from hopsdrill.run.schedule import Collided
from hopsdrill.run.session import Drill
from hopsdrill.run.status import Told
from hopsdrill.site import Site
from hopsdrill_steps.backup import WHOLE
from hopsdrill_steps.configuration import CONFIGURE


FIRE = PlannedOperation(name="wait for the schedules to fire", target="{namespace}, {kubernetes_velero_namespace}")
WORK_OUT = PlannedOperation(name="have the last firing worked out", target="a namespace of its own")
TWICE = PlannedOperation(name="back up twice within a minute", target="{namespace}")


@when("a schedule of one minute is set by an upgrade until everything has fired", target_fixture="fired")
@declares(operations=[CONFIGURE, FIRE])
def everything_has_fired(platform: Site, upset: ExitStack, key: Key) -> Fired:
    """Then the platform's own schedule is set again."""
    return firing.fire(platform, upset, key)


@then("Kubernetes and Velero began every backup by themselves")
@declares(proofs=["schedules-fired-by-themselves"])
def by_themselves(platform: Site, fired: Fired) -> None:
    """By owner, maker and moment of what they made."""
    firing.prove_fired(platform, fired)


@then("what they took is a whole backup of every store")
@declares(proofs=WHOLE)
def a_whole_backup(platform: Site, fired: Fired, key: Key) -> None:
    """Recorded, and whole in the bucket."""
    firing.prove_whole(platform, fired, key)


@then("Kubernetes and Velero find the schedule due at the moments that are computed for it")
@declares(operations=[WORK_OUT], proofs=["next-run-is-computed"])
def the_next_run(platform: Site, upset: ExitStack) -> None:
    """By objects of the scenario's own, removed when it ends."""
    del upset  # whose end removes them
    next_run.prove_next_run(platform)


@when(parsers.parse('backups are to be taken by the schedule "{expression}"'), target_fixture="refused")
@declares()
def taken_by(platform: Site, expression: str) -> Refused:
    """Asked of hopsdrill."""
    return refused_backups.ask(platform, schedule=expression)


@then(parsers.parse('a plan with the schedule "{expression}" is refused'))
@declares(proofs=["plan-is-refused"])
def the_plan_is_refused(platform: Site, drill: Drill, expression: str) -> None:
    """When it is loaded: by `plan`, `lint` and `run`."""
    schedule.prove_plan_refused(platform, drill.plan, expression)


@then(parsers.parse("the platform, asked all the same, refuses it too and leaves {left}"))
@declares(operations=[CONFIGURE], proofs=["platform-refuses-it-too", "what-the-refusal-left-is-told"])
def the_platform_refuses_the_schedule(
    platform: Site, refused: Refused, left: str, told: Told, upset: ExitStack
) -> None:
    """By the chart's schema, or by the API server when some objects have been changed already."""
    upset.callback(configuration.enable, platform)
    refused_backups.prove_helm_refuses(platform, refused, "bad-schedule")
    misconfigured.prove_left(platform, left, told)


@when("every store is backed up twice within one minute", target_fixture="collided")
@declares(operations=[TWICE])
def backed_up_twice(platform: Site, upset: ExitStack) -> Collided:
    """By Jobs of the CronJobs."""
    return schedule.collide(platform, upset)


@then("the second backup of every store fails, is named with the reason, and the first is whole")
@declares(proofs=["second-backup-of-a-minute-is-refused", "first-backup-is-whole"])
def the_second_fails(platform: Site, collided: Collided, upset: ExitStack) -> None:
    """The Jobs are removed."""
    schedule.prove_collision(platform, collided, upset)
