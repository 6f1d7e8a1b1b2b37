"""The gate before a restore from a set that the drill did not take: the set must still be what was sealed."""

from hopsdrill.adapters.kube import Kube
from hopsdrill.adapters.s3_history import HistoryStore
from hopsdrill.core.errors import PlanError
from hopsdrill.model.plan import GivenPoint, Plan
from hopsdrill.model.profile import Profile
from hopsdrill.proof.seal import Seal, opened
from hopsdrill.run.sealing.check import Checked, Reading, check, require_of
from hopsdrill.safety.interlocks import Gate
from hopsdrill.signing import KeyStore, KnownKey
from hopsdrill.signing.keys import public_key


GATE = "backup-set-is-as-sealed"
SHOWN = 10  # faults named in the gate's reason


def gates(plan: Plan, profile: Profile, kube: Kube, store: HistoryStore) -> dict[str, Gate]:
    """None where the plan names no seal."""
    point = plan.recovery_point
    if point is None or point.seal is None:
        return {}
    return {GATE: lambda: _answer(point, profile, kube, store)}


def _answer(point: GivenPoint, profile: Profile, kube: Kube, store: HistoryStore) -> tuple[bool, str]:
    seal = seal_of(point)
    found = checked(seal, profile, kube, store)
    if found.faults:
        more = f"; and {len(found.faults) - SHOWN} more" if len(found.faults) > SHOWN else ""
        return False, f"{'; '.join(found.faults[:SHOWN])}{more}"
    told = f"as it was sealed at {seal.head.sealed} by {seal.signer}: {found.looked}"
    return True, "; ".join([told, *found.unread])


def checked(seal: Seal, profile: Profile, kube: Kube, store: HistoryStore) -> Checked:
    """Look at the whole set; the records in the cluster only where the platform is there, for on a new one they come back later."""
    there = kube.exists("v1/Namespace", profile.namespace)
    return check(store, profile, kube if there else None, seal, Reading())


def seal_of(point: GivenPoint) -> Seal:
    """The seal a plan names, its signature checked.

    Raises:
        SealError: it proves nothing, or is another set's.
        PlanError: the plan names none.
    """
    if point.seal is None:
        msg = "The plan's recovery_point names no seal."
        raise PlanError(msg, hint="hopsdrill backups seal ID")
    keys = KeyStore()
    given = [KnownKey(point.key.stem, public_key(point.key), own=False)] if point.key else []
    found = opened(point.seal, [*given, *keys.trusted(), *keys.own()])
    require_of(found, point.set)
    return found
