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
    """The newest backup that was restored in a run whose verdict is PASS or, data being whole, BREACHED; None where there is none.

    Args:
        found: all runs.
        drill: only runs of this plan.
    """
    good = [run for run in found.runs if run.report.verdict in {"PASS", "BREACHED"} and drill in {"", run.drill}]
    return max((each for run in good for each in _backups(run)), key=lambda each: each.taken, default=None)


def _backups(run: Run) -> list[Proven]:
    """One a scenario that came back from a disaster: the oldest of its points, for a later one may never have been restored."""
    taken, came_back = run.report.fields.backup, run.report.fields.rto
    if isinstance(taken, Gap) or isinstance(came_back, Gap):
        return []
    restored = {each.scenario for each in came_back if not isinstance(each.started, Gap)}
    made = [(each.scenario, Proven(moment(each.moment), each.ids, run)) for each in taken if each.scenario in restored]
    oldest: dict[str, Proven] = {}
    for scenario, proven in sorted(made, key=lambda pair: pair[1].taken):
        oldest.setdefault(scenario, proven)
    return list(oldest.values())
