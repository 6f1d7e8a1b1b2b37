"""What a drill costs beside itself: the time with no operation, wait or proof open, from the journal alone.

The rule. An operation is open from its first entry to its last; waits are parts of operations. A proof, a probe, a measurement, a
remark on what was seen or a look at a gate is open from the entry before it, for that is when it began to read, to its own. All other time is the harness's:
collecting, going from step to step, writing. What lies before the first entry and after the last is in no journal.
"""

from collections import defaultdict
from itertools import pairwise

from hopsdrill.model import events as ev
from hopsdrill.model.base import Model
from hopsdrill.report.gap import Gap
from hopsdrill.verdict.facts import Facts


LOOKS = (
    ev.ProofRecorded,
    ev.ActionProbed,
    ev.ObjectiveMeasured,
    ev.LossAccounted,
    ev.RecoveryPoint,
    ev.ClocksMeasured,
    ev.CanariesAccounted,
    ev.SkewMeasured,
    ev.CompletenessCounted,
    ev.DisasterDeclared,
    ev.InterlockChecked,
    ev.EnvironmentSeen,
    ev.Noted,
)
NAMED = 5  # places told, the dearest first


class Overhead(Model):
    """The harness's own time.

    Attributes:
        of_s: from the journal's first entry to its last.
        percent: of that.
        places: between which kinds of entry most of it lies.
    """

    seconds: float
    of_s: float
    percent: float
    places: list[str]

    def __str__(self) -> str:
        """``1.2 s of 281 s (0.4 %)``."""
        return f"{self.seconds:.2f} s of {self.of_s:.0f} s ({self.percent:.2f} %)"


def overhead(facts: Facts) -> Overhead | Gap:
    """Measure it; a journal of one moment has none."""
    whole = facts.entries[-1].mono_ms - facts.entries[0].mono_ms if facts.entries else 0
    if whole <= 0:
        return Gap(gap="the journal covers no time")
    places: dict[str, int] = defaultdict(int)
    doing: set[int] = set()
    for before, after in pairwise(facts.entries):
        _turn(doing, before.event)
        if not doing and not isinstance(after.event, LOOKS):
            places[f"{before.event.type} to {after.event.type}"] += after.mono_ms - before.mono_ms
    own = sum(places.values())
    dearest = sorted(places.items(), key=lambda each: (-each[1], each[0]))[:NAMED]
    return Overhead(
        seconds=own / 1000,
        of_s=whole / 1000,
        percent=round(100 * own / whole, 3),
        places=[f"{name}: {ms / 1000:.3f} s" for name, ms in dearest if ms],
    )


def _turn(doing: set[int], event: object) -> None:
    """Keep the operations that are open."""
    if isinstance(event, ev.OperationStarted):
        doing.add(event.operation)
    elif isinstance(event, ev.OperationFinished):
        doing.discard(event.operation)
