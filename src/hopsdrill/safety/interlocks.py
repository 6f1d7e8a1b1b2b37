"""Gates before harm: each is looked at, each answer is journalled, and one shut gate ends the run before it begins."""

from collections.abc import Callable
from datetime import datetime

from hopsdrill.adapters.kube import Kube
from hopsdrill.adapters.s3 import ObjectStore
from hopsdrill.core.clock import now, parse_utc
from hopsdrill.core.errors import DrillError, InterlockError
from hopsdrill.journal import Recorder
from hopsdrill.model import events as ev
from hopsdrill.model.plan import Plan, Window


Gate = Callable[[], tuple[bool | None, str]]  # None: it is not known, which stops nothing and is recorded as such


def check(recorder: Recorder, gates: dict[str, Gate]) -> None:
    """Look at every gate and journal what was seen.

    Raises:
        InterlockError: at least one is shut; names each with its reason.
    """
    shut: list[str] = []
    for name, gate in gates.items():
        try:
            is_open, reason = gate()
        except DrillError as error:
            is_open, reason = False, f"could not be checked: {error.message}"  # default deny
        known, is_open = is_open is not None, is_open is not False
        recorder.write(ev.InterlockChecked(name=name, open=is_open, reason=reason, known=known))
        if not is_open:
            shut.append(f"{name}: {reason}")
    if shut:
        msg = "Refused to start; shut interlocks:\n" + "\n".join(f"  - {line}" for line in shut)
        raise InterlockError(msg, hint="nothing was touched; mend what the reasons name")


def gates(plan: Plan, kube: Kube, store: ObjectStore, uid: str) -> dict[str, Gate]:
    """The gates of a drill on a cluster of the lab."""
    return {
        "cluster-made-by-the-lab": lambda: _own_cluster(kube, uid),
        "within-the-window": lambda: within(plan.governance.window, now().utc),
        "store-keeps-versions": lambda: _versions(store),
    }


def _own_cluster(kube: Kube, uid: str) -> tuple[bool, str]:
    live = kube.uid()
    if uid and live == uid:
        return True, f"kube-system has the UID {uid} that was recorded when the lab created this cluster"
    return False, f"kube-system has the UID {live}, the lab recorded {uid or 'none'}"


def within(window: Window | None, moment: datetime) -> tuple[bool, str]:
    """Tell whether a moment lies in a plan's window; a plan without one is always open."""
    if window is None:
        return True, "the plan names no window"
    inside = parse_utc(window.opens) <= moment <= parse_utc(window.closes)
    return inside, f"the plan's window is {window.opens} to {window.closes}"


def _versions(store: ObjectStore) -> tuple[bool, str]:
    state = store.versioning() or "never set"
    return state == "Enabled", f"versioning of bucket {store.ref.bucket}: {state}"
