"""Whether schedule, objective, time to live and lifecycle agree."""

from collections.abc import Iterator
from contextlib import ExitStack

from pytest_bdd import given, parsers, then, when

from hopsdrill.model.declaration import PlannedOperation
from hopsdrill.plan.declare import declares
from hopsdrill.run import coherence, lifecycle
from hopsdrill.run.cleanup import undone
from hopsdrill.run.coherence import Asked
from hopsdrill.run.lifecycle import Stocked
from hopsdrill.run.session import Drill
from hopsdrill.site import Site
from hopsdrill_steps.configuration import MAKE_BUCKET


STOCK = PlannedOperation(name="write versions of several ages", target="a bucket of its own")
SET = PlannedOperation(name="set a lifecycle policy", target="a bucket of its own")
EXPIRE = PlannedOperation(name="wait for the store to expire", target="a bucket of its own")
ASK = PlannedOperation(name="ask for a drill", target="{namespace}")


@given(
    "a bucket of the scenario's own that keeps versions, replaced and deleted long ago and lately, and a lone delete marker",
    target_fixture="stocked",
)
@declares(operations=[MAKE_BUCKET, STOCK])
def a_bucket_with_versions(site: Site) -> Iterator[Stocked]:
    """Declared: their times are carried by MinIO's own header for replication. Removed when the scenario ends."""
    with undone(site):
        yield lifecycle.stock(site, lifecycle.versioned(site))


@when(
    parsers.parse(
        "a lifecycle policy is set on it that expires old versions after {days:d} days and lone delete markers"
    )
)
@declares(operations=[SET])
def a_policy_is_set(site: Site, stocked: Stocked, days: int) -> None:
    """In the documented form."""
    lifecycle.set_policy(site, stocked.bucket, lifecycle.policy(days))


@then(parsers.parse("the policy is read back as it was set for {days:d} days"))
@declares(proofs=["lifecycle-is-read-back"])
def it_is_read_back(site: Site, stocked: Stocked, days: int) -> None:
    """Through S3."""
    lifecycle.prove_read_back(site, stocked.bucket, days)


@then("the store itself expires the versions of long ago and the lone marker, and leaves everything else")
@declares(operations=[EXPIRE], proofs=["store-expires-what-the-rule-names"])
def the_store_expires(site: Site, stocked: Stocked) -> None:
    """Nothing is deleted by hand."""
    lifecycle.prove_expired(site, stocked)


@when(parsers.parse("a drill is asked for with {settings}"), target_fixture="asked_drill")
@declares(operations=[ASK, MAKE_BUCKET, SET])
def a_drill_is_asked_for(platform: Site, drill: Drill, settings: str, upset: ExitStack) -> Asked:
    """By the command itself; a bucket that it needs is removed when the scenario ends."""
    del upset  # whose end removes it
    return coherence.ask(platform, drill, settings)


@then("its plan shows each judgement with its arithmetic")
@declares(proofs=["plan-shows-each-judgement"])
def the_plan_shows(platform: Site, asked_drill: Asked) -> None:
    """By `hopsdrill plan`."""
    coherence.prove_plan_told(platform, asked_drill)


@then(parsers.parse('it is refused with exit code {code:d}, saying "{arithmetic}", to be mended by "{change}"'))
@declares(proofs=["drill-is-refused-with-the-arithmetic"])
def it_is_refused(platform: Site, asked_drill: Asked, code: int, arithmetic: str, change: str) -> None:
    """2 for the plan's own settings, 4 for what is found live."""
    coherence.prove_refused(platform, asked_drill, code, arithmetic, change)


@then(parsers.parse('it is let through, saying "{arithmetic}"'))
@declares(proofs=["coherent-settings-are-let-through"])
def it_is_let_through(platform: Site, asked_drill: Asked, arithmetic: str) -> None:
    """To the next gate: this run holds the cluster."""
    coherence.prove_let_through(platform, asked_drill, arithmetic)


@then("nothing was touched by asking for the drill")
@declares(proofs=["refused-run-began-nothing", "nothing-was-touched"])
def untouched(platform: Site, asked_drill: Asked) -> None:
    """By the asked run's journal, and by comparison."""
    coherence.prove_nothing_touched(platform, asked_drill)
