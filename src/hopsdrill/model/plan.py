"""A drill plan: what one drill is to prove, on what, within which objectives, by whose leave."""

import re
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, GetJsonSchemaHandler, PlainSerializer, WithJsonSchema, model_validator
from pydantic_core import CoreSchema

from hopsdrill.model.base import Model


UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
SPAN = re.compile(r"([1-9][0-9]*)([smhd])")
SPAN_SCHEMA = {"type": "string", "pattern": f"^{SPAN.pattern}$"}


def parse_span(value: object) -> object:
    """Read ``90s``, ``15m``, ``2h`` or ``7d``; anything else but a timedelta is refused."""
    if isinstance(value, timedelta):
        return value
    match = SPAN.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        msg = "a duration is a number and a unit, such as 90s, 15m, 2h or 7d"
        raise ValueError(msg)
    return timedelta(seconds=int(match[1]) * UNITS[match[2]])


SIZE = re.compile(r"([1-9][0-9]*)(B|KiB|MiB|GiB|TiB|PiB)")
SIZES = ("B", "KiB", "MiB", "GiB", "TiB", "PiB")


def parse_size(value: object) -> object:
    """Read ``500GiB``; anything else but a number of bytes is refused."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    match = SIZE.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        msg = "a size is a whole number and a unit, such as 20MiB, 500GiB or 2TiB"
        raise ValueError(msg)
    return int(match[1]) * 1024 ** SIZES.index(match[2])


Size = Annotated[
    int,
    BeforeValidator(parse_size),
    Field(gt=0),
    WithJsonSchema({"anyOf": [{"type": "string", "pattern": f"^{SIZE.pattern}$"}, {"type": "integer", "minimum": 1}]}),
]
Span = Annotated[
    timedelta,
    BeforeValidator(parse_span),
    PlainSerializer(lambda span: f"{round(span.total_seconds())}s", return_type=str),
    WithJsonSchema(SPAN_SCHEMA),
]


class Roles(Model):
    """People; an absent one prints as a gap."""

    owner: str | None = None
    commander: str | None = None
    operator: str | None = None
    observer: str | None = None
    approver: str | None = None
    independence: str | None = None


class Window(Model):
    """When the drill is allowed, as ISO 8601 UTC texts."""

    opens: str
    closes: str


class Governance(Model):
    """What an auditor asks beside the result; an absent one prints as a gap.

    Attributes:
        bia_reference: where the objectives come from: the business impact analysis.
        distribution: who gets the report.
        retention: how long, where, under which rule the report is kept.
    """

    roles: Roles = Field(default_factory=Roles)
    ticket: str | None = None
    window: Window | None = None
    bia_reference: str | None = None
    severity: str | None = None
    plausibility: str | None = None
    confidentiality: str | None = None
    distribution: list[str] = Field(default_factory=list)
    retention: str | None = None
    next_drill_due: date | None = None


class Target(Model):
    """Where the restore happens: a lab cluster by name, or any cluster by file and context.

    A cluster this tool did not create may be read, never changed.

    Attributes:
        destroyable: the drill may destroy the cluster and make it anew; without it a scenario that would is refused.
        velero: version of Velero that a lab cluster is to have, such as ``v1.18.3``; the lab's own without it.
    """

    lab_cluster: str | None = None
    destroyable: bool = False
    velero: str = ""
    kubeconfig: Path | None = None
    context: str | None = None


StartClock = Literal["disaster", "detection", "declaration"]


class Objective(Model):
    """A bound, written ``4h``, or ``{within: 4h, source: ...}`` where it is said where it comes from.

    Attributes:
        within: ``90s``, ``15m``, ``2h``, ``7d``.
        source: what sets the bound, such as a contract's clause or a business impact analysis; reports and verdict quote it.
    """

    within: Span
    source: str = ""

    @model_validator(mode="before")
    @classmethod
    def _plain(cls, given: object) -> object:
        return {"within": given} if isinstance(given, str | timedelta) else given

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """Either form."""
        return {"anyOf": [SPAN_SCHEMA, handler(core)]}


class Objectives(Model):
    """The bounds that are judged; a missed one is BREACHED.

    Attributes:
        rto: from the moment that ``start_clock`` names to the last proof of the data.
        rpo: from the newest write that came back to the last one before the disaster.
        skew: between the moments that two stores' data stands for.
        at_size: how much backed-up data ``rto`` is to hold for, such as ``500GiB``; a run is refused that cannot, by what earlier
            restores took. Without it, what the newest of them restored.
        slower_by: how many times the median recovery time of earlier passing runs is allowed before it is a finding.
        start_clock: where the recovery time begins: at the disaster, at its detection, or at the declaration, which is the
            decision to recover.
    """

    rto: Objective
    rpo: Objective
    skew: Objective | None = None
    at_size: Size | None = None
    slower_by: float | None = Field(default=None, gt=1)
    start_clock: StartClock = "disaster"


class Data(Model):
    """The data a drill loads before the backup; the seed makes it the same in every run.

    Attributes:
        rows: of all tables together.
        files: in the file system, some of several blocks.
        documents: in all indices together.
        objects: of Kubernetes, in all project namespaces together.
        in_flight: feature rows that Kafka has acknowledged and the online store has not yet received at the backup.
    """

    rows: int = Field(default=10_000, ge=7)
    tables: int = Field(default=7, ge=1)
    files: int = Field(default=500, ge=6)
    documents: int = Field(default=5_000, ge=10)
    objects: int = Field(default=200, ge=12)
    in_flight: int = Field(default=50, ge=1)
    seed: int = 1
    writes_per_second: float = Field(default=20.0, gt=0, le=200)


class Canaries(Model):
    """Seconds from one canary of a store to its next, at least: a canary rests as long as its write took.

    The recovery point of a store is known to about half of this and of the time of the write that its backup held up: the database
    locks writers out for a moment, so that it and the file system have the fastest beats. Kafka's is measured in messages, the registry's by the digest of
    an image that is pushed again and again.
    """

    rondb: float = Field(default=0.25, ge=0.1, le=3600)
    hopsfs: float = Field(default=0.25, ge=0.1, le=3600)
    opensearch: float = Field(default=0.5, ge=0.1, le=3600)
    kubernetes: float = Field(default=0.5, ge=0.1, le=3600)
    kafka: float = Field(default=5.0, ge=1, le=3600)
    registry: float = Field(default=5.0, ge=1, le=3600)

    @property
    def intervals(self) -> dict[str, float]:
        """By store."""
        return dict(self)


class Deadlines(Model):
    """Upper bounds of the operations; the restore's is the platform's documented 1200 s."""

    install: Span = timedelta(minutes=5)
    backup: Span = timedelta(minutes=5)
    restore: Span = timedelta(seconds=1200)
    verify: Span = timedelta(minutes=5)
    cleanup: Span = timedelta(minutes=3)


class VeleroChart(Model):
    """Which Helm chart of Velero is installed where a scenario installs one.

    Attributes:
        chart: a packaged chart's folder name, a path, an OCI reference, or a chart's name in ``repository``.
        repository: URL of a chart repository.
        version: the chart's own.
    """

    chart: str
    repository: str = ""
    version: str


GapCause = Literal[
    "never selected", "skipped by Velero", "failed part", "failed shard", "pruned", "excluded by plan", "no cause found"
]


class AllowedGap(Model):
    """Something that may be missing from a backup or after a restore; anything else that is missing is FAIL.

    Attributes:
        kind: such as ``rows`` or ``Secret``; every kind of the store unless given.
        cause: for which it is allowed; ``excluded by plan``: whatever ``things`` names, whatever the cause.
        things: regular expression for the names of what may be missing; all unless given.
    """

    store: str
    kind: str = ""
    cause: GapCause
    things: str = ""
    reason: str = Field(min_length=1)


class GivenPoint(Model):
    """A backup set that the drill did not take; restored from, and proved by its seal.

    Attributes:
        set: ID of any of its backups.
        seal: its seal's file, as `hopsdrill backups seal` wrote it, relative to the plan, with the key of its fingerprints beside
            it. Without a seal nobody knows what is to come back: the comparison of content is UNKNOWN.
        key: PEM file of the public key that signed it, relative to the plan; trusted and own keys count anyway.
    """

    set: str = Field(pattern=r"^[a-z0-9][a-z0-9.-]*$")
    seal: Path | None = None
    key: Path | None = None


class Plan(Model):
    """One drill.

    Attributes:
        binding: the pytest module that binds the features, relative to the plan file.
        features: feature files, relative to the packaged ``features`` folder or to the plan file.
        minutes: how long a feature takes, by its name as in ``features``; balances the shares of `run --shard`.
        profile: name of a packaged platform profile, or a path relative to the plan file.
        exclusions: what the drill does not cover, each with its reason.
        accept_unknown_version: how it is known that the backup was made by the profile's version, where neither the backup nor
            hopsdrill says so; without it such a backup is not restored.
        velero_chart: for scenarios that install Velero by its chart.
        allowed_gaps: what may be missing after the recovery, each with its reason.
        recovery_point: for scenarios that restore a set which this drill did not take.
    """

    api_version: Literal["hopsdrill/v1"] = Field(alias="apiVersion")
    kind: Literal["DrillPlan"]
    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,40}$")
    title: str
    hypothesis: str
    type: Literal["table-top", "simulation", "technical-restore", "switch-over"] = "technical-restore"
    scenario_description: str = ""
    binding: str
    features: list[str] = Field(min_length=1)
    minutes: dict[str, float] = Field(default_factory=dict)
    tags: str | None = None
    target: Target
    profile: str
    schedule: str
    objectives: Objectives
    data: Data = Field(default_factory=Data)
    canaries: Canaries = Field(default_factory=Canaries)
    deadlines: Deadlines = Field(default_factory=Deadlines)
    governance: Governance = Field(default_factory=Governance)
    exclusions: list[str] = Field(default_factory=list)
    accept_unknown_version: str = ""
    velero_chart: VeleroChart | None = None
    allowed_gaps: list[AllowedGap] = Field(default_factory=list)
    recovery_point: GivenPoint | None = None
