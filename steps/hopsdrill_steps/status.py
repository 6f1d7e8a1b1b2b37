"""The status of a platform's backups."""

from contextlib import ExitStack

from pytest_bdd import given, parsers, then

from hopsdrill.model.declaration import PlannedOperation
from hopsdrill.plan.declare import declares
from hopsdrill.run import misconfigured, status
from hopsdrill.run.misconfigured import Fault
from hopsdrill.run.status import Told
from hopsdrill.site import Site
from hopsdrill_steps.configuration import CONFIGURE, MAKE_BUCKET


MISCONFIGURE = PlannedOperation(name="misconfigure the backups", target="{namespace}", destructive=True)
ASK = PlannedOperation(name="ask for the status", target="{namespace}")
PUT_RIGHT = PlannedOperation(name="put the backups right", target="{namespace}")


@then("the status is enabled as a whole and for every service")
@declares(proofs=["status-is-enabled"])
def enabled(platform: Site, told: Told) -> None:
    """Read from the cluster and the bucket."""
    status.prove_enabled(platform, told)


@then("the command that operators call says the same")
@declares(operations=[ASK], proofs=["command-says-enabled"])
def the_command_says_so(platform: Site) -> None:
    """`hopsdrill platform status`, in a process of its own."""
    status.prove_command(platform)


@given(parsers.parse("the backups were misconfigured: {what}"), target_fixture="fault")
@declares(operations=[MISCONFIGURE, CONFIGURE, MAKE_BUCKET])
def was_misconfigured(platform: Site, what: str, told: Told, upset: ExitStack) -> Fault:
    """Put right when the scenario ends, however it ends."""
    return misconfigured.misconfigure(platform, what, told, upset)


@then("the status is partial, names that service with the reason, and every other is as it was")
@declares(proofs=["status-is-partial-with-the-reason"])
def partial(platform: Site, fault: Fault, told: Told) -> None:
    """With a cure."""
    misconfigured.prove_partial(platform, fault, told)


@then("once that is put right the status is enabled again")
@declares(operations=[PUT_RIGHT, CONFIGURE], proofs=["status-is-enabled-again"])
def enabled_again(platform: Site, told: Told, upset: ExitStack) -> None:
    """Undone now."""
    misconfigured.put_right(platform, upset)
    status.prove_enabled(platform, told, "status-is-enabled-again")
