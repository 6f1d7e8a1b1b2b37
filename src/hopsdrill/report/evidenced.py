"""Which controls this run gave evidence for: the packaged mapping, held against the journal."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from operator import attrgetter

from hopsdrill.model import events as ev
from hopsdrill.model.control import Control, Need
from hopsdrill.report.accounts import ControlAccount, NeedAccount, UncoveredControl
from hopsdrill.report.controls import load
from hopsdrill.report.fields import ControlMapping, Fields
from hopsdrill.report.gap import Gap
from hopsdrill.report.measured import margin_of
from hopsdrill.verdict import Judgement, Verdict
from hopsdrill.verdict.facts import Facts


READING = (
    "This is no statement that a standard is complied with. A control reads “evidenced in this run” only when every piece of "
    "evidence that a drill can give for it was there in this run; what remains is to be shown otherwise, and the judgement is the auditor's."
)
NOTHING_YET = ControlMapping(reading=READING, accounts=[], needs=[], not_covered=[])
WHOLE = "platform"  # the store of what is not about a single one
RECOVERED = (Verdict.PASS, Verdict.BREACHED)  # what was proved counts, although an objective was missed


def control_mapping(fields: Fields, facts: Facts, judgement: Judgement) -> ControlMapping:
    """Field 24, from the journal and the other fields.

    Args:
        fields: all other fields; only whether they are gaps is looked at.
        facts: the journal.
        judgement: its verdict.
    """
    known = load()
    seen = _Seen(fields, facts, judgement)
    needs = {name: seen.account(name, need) for name, need in known.needs.items()}
    played = {each.store for seen in facts.all(ev.EnvironmentSeen) for each in seen.event.stand_ins}
    return ControlMapping(
        reading=READING,
        accounts=[_control(each.title, one, needs, played) for each in known.standards for one in each.controls],
        needs=list(needs.values()),
        not_covered=[
            UncoveredControl(standard=each.title, control=one.id, asks=one.asks, because=one.because)
            for each in known.standards
            for one in each.not_covered
        ],
    )


def _control(standard: str, control: Control, needs: dict[str, NeedAccount], played: set[str]) -> ControlAccount:
    missing = [name for name in control.needs if not needs[name].there]
    stores = {store for name in control.needs for store in needs[name].stores}
    return ControlAccount(
        standard=standard,
        control=control.id,
        asks=control.asks,
        status="not evidenced in this run" if missing else "evidenced in this run",
        needs=control.needs,
        missing=missing,
        stand_ins=sorted(played if WHOLE in stores else stores & played),
        remains=control.remains,
    )


@dataclass(frozen=True)
class _Record:
    """One thing in the journal that speaks for or against a need."""

    seq: int
    scenario: str
    name: str
    good: bool
    said: str
    store: str = WHOLE


def _names(need: Need) -> list[str]:
    return [*need.proofs, *need.actions, *need.objectives]


def _records(facts: Facts) -> Iterator[_Record]:
    """Names of proofs, actions and objectives do not overlap."""
    for proof in facts.all(ev.ProofRecorded):
        one = proof.event
        yield _Record(proof.seq, one.scenario, one.proof, one.status is ev.Status.PASSED, str(one.status), one.store)
    for action in facts.all(ev.ActionProbed):
        did = action.event
        yield _Record(action.seq, did.scenario, did.action, did.effective, "" if did.effective else "had no effect")
    for measure in facts.all(ev.ObjectiveMeasured):
        told = measure.event
        said = (
            "has no target"
            if told.target_s is None
            else "was not measured"
            if told.measured_s is None
            else "was missed"
        )
        margin = margin_of(told)
        yield _Record(measure.seq, told.scenario, told.objective, margin is not None and margin >= 0, said)


def _of_the_run(judgement: Judgement) -> Iterator[str]:
    if judgement.verdict is None:
        yield "the drill was not conducted"
    for reason in judgement.reasons:
        if not reason.scenario and reason.verdict and reason.verdict not in RECOVERED:
            yield f"the run as a whole is {reason.verdict}: {reason.text}"


class _Seen:
    """What there is to hold needs against.

    Args:
        fields: of the report; only whether they are gaps is looked at.
        facts: the journal.
        judgement: its verdict.
    """

    def __init__(self, fields: Fields, facts: Facts, judgement: Judgement) -> None:
        self.fields, self.verdict_of = fields, cache(judgement.of)  # each look-up reads all reasons
        self.bad_run = list(_of_the_run(judgement))
        self.records: dict[str, list[_Record]] = defaultdict(list)
        for each in _records(facts):
            self.records[each.name].append(each)
        self.planned: dict[str, list[str]] = defaultdict(list)
        for scenario, declared in facts.declared.items():
            for name in declared.proofs | declared.actions:
                self.planned[name].append(scenario)

    def account(self, name: str, need: Need) -> NeedAccount:
        """Whether a need was there."""
        records = sorted((each for one in _names(need) for each in self.records[one]), key=lambda each: each.seq)
        missing = list(self._gaps(need.fields) if need.fields else self._faults(need, records))
        return NeedAccount(
            name=name,
            text=need.text,
            there=not missing,
            events=[each.seq for each in records],
            stores=sorted({each.store for each in records}),
            statements=need.statements,
            missing=list(dict.fromkeys(missing)),
        )

    def _gaps(self, fields: list[str]) -> Iterator[str]:
        for dotted in fields:
            value = attrgetter(dotted)(self.fields)
            if isinstance(value, Gap):
                yield f"{dotted}: {value.gap}"

    def _faults(self, need: Need, records: list[_Record]) -> Iterator[str]:
        yield from self.bad_run
        if need.objectives:
            yield from (f"{name} was not measured" for name in need.objectives if not self.records[name])
        elif not records:
            yield f"none of {', '.join(_names(need))} was recorded"
        for name in _names(need):
            there = {each.scenario for each in self.records[name]}
            for scenario in self.planned[name]:
                if scenario not in there:
                    yield f"{name} was planned and not recorded: {_short(scenario)}"
        yield from filter(None, map(self._fault, records))

    def _fault(self, record: _Record) -> str:
        if not record.good:
            return f"{record.name} {record.said} (entry {record.seq})"
        verdict = self.verdict_of(record.scenario)
        if verdict in RECOVERED:
            return ""
        return f"{record.name} was recorded in a scenario that is {verdict}: {_short(record.scenario)}"


def _short(scenario: str) -> str:
    return scenario.rpartition("::")[2]
