"""How long earlier restores of a platform took, from the journals of the reports folder."""

from collections.abc import Iterator
from pathlib import Path

from hopsdrill.core.errors import JournalError
from hopsdrill.journal import read
from hopsdrill.journal.writer import NAME
from hopsdrill.model import events as ev
from hopsdrill.model.plan import Plan
from hopsdrill.safety.capacity import Timed
from hopsdrill.verdict import Verdict, judge


LOOKED_AT = 20  # folders, the newest first: their names begin with the time
ENOUGH = 5  # restores
RECOVERED = (Verdict.PASS, Verdict.BREACHED)


def timed(reports: Path, plan: Plan) -> list[Timed]:
    """Restores that earlier, whole runs with the plan's profile and target have measured, the newest first.

    A journal that does not open, or whose run did not recover, gives none.
    """
    found: list[Timed] = []
    for path in sorted(reports.glob(f"*/{NAME}"), reverse=True)[:LOOKED_AT]:
        found += _of(path.parent, plan)
        if len(found) >= ENOUGH:
            break
    return found


def _of(folder: Path, plan: Plan) -> Iterator[Timed]:
    try:
        entries = read(folder)
    except JournalError:
        return  # `hopsdrill report index` lists it with its reason
    first = entries[0].event if entries else None
    if not isinstance(first, ev.RunStarted) or not _alike(first.plan, plan) or judge(entries).verdict not in RECOVERED:
        return
    sizes = {each.event.scenario: each.event.size_bytes for each in entries if isinstance(each.event, ev.RecoveryPoint)}
    for each in entries:
        one = each.event
        if (
            isinstance(one, ev.PhaseMeasured)
            and one.phase is ev.Phase.RESTORE
            and one.seconds
            and sizes.get(one.scenario)
        ):
            yield Timed(first.run_id, sizes[one.scenario], one.seconds)


def _alike(other: dict[str, object], plan: Plan) -> bool:
    target = other.get("target")
    where = target.get("lab_cluster") if isinstance(target, dict) else None
    # the lab's clusters are made alike; any other is compared with itself
    same = bool(where) == bool(plan.target.lab_cluster) and (
        bool(where) or target == plan.target.model_dump(mode="json")
    )
    return other.get("profile") == plan.profile and same
