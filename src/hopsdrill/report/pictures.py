"""Where the marks of the report's two pictures stand, in percent of their width, so that texts keep their size at any width."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from hopsdrill.core.clock import parse_utc
from hopsdrill.report.accounts import BackupAccount, Measure, RpoAccount, RtoAccount, StoreAccount
from hopsdrill.report.fields import Fields
from hopsdrill.report.gap import Gap, known


EDGE = 3.0  # percent left free at both ends of the window
LEAST = 0.4  # percent that a bar is wide at least, so that it is seen


@dataclass(frozen=True)
class Bar:
    """A stretch; ``number`` is its colour and its row in the table."""

    number: int
    name: str
    left: float
    width: float


@dataclass(frozen=True)
class Mark:
    """A moment; ``before_s`` is counted back from the disaster."""

    name: str
    left: float
    at: str
    before_s: float


@dataclass(frozen=True)
class Meter:
    """A measured value against its target.

    Attributes:
        value: where the measured value stands.
        error: from where to where the truth may lie.
        target: where the target stands.
    """

    value: float
    error: tuple[float, float]
    target: float


@dataclass(frozen=True)
class StoreLoss:
    """What one store lost, by its canaries; ``error`` is from where to where the loss may begin."""

    name: str
    lost: Bar
    error: tuple[float, float]


@dataclass(frozen=True)
class Window:
    """What was written in vain: between the newest write that survived and the disaster, and that of every store."""

    marks: list[Mark]
    lost: Bar
    stores: list[StoreLoss]


def phases(account: RtoAccount) -> list[Bar]:
    """The phases that were measured, one after the other; empty where none was."""
    told = [(each.phase, each.seconds) for each in known(account.phases)]
    whole = sum(seconds for _, seconds in told if not isinstance(seconds, Gap))
    made: list[Bar] = []
    for number, (phase, seconds) in enumerate(told, 1):
        if not isinstance(seconds, Gap) and whole:
            left = made[-1].left + made[-1].width if made else 0.0
            made.append(Bar(number, phase, left, _percent(seconds, whole)))
    return made


def meter(measure: Measure) -> Meter | None:
    """None where it was not measured or has no target."""
    value, target = measure.measured_s, measure.target_s
    if isinstance(value, Gap) or isinstance(target, Gap):
        return None
    error = abs(measure.error_s)
    whole = max(value + error, target) * 1.04 or 1.0
    ends = (_percent(max(0.0, value - error), whole), _percent(value + error, whole))
    return Meter(max(LEAST, _percent(value, whole)), ends, _percent(target, whole))


def window(fields: Fields, account: RpoAccount) -> Window | None:
    """The time between a scenario's recovery point and its disaster; None where a moment of it is not known."""
    points = [each for each in known(fields.backup) if each.scenario == account.scenario]
    started = next((each.started for each in known(fields.rto) if each.scenario == account.scenario), None)
    if not points or not isinstance(started, str) or isinstance(account.measured, Gap):
        return None
    lost = account.measured.measured_s
    return None if isinstance(lost, Gap) else _window(points[0], parse_utc(started), lost, known(account.stores))


def _window(point: BackupAccount, disaster: datetime, lost_s: float, stores: list[StoreAccount]) -> Window:
    moments = [
        ("recovery point of the backup", (disaster - parse_utc(point.moment)).total_seconds()),
        ("newest write that survived", lost_s),
        ("disaster", 0.0),
    ]
    told = [
        (each.store, each.rpo_s, each.error_s)
        for each in stores
        if each.backed_up and not isinstance(each.rpo_s, Gap) and not isinstance(each.error_s, Gap)
    ]
    whole = max(0.001, *(before for _, before in moments), *(before + error for _, before, error in told))
    marks = [Mark(name, _place(before, whole), _moment(disaster, before), round(before, 3)) for name, before in moments]
    losses = [
        StoreLoss(name, _lost(before, whole), (_place(before + error, whole), _place(max(0.0, before - error), whole)))
        for name, before, error in told
    ]
    return Window(marks, _lost(lost_s, whole), losses)


def _place(before_s: float, whole_s: float) -> float:
    """Where a moment stands that is so long before the disaster."""
    return round(EDGE + (whole_s - before_s) / whole_s * (100 - 2 * EDGE), 2)


def _lost(before_s: float, whole_s: float) -> Bar:
    left = _place(before_s, whole_s)
    return Bar(1, "lost", left, round(max(LEAST, 100 - EDGE - left), 2))


def _moment(disaster: datetime, before_s: float) -> str:
    at = disaster - timedelta(seconds=before_s)
    return f"{at:%Y-%m-%d %H:%M:%S}.{at.microsecond // 1000:03d} UTC"


def _percent(part: float, whole: float) -> float:
    return round(part / whole * 100, 2)
