"""Restores that are refused."""

from pytest_bdd import parsers, then, when

from hopsdrill.model.declaration import PlannedOperation
from hopsdrill.plan.declare import declares
from hopsdrill.proof.key import Key
from hopsdrill.run import refusals
from hopsdrill.run.refusals import Asked, ask_wrongly, prove_refused
from hopsdrill.run.stages import Recovered
from hopsdrill.site import Site
from hopsdrill_steps.backup import BACK_UP


ASK = PlannedOperation(name=refusals.ASK, target="{namespace}", destructive=True)


@when(parsers.re(r"a restore in place is requested (?P<how>with.*)"), target_fixture="asked")
@declares(operations=[ASK, *BACK_UP])
def requested_wrongly(platform: Site, recovered: Recovered, how: str, key: Key) -> Asked:
    """Read everything, then ask for a restore that must be refused."""
    return ask_wrongly(platform, recovered, how, key)


@then("it is refused with the reason, and nothing was touched")
@declares(proofs=["refused-with-the-reason", "nothing-was-touched"])
def refused_and_untouched(platform: Site, asked: Asked, key: Key) -> None:
    """Compare the answer with the platform's own words, and everything with what was read before."""
    prove_refused(platform, asked, key)
