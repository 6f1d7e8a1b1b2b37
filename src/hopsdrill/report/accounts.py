"""What a report says about single things: steps, operations, proofs, measurements, evidence."""

from hopsdrill.model.base import Model
from hopsdrill.model.events import Phase, Status
from hopsdrill.report.gap import Gap, Text


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
    source: str
    basis: str


class PhaseAccount(Model):
    """One phase of the recovery time."""

    phase: Phase
    seconds: float | Gap
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
    phases: list[PhaseAccount]


class RpoAccount(Model):
    """Recovery point of one scenario: measured, and the worst the schedule allows."""

    scenario: str
    measured: Measure | Gap
    worst_case: Measure | Gap
    loss: list[LossAccount] | Gap


class EvidenceAccount(Model):
    """One artefact; ``state`` is ``intact``, ``missing`` or ``changed``, by its digest."""

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
    """A gate before harm."""

    event: int
    name: str
    open: bool
    reason: str
