"""What a report says about single things: steps, operations, proofs, measurements, evidence."""

from typing import Literal

from hopsdrill.model.base import Model
from hopsdrill.model.events import BeatLoad, ClockOffset, GapFound, Phase, SkewCell, Status
from hopsdrill.report.gap import Gap, Text


Basis = Literal["measured", "attested", "not measured"]
ControlStatus = Literal["evidenced in this run", "not evidenced in this run"]


class OperationAccount(Model):
    """One operation; ``status`` absent means its end was never journalled."""

    number: int
    event: int
    name: str
    call: str
    target: str
    destructive: bool
    started: str
    seconds: float | Gap
    status: Status | None
    outcome: str
    evidence: list[str]


class StepAccount(Model):
    """One step of a scenario; ``status`` absent means it did not end."""

    number: int
    event: int
    keyword: str
    text: str
    line: int
    started: str
    seconds: float | Gap
    status: Status | None
    error: str
    operations: list[OperationAccount]
    proofs: list[str]
    actions: list[str]


class ScenarioAccount(Model):
    """One scenario: its verdict by the rules, and its steps."""

    scenario: str
    name: str
    feature: str
    tags: list[str]
    verdict: str
    status: Status | None
    seconds: float | Gap
    steps: list[StepAccount]
    not_run: list[str]


class ProofAccount(Model):
    """One check: expected against observed."""

    event: int
    scenario: str
    proof: str
    store: str
    status: Status
    data: bool
    expected: str
    observed: str
    differences: list[str]
    evidence: list[str]


class ActionAccount(Model):
    """Something done on purpose, and the probe that it took effect."""

    event: int
    scenario: str
    action: str
    at: str
    effective: bool
    expected: str
    observed: str
    evidence: list[str]


class Measure(Model):
    """A measured value against its target; ``margin_s`` is what is left after the measurement error."""

    event: int
    objective: str
    measured_s: float | Gap
    error_s: float
    target_s: float | Gap
    margin_s: float | Gap
    met: bool | None
    lower_bound: bool
    source: Text
    basis: str


class PhaseAccount(Model):
    """One phase of the recovery time; the note says whose word it is, where it was attested."""

    phase: Phase
    seconds: float | Gap
    error_s: float | Gap
    basis: Basis
    note: str


class LossAccount(Model):
    """Acknowledged writes of one store against survivors."""

    event: int
    store: str
    acknowledged: int
    survived: int
    expected_lost: int
    unexpected_lost: int
    unexpected_kept: int
    undecided: int
    reason: str
    evidence: list[str]


class CompletenessAccount(Model):
    """One kind of one store: expected, in the backup, came back, there now; a gap instead of a number says why there is none."""

    event: int
    scenario: str
    store: str
    kind: str
    expected: int | Gap
    backed_up: int | Gap
    restored: int | Gap
    live: int | Gap
    gaps: list[GapFound]


class BackupAccount(Model):
    """The backup under test of one scenario."""

    event: int
    scenario: str
    ids: dict[str, str]
    moment: str
    rule: str
    age_s: float | Gap
    age_at: str
    schedule: str
    size_bytes: int
    object_count: int
    location: Text
    encryption: Text
    immutability: Text
    ttl_left: Text


class RtoAccount(Model):
    """Recovery time of one scenario."""

    scenario: str
    disaster: Text
    start_rule: Text
    started: Text
    total: Measure | Gap
    phases: list[PhaseAccount] | Gap


class StoreAccount(Model):
    """One store's canaries, and the recovery point that they show; `CanariesAccounted` of the journal."""

    event: int
    store: str
    nonce: str
    written: int
    acknowledged: int
    survived: int
    newest: int | Gap
    newest_sent: Text
    lost_acked: Text
    rpo_s: float | Gap
    error_s: float | Gap
    expected_lost: int
    unexpected_lost: int
    unexpected_kept: int
    undecided: int
    wrong: int
    backed_up: bool
    load: BeatLoad
    evidence: list[str]


class RpoAccount(Model):
    """Recovery point of one scenario: measured, and the worst the schedule allows; every store's, and how far they are apart.

    Attributes:
        skew: of the two stores that are farthest apart.
        skews: every pair of stores.
        clocks: how far other clocks are off the one that measured; none of them enters a recovery point.
    """

    scenario: str
    measured: Measure | Gap
    worst_case: Measure | Gap
    loss: list[LossAccount] | Gap
    stores: list[StoreAccount] | Gap
    skew: Measure | Gap
    skews: list[SkewCell] | Gap
    clocks: list[ClockOffset] | Gap


class EvidenceAccount(Model):
    """One artefact; ``state`` is ``intact``, ``missing`` or ``changed``, by its digest; ``withheld`` where it held a secret."""

    digest: str
    names: list[str]
    media: Text
    size: int | Gap
    captured: Text
    state: str
    events: list[int]


class Remark(Model):
    """A deviation, manual step, exclusion or diagnosis, or a step that did not pass."""

    event: int
    topic: str
    text: str
    evidence: list[str]


class Interlock(Model):
    """A gate before harm; ``known`` false: nobody could tell, and the run went on."""

    event: int
    name: str
    open: bool
    known: bool
    reason: str


class NeedAccount(Model):
    """One piece of evidence that controls need: whether it was there in this run.

    Attributes:
        events: journal entries it rests on; none for what the plan says.
        stores: what these are about; ``platform`` is all of it.
        missing: what is missing; empty when it was there.
    """

    name: str
    text: str
    there: bool
    events: list[int]
    stores: list[str]
    statements: list[str]
    missing: list[str]


class ControlAccount(Model):
    """One duty of a standard: whether all evidence that a drill can give for it was there in this run.

    Attributes:
        needs: names of the pieces of evidence.
        missing: names of those that were not there.
        stand_ins: stores that were played by another part, and that this rests on.
        remains: what no drill shows.
    """

    standard: str
    control: str
    asks: str
    status: ControlStatus
    needs: list[str]
    missing: list[str]
    stand_ins: list[str]
    remains: str


class UncoveredControl(Model):
    """One duty of a standard that no drill gives evidence for."""

    standard: str
    control: str
    asks: str
    because: str
