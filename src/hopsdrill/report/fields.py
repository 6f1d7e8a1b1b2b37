"""The 32 fields a drill report must have, each filled or a gap.

An empty list is a statement: there was none. What is not known is a gap. They are what ISO 22301, ISO 27001, SOC 2, NIST SP 800-84, DORA and PCI DSS ask of a recovery test between them. The order of
the attributes of ``Fields`` is their number.
"""

from hopsdrill.model.base import Model
from hopsdrill.model.events import Component, Resource, StandIn
from hopsdrill.report.accounts import (
    ActionAccount,
    BackupAccount,
    CompletenessAccount,
    ControlAccount,
    EvidenceAccount,
    Interlock,
    Measure,
    NeedAccount,
    OperationAccount,
    ProofAccount,
    Remark,
    RpoAccount,
    RtoAccount,
    ScenarioAccount,
    UncoveredControl,
)
from hopsdrill.report.findings import FindingAccount
from hopsdrill.report.gap import Gap, Text
from hopsdrill.report.overhead import Overhead
from hopsdrill.verdict import Reason


class Identity(Model):
    """Field 1."""

    report_id: str
    schema_version: str
    drill: Text
    plan_file: Text
    plan_digest: Text
    vcs_commit: Text


class Criteria(Model):
    """What one scenario had to prove, journalled before it ran."""

    event: int
    scenario: str
    proofs: list[str]
    actions: list[str]


class Purpose(Model):
    """Field 2."""

    title: Text
    hypothesis: Text
    criteria: list[Criteria] | Gap


class Kind(Model):
    """Field 3: the type of exercise, its real parts and its simulated ones."""

    type: Text
    real: list[Component] | Gap
    simulated: list[StandIn] | Gap
    substitutions: list[str] | Gap


class Scope(Model):
    """Field 4."""

    features: list[str] | Gap
    scenarios: list[str] | Gap
    exclusions: list[str] | Gap


class Setting(Model):
    """Field 5."""

    description: Text
    severity: Text
    plausibility: Text
    bia_reference: Text


class People(Model):
    """Field 6."""

    owner: Text
    commander: Text
    operator: Text
    observer: Text
    approver: Text
    independence: Text
    machine: str


class Authorisation(Model):
    """Field 7."""

    allowed_by: Text
    ticket: Text
    window: Text
    interlocks: list[Interlock] | Gap


class Times(Model):
    """Field 8; ``overhead`` is the harness's own time."""

    planned: Text
    started: Text
    ended: Text
    seconds: float | Gap
    clock: str
    clock_offset_s: float | Gap
    overhead: Overhead | Gap


class Systems(Model):
    """Field 9."""

    tool: Text
    components: list[Component] | Gap
    host: dict[str, str] | Gap


class Place(Model):
    """Field 10."""

    cluster: Text
    context: Text
    cluster_uid: Text
    created_by_lab: bool | Gap
    segregation: Text


class Completeness(Model):
    """Field 13."""

    checks: list[ProofAccount] | Gap
    counts: list[CompletenessAccount] | Gap
    sampling: Text


class Steps(Model):
    """Field 14."""

    actor: str
    retries: Text
    scenarios: list[ScenarioAccount] | Gap
    outside: list[OperationAccount]


class PointAccounts(Model):
    """Field 16."""

    accounts: list[RpoAccount] | Gap
    skew: Text


class Validation(Model):
    """Field 17."""

    proofs: list[ProofAccount] | Gap
    security: Text
    reconstitution: Text


class Ruling(Model):
    """Field 20: by which rules, for which reasons, and how each objective fared."""

    verdict: Text
    rules: str
    reasons: list[Reason] | Gap
    objectives: list[Measure] | Gap


class Findings(Model):
    """Field 21: of this run alone; an empty list says that there is none."""

    items: list[FindingAccount]
    lifecycle: str


class ControlMapping(Model):
    """Field 24: no statement of compliance; what the evidence of this run speaks to, and what no drill speaks to."""

    reading: str
    accounts: list[ControlAccount]
    needs: list[NeedAccount]
    not_covered: list[UncoveredControl]


class Integrity(Model):
    """Field 26."""

    entries: int
    chain: str
    head: Text
    challenge: Text
    signature: Text
    time_stamp: Text
    check: str


class Redaction(Model):
    """Field 27; ``withheld``: what held a secret when the run had ended, and what was done about it."""

    rules: str
    masked: int
    leak_scan: str
    withheld: list[str]


class Cleanup(Model):
    """Field 28."""

    statement: Text
    created: list[Resource]
    removed: list[Resource]
    left: list[Resource]
    kept_on_purpose: bool
    elsewhere_untouched: Text


class Distribution(Model):
    """Field 32."""

    recipients: list[str] | Gap
    confidentiality: Text


class Fields(Model):
    """All 32, in order."""

    identity: Identity
    purpose: Purpose
    type: Kind
    scope: Scope
    scenario: Setting
    roles: People
    authorisation: Authorisation
    times: Times
    systems: Systems
    environment: Place
    backup: list[BackupAccount] | Gap
    integrity_before_restore: list[ProofAccount] | Gap
    completeness: Completeness
    steps: Steps
    rto: list[RtoAccount] | Gap
    rpo: PointAccounts
    validation: Validation
    actions: list[ActionAccount] | Gap
    deviations: list[Remark]
    verdict: Ruling
    findings: Findings
    corrective_actions: list[str] | Gap
    trend: Gap
    controls: ControlMapping
    evidence: list[EvidenceAccount] | Gap
    integrity: Integrity
    redaction: Redaction
    cleanup: Cleanup
    sign_off: list[str] | Gap
    retention: Text
    next_drill: Text
    distribution: Distribution

    @property
    def by_hand(self) -> list[Remark]:
        """What people did; it stands on the first screen of every form."""
        return [each for each in self.deviations if each.topic == "manual-step"]
