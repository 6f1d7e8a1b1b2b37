"""The gates before a restore from a set that the drill did not take: still what was sealed, and made by the version that restores it."""

from functools import partial
from typing import Any

from hopsdrill.adapters.kube import Kube
from hopsdrill.adapters.s3_history import HistoryStore
from hopsdrill.core.errors import PlanError
from hopsdrill.model.plan import GivenPoint, Plan
from hopsdrill.model.profile import Profile
from hopsdrill.proof.seal import Seal, opened
from hopsdrill.recovery.velero import API
from hopsdrill.recovery.version import made_by
from hopsdrill.run.feasible import answer
from hopsdrill.run.sealing.check import Checked, Reading, check, require_of
from hopsdrill.run.sealing.parts import KUBERNETES
from hopsdrill.run.sealing.take import chosen
from hopsdrill.safety.capacity import versions_agree
from hopsdrill.safety.interlocks import Gate
from hopsdrill.signing import KeyStore, KnownKey
from hopsdrill.signing.keys import public_key
from hopsdrill.site import Site


GATE, VERSION = "backup-set-is-as-sealed", "backup-set-was-made-by-the-profile-s-version"
SHOWN = 10  # faults named in the gate's reason


def gates(plan: Plan, site: Site) -> dict[str, Gate]:
    """None where the plan names no set; only the version's where it names no seal."""
    point = plan.recovery_point
    if point is None:
        return {}
    found: dict[str, Gate] = {VERSION: partial(_version, point, site)}
    if point.seal is not None:
        found[GATE] = partial(_answer, point, site.profile, site.kube, site.store)
    return found


def _version(point: GivenPoint, site: Site) -> tuple[bool | None, str]:
    """By which version the set was made: its backup says it, or its seal, or the plan says how it is known (HDR-20)."""
    seal = seal_of(point) if point.seal is not None else None
    main = _main(point, seal, site)
    said = made_by(site, main) | ({"its seal": seal.head.version} if seal else {})
    name = main["metadata"]["name"]
    if said:
        return answer(
            [versions_agree(site.profile.version, {f"{who} of {name} says": each for who, each in said.items()})]
        )
    if site.accepts_unknown_version:
        return True, f"nothing says which version made {name}; the plan: {site.accepts_unknown_version}"
    return (
        False,
        f"nothing says which version of the platform made {name}: find out, and give the plan accept_unknown_version",
    )


def _main(point: GivenPoint, seal: Seal | None, site: Site) -> dict[str, Any]:
    """The set's Velero Backup of the platform's own objects: as the cluster knows it, or by its name alone."""
    main = KUBERNETES[0]
    name = ids_of(point, seal, site)[main]
    found = site.kube.get(f"{API}/Backup", name, site.profile.kubernetes.velero_namespace)
    return found or {"metadata": {"name": name}}


def ids_of(point: GivenPoint, seal: Seal | None, site: Site) -> dict[str, str]:
    """Backup ID per store of the set that a plan names: by its seal, or as the platform and the bucket list it."""
    if seal is not None:
        return seal.head.ids
    return {store: each.id for store, each in chosen(site, point.set).backups.items()}


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
