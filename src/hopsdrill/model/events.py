"""The events of a journal. A run is what its events say, and nothing else.

Every event travels in an ``Entry``: numbered, timed on both clocks, chained by SHA-256. Verdict and
reports are functions of the entries; nobody keeps state beside them.
"""

from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import Field

from hopsdrill.model.base import Model


class Status(StrEnum):
    """How a step, a scenario or a proof ended; only ``passed`` is good."""

    PASSED = "passed"
    FAILED = "failed"
    UNKNOWN = "unknown"
    SKIPPED = "skipped"


class Phase(StrEnum):
    """The parts a recovery time is made of, in their order."""

    DETECT = "detect"
    DECIDE = "decide"
    PROVISION = "provision"
    RESTORE = "restore"
    VALIDATE = "validate"


class RunStarted(Model):
    """First event of every journal.

    Attributes:
        plan: the plan as loaded, resolved to plain JSON.
        plan_digest: SHA-256 of the plan file's bytes.
        command: what re-runs this drill.
        host: facts of the machine: python, platform, cpus, load.
        challenge: what an auditor gave, so that this run cannot be an older one.
        key: ID of the key that signs what the run leaves.
        share: which share of the plan's features this is, such as ``1/3``; empty when it is all of them.
        commit: of the repository the plan lies in, and whether the plan differs from it; empty where it lies in none.
    """

    type: Literal["run.started"] = "run.started"
    run_id: str
    tool_version: str
    plan_file: str
    plan_digest: str
    plan: dict[str, Any]
    command: list[str]
    host: dict[str, str]
    challenge: str = ""
    key: str = ""
    share: str = ""
    commit: str = ""


class Component(Model):
    """One thing that took part, with its version and where it came from."""

    name: str
    version: str
    source: str = ""


class StandIn(Model):
    """A part that plays another: what it stands in for, why, and what that leaves unexercised."""

    store: str
    part: str
    plays: str
    reason: str
    not_exercised: str


class TimeStamped(Model):
    """A time-stamp service vouches for what the run has signed so far.

    Attributes:
        artefact: what was stamped; the stamp's name is its own and ``.tsr``.
        at: UTC text of the service's time.
        service: its address.
    """

    type: Literal["time.stamped"] = "time.stamped"
    artefact: str
    at: str
    service: str


class EnvironmentSeen(Model):
    """Where the run takes place, read from the world before anything is touched."""

    type: Literal["environment.seen"] = "environment.seen"
    cluster: str
    context: str
    cluster_uid: str
    created_by_lab: bool
    components: list[Component]
    stand_ins: list[StandIn]
    substitutions: list[str] = Field(default_factory=list)
    clock_offset_s: float | None = None


class InterlockChecked(Model):
    """A gate before harm: shut means the run was not conducted; one of which it is not ``known`` stops nothing."""

    type: Literal["interlock.checked"] = "interlock.checked"
    name: str
    open: bool
    reason: str
    known: bool = True


class ScenarioPlanned(Model):
    """What a scenario must leave behind to be called proved; written before any scenario runs.

    Attributes:
        objectives: those it measures, such as ``rto``.
    """

    type: Literal["scenario.planned"] = "scenario.planned"
    scenario: str
    feature: str
    tags: list[str]
    steps: list[str]
    proofs: list[str]
    actions: list[str]
    objectives: list[str] = Field(default_factory=list)


class ScenarioStarted(Model):
    """A scenario begins."""

    type: Literal["scenario.started"] = "scenario.started"
    scenario: str


class ScenarioFinished(Model):
    """A scenario ended."""

    type: Literal["scenario.finished"] = "scenario.finished"
    scenario: str
    status: Status


class StepStarted(Model):
    """A Gherkin step begins; ``keyword`` and ``text`` as in the feature file."""

    type: Literal["step.started"] = "step.started"
    scenario: str
    index: int
    keyword: str
    text: str
    line: int


class StepFinished(Model):
    """A Gherkin step ended; ``error`` is empty unless it did not pass."""

    type: Literal["step.finished"] = "step.finished"
    scenario: str
    index: int
    status: Status
    error: str = ""


class OperationStarted(Model):
    """Something is about to be done to the world, or read from it; written ahead of the call.

    Attributes:
        operation: number unique in the run.
        call: the command or API call, secrets masked.
        destructive: it can destroy data.
    """

    type: Literal["operation.started"] = "operation.started"
    operation: int
    name: str
    call: str
    target: str
    destructive: bool


class OperationFinished(Model):
    """How an operation ended; ``outcome`` is what was observed of it."""

    type: Literal["operation.finished"] = "operation.finished"
    operation: int
    status: Status
    outcome: str
    seconds: float
    evidence: list[str] = Field(default_factory=list)


class Resource(Model):
    """A thing in the world: enough to find it again and remove it.

    Attributes:
        kind: ``helm-release``, ``namespace``, ``object`` (with ``api`` as group/version/Kind), ``s3-prefix``, ``bucket``;
            ``velero-location``: a storage location; ``velero-backups`` and ``velero-restores``: all of the one it names.
    """

    kind: str
    name: str
    cluster_uid: str = ""
    namespace: str = ""
    api: str = ""


class ResourceCreated(Model):
    """The ledger's entry; written before the creating call returns."""

    type: Literal["resource.created"] = "resource.created"
    resource: Resource


class ResourceRemoved(Model):
    """A ledger entry is settled: the thing was seen to be gone."""

    type: Literal["resource.removed"] = "resource.removed"
    resource: Resource


class ActionProbed(Model):
    """Something was done on purpose, and whether it took effect; without effect a drill is INVALID."""

    type: Literal["action.probed"] = "action.probed"
    scenario: str
    action: str
    effective: bool
    expected: str
    observed: str
    evidence: list[str] = Field(default_factory=list)


class ProofRecorded(Model):
    """A check of the data or of the world.

    Attributes:
        store: rondb, kubernetes, ..., or ``platform``.
        differences: differing keys, each with old and new; bounded here, complete in evidence.
        data: it looked at data, so the recovery clock may stop at it.
    """

    type: Literal["proof.recorded"] = "proof.recorded"
    scenario: str
    proof: str
    store: str
    status: Status
    expected: str
    observed: str
    differences: list[str] = Field(default_factory=list)
    evidence: list[str] = Field(default_factory=list)
    data: bool = True


class ObjectiveMeasured(Model):
    """A measured value against its target, in seconds.

    Attributes:
        objective: ``rto``, ``rpo``, ``rpo-worst-case`` or ``skew``.
        measured_s: absent when it could not be measured, which is UNKNOWN.
        error_s: half-width of the measurement error.
        target_s: absent when the plan sets none; then it is stated, not judged.
        lower_bound: parts of it were not exercised.
    """

    type: Literal["objective.measured"] = "objective.measured"
    scenario: str
    objective: str
    measured_s: float | None
    error_s: float
    target_s: float | None
    source: str
    basis: str
    lower_bound: bool = False


class PhaseMeasured(Model):
    """One phase of the recovery time; ``seconds`` absent means it was not exercised.

    Attributes:
        error_s: how much shorter it may have been in truth: its end is seen late, never early. Absent where nobody measured it.
        attested_by: who says so, where it was not measured; empty where it was.
    """

    type: Literal["phase.measured"] = "phase.measured"
    scenario: str
    phase: Phase
    seconds: float | None
    note: str
    error_s: float | None = None
    attested_by: str = ""


class PhaseAttested(Model):
    """A manual step before the run, by somebody's word: nothing of it was measured.

    Attributes:
        who: whose word it is.
        began, ended: UTC texts.
    """

    type: Literal["phase.attested"] = "phase.attested"
    phase: Phase
    who: str
    began: str
    ended: str


class RecoveryPoint(Model):
    """The backup under test and the moment its data stands for.

    Attributes:
        ids: backup ID per store.
        moment: UTC text of the declared consistency point.
        rule: how the moment is known.
        worst_case_s: RPO bound by schedule.
        location: bucket and address.
        encryption, immutability: of the bucket, as the store tells them, in words; empty where nobody asked.
        expires: UTC text by store, of those whose backup says until when it is kept.
    """

    type: Literal["recovery-point.declared"] = "recovery-point.declared"
    scenario: str
    ids: dict[str, str]
    moment: str
    rule: str
    schedule: str
    worst_case_s: float
    size_bytes: int
    object_count: int
    location: str = ""
    encryption: str = ""
    immutability: str = ""
    expires: dict[str, str] = Field(default_factory=dict)


class LossAccounted(Model):
    """Acknowledged writes against survivors.

    Attributes:
        expected_lost: acknowledged writes that the backup cannot hold, and that are gone; ``reason`` says why it cannot.
        unexpected_lost: acknowledged before it, and gone.
        unexpected_kept: sent after it, and there.
        undecided: in flight at the recovery point, so either is right.
    """

    type: Literal["loss.accounted"] = "loss.accounted"
    scenario: str
    store: str
    acknowledged: int
    survived: int
    expected_lost: int
    unexpected_lost: int
    unexpected_kept: int
    undecided: int
    reason: str = "made after the recovery point"
    evidence: list[str] = Field(default_factory=list)


class ClockOffset(Model):
    """Another clock less this machine's, in seconds.

    Attributes:
        where: whose: ``cluster``, ``object store``, or a store.
        error_s: half-width of what its readings leave open; absent when it could not be measured.
        how: what was read.
    """

    where: str
    offset_s: float | None
    error_s: float | None
    how: str


class ClocksMeasured(Model):
    """How far the clocks of cluster and stores are off this machine's, measured just before the disaster."""

    type: Literal["clocks.measured"] = "clocks.measured"
    scenario: str
    clocks: list[ClockOffset]


class BeatLoad(Model):
    """What writing one store's canaries cost.

    Attributes:
        seconds: how long it went on.
        busy: share of that time in which a write was under way; a beat rests as long as it wrote, so that a half is the bound.
        cpu: share of one processor of this machine.
        median_ms: how long a write took.
        worst_ms: how long the slowest took.
    """

    interval_s: float
    seconds: float
    busy: float
    cpu: float
    median_ms: float
    worst_ms: float


class CanariesAccounted(Model):
    """One store's canaries against those that came back, and the recovery point they show. Times are this machine's.

    Attributes:
        nonce: what every one of them says: the auditor's challenge, else one the drill has drawn.
        written: all, also those whose acknowledgement never came.
        newest: number of the newest that came back; absent when none did.
        newest_sent: when it was sent; the recovery point is not before it.
        lost_acked: when the first lost one after it was acknowledged, else the disaster: the recovery point is not after it.
        rpo_s: from the middle of these to the disaster; absent when none came back.
        error_s: half of what is between them.
        unexpected_lost: acknowledged before the backup, or before one that came back, and gone.
        unexpected_kept: sent after the backup, or never, and there.
        wrong: there, with another content than was written.
        backed_up: whether any backup holds this store; where not, its recovery point is stated and not judged.
    """

    type: Literal["canaries.accounted"] = "canaries.accounted"
    scenario: str
    store: str
    nonce: str
    written: int
    acknowledged: int
    survived: int
    newest: int | None
    newest_sent: str
    lost_acked: str
    rpo_s: float | None
    error_s: float | None
    expected_lost: int
    unexpected_lost: int
    unexpected_kept: int
    undecided: int
    wrong: int
    backed_up: bool
    load: BeatLoad
    evidence: list[str] = Field(default_factory=list)


class SkewCell(Model):
    """How much newer the first store's data is than the second's.

    Attributes:
        seconds: absent when one of them has no recovery point.
        error_s: half-width of the measurement error.
        messages: where the first is a message broker: the gap in its offsets, messages that it keeps and the second has not seen.
    """

    first: str
    second: str
    seconds: float | None
    error_s: float | None
    messages: int | None = None


class SkewMeasured(Model):
    """The recovery points of all stores against each other."""

    type: Literal["skew.measured"] = "skew.measured"
    scenario: str
    cells: list[SkewCell]


GapStage = Literal["backup", "restore"]


class GapFound(Model):
    """What is missing of one kind, for one cause.

    Attributes:
        stage: it was expected and is not in the ``backup``, or it is there and did not come back in the ``restore``.
        cause: in words; empty when none was found.
        things: some of them, named.
        allowed: why the plan allows it; empty when it does not.
    """

    stage: GapStage
    cause: str
    count: int
    things: list[str]
    allowed: str = ""


class CompletenessCounted(Model):
    """How much of one kind was expected, is in the backup, came back, and is there now.

    Attributes:
        kind: such as ``rows``, ``Secret``, ``documents``.
        expected: what was there before the backup.
        backed_up, restored: how many of these.
        live: all there are now, those that nobody expected included.
        opaque: counts that cannot be taken from outside whatever happens, each with the reason.
        uncounted: counts that could not be taken now, each with the reason.
    """

    type: Literal["completeness.counted"] = "completeness.counted"
    scenario: str
    store: str
    kind: str
    expected: int | None
    backed_up: int | None
    restored: int | None
    live: int | None
    opaque: dict[str, str] = Field(default_factory=dict)
    uncounted: dict[str, str] = Field(default_factory=dict)
    gaps: list[GapFound] = Field(default_factory=list)


class DisasterDeclared(Model):
    """The recovery clock starts here, by the plan's start-clock rule."""

    type: Literal["disaster.declared"] = "disaster.declared"
    scenario: str
    what: str
    rule: str


class Noted(Model):
    """A remark the report must carry: a manual step, a deviation, an exclusion, a diagnosis."""

    type: Literal["noted"] = "noted"
    topic: Literal["manual-step", "deviation", "exclusion", "diagnosis"]
    text: str
    evidence: list[str] = Field(default_factory=list)


class NotConducted(Model):
    """The run stopped before any scenario: environment, interlock, usage or nothing selected."""

    type: Literal["run.not-conducted"] = "run.not-conducted"
    why: Literal["environment", "interlock", "plan", "nothing-selected"]
    message: str
    hint: str


class RunInterrupted(Model):
    """A signal reached the run."""

    type: Literal["run.interrupted"] = "run.interrupted"
    signum: int


class InternalFailure(Model):
    """Our own code broke; the run proves nothing."""

    type: Literal["internal.failure"] = "internal.failure"
    message: str


class CleanupFinished(Model):
    """What teardown left behind: empty ``leftovers`` is a clean end."""

    type: Literal["cleanup.finished"] = "cleanup.finished"
    leftovers: list[Resource]
    kept_on_purpose: bool = False


class ArtefactWithheld(Model):
    """Something in the run's folder held a secret when the run had ended, and was taken away, or masked.

    Attributes:
        artefact: its path in the folder.
        what: what was done about it; without the secret.
    """

    type: Literal["artefact.withheld"] = "artefact.withheld"
    artefact: str
    what: str


class RunFinished(Model):
    """Last event of a run that reached its end."""

    type: Literal["run.finished"] = "run.finished"


Event = Annotated[
    RunStarted
    | TimeStamped
    | EnvironmentSeen
    | InterlockChecked
    | ScenarioPlanned
    | ScenarioStarted
    | ScenarioFinished
    | StepStarted
    | StepFinished
    | OperationStarted
    | OperationFinished
    | ResourceCreated
    | ResourceRemoved
    | ActionProbed
    | ProofRecorded
    | ObjectiveMeasured
    | PhaseMeasured
    | PhaseAttested
    | RecoveryPoint
    | LossAccounted
    | ClocksMeasured
    | CanariesAccounted
    | SkewMeasured
    | CompletenessCounted
    | DisasterDeclared
    | Noted
    | NotConducted
    | RunInterrupted
    | InternalFailure
    | CleanupFinished
    | ArtefactWithheld
    | RunFinished,
    Field(discriminator="type"),
]


class Entry(Model):
    """An event in its place in the journal.

    Attributes:
        seq: 0, 1, 2, ...
        at: UTC text with milliseconds.
        mono_ms: monotonic milliseconds since the first entry, for durations.
        prev: ``hash`` of the entry before, 64 zeros for the first.
        hash: SHA-256 over the canonical JSON of all other fields.
    """

    seq: int
    at: str
    mono_ms: int
    event: Event
    prev: str
    hash: str
