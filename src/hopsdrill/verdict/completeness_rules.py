"""Rules about completeness: what was expected, backed up, restored."""

from collections.abc import Iterator

from hopsdrill.model import events as ev
from hopsdrill.verdict.facts import Facts
from hopsdrill.verdict.outcome import Verdict
from hopsdrill.verdict.rule import Cause, rule


STAGES = {"backup": "not in the backup", "restore": "in the backup, and did not come back"}


@rule(
    Verdict.FAIL,
    "something that was expected is not in the backup or did not come back, and the plan allows no gap of that cause",
)
def gap_not_allowed(facts: Facts) -> Iterator[Cause]:
    """What is missing is named with its cause, whether one was found or not; and so is what no gap accounts for."""
    for seen in facts.all(ev.CompletenessCounted):
        one = seen.event
        for gap in one.gaps:
            if not gap.allowed:
                text = f"{one.store}: {gap.count} {one.kind} {STAGES[gap.stage]}; {gap.cause}: {', '.join(gap.things)}"
                yield Cause(text, (seen.seq,), one.scenario)
        left = _unaccounted(one)
        if left:
            text = f"{one.store}: {left} {one.kind} of {one.expected} did not come back, and no gap accounts for them"
            yield Cause(text, (seen.seq,), one.scenario)


def _unaccounted(one: ev.CompletenessCounted) -> int:
    """The counts themselves say that something is missing, whatever the gaps say."""
    if one.expected is None or one.restored is None:
        return 0
    return max(0, one.expected - one.restored - sum(gap.count for gap in one.gaps))


@rule(Verdict.UNKNOWN, "a count of what was expected, backed up, restored or is there could not be taken")
def not_counted(facts: Facts) -> Iterator[Cause]:
    """What nobody counted may be missing; what can never be counted from outside is another matter, and said in the report."""
    for seen in facts.all(ev.CompletenessCounted):
        one = seen.event
        for column in ("expected", "backed_up", "restored", "live"):
            why = one.uncounted.get(column, "nothing says why")
            if getattr(one, column) is None and column not in one.opaque:
                yield Cause(f"{one.store}: {column} {one.kind} were not counted: {why}", (seen.seq,), one.scenario)
