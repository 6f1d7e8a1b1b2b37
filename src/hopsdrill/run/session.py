"""What a running drill is made of; steps reach it through the ``drill`` fixture."""

from dataclasses import dataclass
from pathlib import Path

from hopsdrill.journal import Recorder
from hopsdrill.model.lab import ClusterRef, StoreRef
from hopsdrill.model.plan import Plan
from hopsdrill.model.profile import Profile


@dataclass(frozen=True)
class Drill:
    """One run's plan, platform names, places and recorder.

    Attributes:
        run_id: also the value of the label ``hopsdrill.io/run`` on everything created.
        folder: the run's folder.
        target: the cluster that may be changed; the interlocks have passed.
    """

    run_id: str
    folder: Path
    plan: Plan
    profile: Profile
    target: ClusterRef
    store: StoreRef
    recorder: Recorder
