"""Completeness of a recovery."""

from pytest_bdd import then

from hopsdrill.plan.declare import declares
from hopsdrill.proof.key import Key
from hopsdrill.run.completeness import PROOF, account
from hopsdrill.run.session import Drill
from hopsdrill.run.stages import Recovered
from hopsdrill.site import Site


@then("whatever was expected is in the backup and came back, but for what the plan allows to be missing")
@declares(proofs=[PROOF])
def nothing_is_missing(platform: Site, drill: Drill, recovered: Recovered, key: Key) -> None:
    """Counted by kind and store; each gap with its cause."""
    account(platform, recovered, key, drill.plan.allowed_gaps)
