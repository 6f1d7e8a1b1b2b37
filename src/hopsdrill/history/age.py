"""How old the last backup is that a drill has proved to be restorable."""

from dataclasses import dataclass
from datetime import datetime

from hopsdrill.history.runs import History, Run, moment
from hopsdrill.report.gap import Gap


@dataclass(frozen=True)
class Proven:
    """A backup that came back.

    Attributes:
        taken: the moment its data is of; the age counts from here.
        ids: by store.
        run: what proved it.
    """

    taken: datetime
    ids: dict[str, str]
    run: Run

    def age(self, now: datetime) -> float:
        """Seconds."""
        return (now - self.taken).total_seconds()


def last_proven(found: History, drill: str = "") -> Proven | None:
    """The newest backup of a run whose verdict is PASS or, data being whole, BREACHED; None where no run proved any.

    Args:
        found: all runs.
        drill: only runs of this plan.
    """
    good = [run for run in found.runs if run.report.verdict in {"PASS", "BREACHED"} and drill in {"", run.drill}]
    return max((each for run in good for each in _backups(run)), key=lambda each: each.taken, default=None)


def _backups(run: Run) -> list[Proven]:
    told = run.report.fields.backup
    return [] if isinstance(told, Gap) else [Proven(moment(each.moment), each.ids, run) for each in told]
