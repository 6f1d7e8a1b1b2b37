"""Findings: what runs have shown to be wrong, recognised from run to run, closed only by a retest that passed."""

from datetime import date
from pathlib import Path
from statistics import median

import yaml
from pydantic import Field, TypeAdapter, ValidationError

from hopsdrill.core.errors import PlanError
from hopsdrill.core.files import put
from hopsdrill.history.runs import History, Run
from hopsdrill.model.base import Model
from hopsdrill.report.findings import identity
from hopsdrill.report.gap import known as listed


REGISTER = "findings.yaml"
SLOWER = "slower-than-before"
BEFORE = 5  # passing runs whose median a recovery time is held against


class Assignment(Model):
    """What people say of a finding; everything else follows from journals."""

    owner: str = ""
    due: date | None = None
    note: str = ""


class Finding(Model):
    """One thing that is wrong.

    Attributes:
        id: stable: the same defect of the same drill has the same ID in every run.
        seen: runs that showed it, the first first.
        closed_by: the later run in which the same scenario passed; empty while it is open.
    """

    id: str
    severity: str
    drill: str
    rule: str
    scenario: str
    text: str
    seen: list[str]
    closed_by: str = ""
    assigned: Assignment = Field(default_factory=Assignment)

    @property
    def open(self) -> bool:
        """No retest has closed it."""
        return not self.closed_by

    def overdue(self, today: date) -> bool:
        """It is open after its day."""
        return self.open and self.assigned.due is not None and self.assigned.due < today


def findings(found: History, register: dict[str, Assignment] | None = None) -> list[Finding]:
    """Every finding of every run, open ones first, then by severity and age."""
    lives: dict[str, Finding] = {}
    for run in found.runs:
        shown = {each.id: each for each in [*_shown(run), *_slower(run, found)]}
        for name, each in shown.items():
            known = lives.get(name)
            seen = [*(known.seen if known else []), run.folder.name]
            lives[name] = each.model_copy(update={"seen": seen})
        _close(lives, run, set(shown))
    given = register or {}
    told = [each.model_copy(update={"assigned": given.get(each.id, Assignment())}) for each in lives.values()]
    rank = ["critical", "major", "minor"]
    return sorted(told, key=lambda each: (not each.open, rank.index(each.severity), each.seen[0], each.id))


def _shown(run: Run) -> list[Finding]:
    """What one run's own report names."""
    return [
        Finding(drill=run.drill, seen=[], **each.model_dump(include={"id", "severity", "rule", "scenario", "text"}))
        for each in run.report.fields.findings.items
    ]


def _slower(run: Run, found: History) -> list[Finding]:
    """A recovery that took more times as long as before than its plan allows."""
    first = run.entries[0].event
    allowed = getattr(first, "plan", {}).get("objectives", {}).get("slower_by")
    before = [each.rto for each in found.of(run.drill) if each.started < run.started and each.report.verdict == "PASS"]
    times = [each for each in before if each is not None][-BEFORE:]
    if not allowed or not times or run.rto is None or run.rto <= allowed * median(times):
        return []
    text = f"the recovery took {run.rto:.0f} s; the median of {len(times)} passing runs before is {median(times):.0f} s, and {allowed} times that is allowed"
    known = identity(run.drill, SLOWER, "", "rto")
    return [Finding(id=known, severity="major", drill=run.drill, rule=SLOWER, scenario="", text=text, seen=[])]


def _close(lives: dict[str, Finding], run: Run, shown: set[str]) -> None:
    """A run closes what it could have shown again and did not: its scenario passed, or it passed as a whole."""
    passed = {each.scenario for each in listed(run.report.fields.steps.scenarios) if each.verdict == "PASS"}
    whole = run.report.verdict == "PASS"
    for name, each in lives.items():
        retested = each.scenario in passed if each.scenario else whole
        if each.open and each.drill == run.drill and name not in shown and retested:
            lives[name] = each.model_copy(update={"closed_by": run.folder.name})


REGISTERED = TypeAdapter(dict[str, Assignment])


def load_register(reports: Path) -> dict[str, Assignment]:
    """What people have said of findings; empty where nobody has.

    Raises:
        PlanError: the file is no register.
    """
    path = reports / REGISTER
    if not path.exists():
        return {}
    try:
        return REGISTERED.validate_python(yaml.safe_load(path.read_text()) or {})
    except (OSError, yaml.YAMLError, ValidationError) as error:
        msg = f"{path} is no register of findings: {error}"
        raise PlanError(msg, hint="it holds, by finding: owner, due (YYYY-MM-DD), note") from error


def assign(reports: Path, identity: str, given: Assignment) -> None:
    """Enter owner and day of a finding.

    Raises:
        PlanError: the register cannot be read.
        JournalError: the disk refuses.
    """
    known = load_register(reports) | {identity: given}
    text = {name: known[name].model_dump(mode="json", exclude_defaults=True) for name in sorted(known)}
    put(reports / REGISTER, yaml.safe_dump(text, sort_keys=True))
