"""Rules about a run as a whole."""

from collections.abc import Iterator

from hopsdrill.model import events as ev
from hopsdrill.verdict.facts import REMARKS, Facts
from hopsdrill.verdict.outcome import SIGNAL_BASE, ExitStatus, Verdict
from hopsdrill.verdict.rule import Cause, rule


WHY_CODE = {
    "environment": ExitStatus.NOT_CONDUCTED,
    "interlock": ExitStatus.NOT_CONDUCTED,
    "plan": ExitStatus.USAGE,
    "nothing-selected": ExitStatus.NOTHING_SELECTED,
}


@rule(None, "the run stopped before any scenario: environment, interlock (4), plan (2), nothing selected (5)")
def not_conducted(facts: Facts) -> Iterator[Cause]:
    """Say why nothing was tried."""
    if not facts.conducted:
        for seen in facts.all(ev.NotConducted):
            yield Cause(f"{seen.event.why}: {seen.event.message}", (seen.seq,), code=WHY_CODE[seen.event.why])


@rule(Verdict.UNKNOWN, "the run was called off after scenarios had begun")
def called_off(facts: Facts) -> Iterator[Cause]:
    """A refusal that came too late."""
    if facts.conducted:
        for seen in facts.all(ev.NotConducted):
            yield Cause(f"called off half-way, {seen.event.why}: {seen.event.message}", (seen.seq,))


@rule(Verdict.INVALID, "a scenario began although an interlock was shut")
def interlock_ignored(facts: Facts) -> Iterator[Cause]:
    """A shut gate, and somebody walked through."""
    started = tuple(seen.seq for seen in facts.all(ev.ScenarioStarted))
    for seen in facts.all(ev.InterlockChecked):
        if started and not seen.event.open:
            yield Cause(f"interlock {seen.event.name} was shut: {seen.event.reason}", (seen.seq, started[0]))


@rule(Verdict.ABORTED, "a signal reached the run (exit code 128 + signal number)")
def interrupted(facts: Facts) -> Iterator[Cause]:
    """SIGINT, SIGTERM."""
    for seen in facts.all(ev.RunInterrupted):
        yield Cause(f"signal {seen.event.signum} reached the run", (seen.seq,), code=SIGNAL_BASE + seen.event.signum)


@rule(
    Verdict.ABORTED,
    "the journal does not begin with run.started, or does not end with run.finished (remarks may follow it)",
)
def not_finished(facts: Facts) -> Iterator[Cause]:
    """A killed run, or a journal that is not whole."""
    if not facts.entries or not isinstance(facts.entries[0].event, ev.RunStarted):
        yield Cause("the journal does not begin with run.started")
    last = next((entry for entry in reversed(facts.entries) if not isinstance(entry.event, REMARKS)), None)
    if last is None or not isinstance(last.event, ev.RunFinished):
        yield Cause("the journal has no run.finished as its last event", (last.seq,) if last else ())


@rule(Verdict.UNKNOWN, "our own code broke (exit code 3)")
def internal_failure(facts: Facts) -> Iterator[Cause]:
    """What a broken tool says proves nothing."""
    for seen in facts.all(ev.InternalFailure):
        yield Cause(f"hopsdrill itself failed: {seen.event.message}", (seen.seq,), code=ExitStatus.INTERNAL)


@rule(Verdict.UNKNOWN, "no scenario was planned")
def nothing_planned(facts: Facts) -> Iterator[Cause]:
    """A run without a scenario has nothing to be right about."""
    if not facts.declared:
        yield Cause("no scenario was planned, so nothing was proved")


@rule(Verdict.UNKNOWN, "the environment was not recorded, so nobody can say what the result holds for")
def environment_not_recorded(facts: Facts) -> Iterator[Cause]:
    """A result without its place, versions and stand-ins is nobody's result."""
    if not facts.all(ev.EnvironmentSeen):
        yield Cause("the environment (cluster, versions, stand-ins) was not recorded")


@rule(None, "something the run created is still there and was not kept on purpose (exit code 7)")
def cleanup_incomplete(facts: Facts) -> Iterator[Cause]:
    """Leftovers by the clean-up's own word, and by the ledger."""
    finished = facts.all(ev.CleanupFinished)
    if any(seen.event.kept_on_purpose for seen in finished):
        return
    named = {item: seen.seq for seen in finished for item in seen.event.leftovers}
    for item, seq in named.items():
        yield _left(item, seq)
    for made in facts.unsettled:
        if made.event.resource not in named:
            yield _left(made.event.resource, made.seq)


@rule(None, "something in the run's folder held a secret, and was withheld (exit code 9)")
def artefact_withheld(facts: Facts) -> Iterator[Cause]:
    """Evidence that had to be taken away, or masked afterwards."""
    for seen in facts.all(ev.ArtefactWithheld):
        yield Cause(f"{seen.event.artefact}: {seen.event.what}", (seen.seq,), code=ExitStatus.WITHHELD)


def _left(item: ev.Resource, seq: int) -> Cause:
    where = f" in {item.namespace}" if item.namespace else ""
    return Cause(f"left behind: {item.kind} {item.name}{where}", (seq,), code=ExitStatus.CLEANUP_INCOMPLETE)
