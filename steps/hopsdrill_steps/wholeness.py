"""Whether backups are whole."""

from collections.abc import Iterator
from contextlib import ExitStack

from pytest_bdd import given, parsers, then

from hopsdrill.model.declaration import PlannedOperation
from hopsdrill.plan.declare import declares
from hopsdrill.proof.key import Key
from hopsdrill.run import wholeness
from hopsdrill.run.wholeness import Lost, Taken
from hopsdrill.site import Site
from hopsdrill_steps.backup import BACK_UP, WHOLE


LOSE = PlannedOperation(name="lose a part of a backup", target="the bucket", destructive=True)


@given("a backup of every store")
@declares(operations=BACK_UP)
def a_backup(taken: Taken) -> None:
    """Taken by the platform's own means; shared by scenarios."""
    del taken


@then("it is whole, store by store")
@declares(proofs=WHOLE)
def it_is_whole(platform: Site, taken: Taken, key: Key) -> None:
    """By what lies in the bucket."""
    wholeness.prove_whole(platform, taken, key)


@given(parsers.parse("{what} was lost from the bucket unnoticed"), target_fixture="lost")
@declares(operations=[LOSE], actions=["a-part-was-lost"])
def was_lost(platform: Site, what: str, taken: Taken) -> Iterator[Lost]:
    """Put back when the scenario ends, however it ends."""
    with ExitStack() as upset:
        yield wholeness.lose(platform, what, taken, upset)


@then("the look at that store finds and names it, and no other look finds anything")
@declares(proofs=["loss-is-found-and-named", "nothing-else-is-found"])
def found_and_named(platform: Site, lost: Lost, taken: Taken, key: Key) -> None:
    """All stores are looked at."""
    wholeness.prove_found(platform, lost, taken, key)
