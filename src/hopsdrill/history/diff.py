"""How two runs differ, in what a reader would ask for."""

from collections.abc import Iterator, Mapping

from hopsdrill.history.runs import Run
from hopsdrill.report.gap import Gap, known
from hopsdrill.report.measured import seconds_text
from hopsdrill.verdict.wording import duration


NONE = "none"
Line = tuple[str, str, str]  # what, in the first run, in the second


def differences(first: Run, second: Run) -> list[Line]:
    """Everything that differs, in the order of a report; empty when the runs say the same."""
    return [line for line in _all(first, second) if line[1] != line[2]]


def _all(first: Run, second: Run) -> Iterator[Line]:
    parts = (_facts, _measures, _parts, _scenarios, _proofs, _findings, _controls)
    pairs = [(of(first), of(second)) for of in parts]
    for one, other in pairs:
        yield from _compare(one, other)


def _compare(one: Mapping[str, str], other: Mapping[str, str]) -> Iterator[Line]:
    for name in [*one, *(name for name in other if name not in one)]:
        yield name, one.get(name, NONE), other.get(name, NONE)


def _facts(run: Run) -> dict[str, str]:
    report, identity = run.report, run.report.fields.identity
    return {
        "verdict": report.verdict or "not conducted",
        "drill": run.drill,
        "plan digest": _text(identity.plan_digest),
        "recovery time": NONE if run.rto is None else duration(run.rto),
        "loss of data": NONE if run.rpo is None else duration(run.rpo),
        "not covered": "; ".join(known(report.not_covered)) or NONE,
    }


def _measures(run: Run) -> dict[str, str]:
    """Every objective and every phase of a recovery, by scenario."""
    told = {
        f"{phase.phase} of {_short(each.scenario)}": seconds_text(phase.seconds)
        for each in known(run.report.fields.rto)
        for phase in known(each.phases)
    }
    for each in known(run.report.fields.rpo.accounts):
        if not isinstance(each.measured, Gap):
            told[f"recovery point of {_short(each.scenario)}"] = seconds_text(each.measured.measured_s)
    return told


def _findings(run: Run) -> dict[str, str]:
    return {f"finding {each.id}": f"{each.severity}: {each.text}" for each in run.report.fields.findings.items}


def _controls(run: Run) -> dict[str, str]:
    return {f"control {each.standard} {each.control}": each.status for each in run.report.fields.controls.accounts}


def _short(scenario: str) -> str:
    return scenario.rpartition("::")[2]


def _parts(run: Run) -> dict[str, str]:
    parts = {f"version of {each.name}": each.version for each in known(run.report.fields.systems.components)}
    return parts | {f"stand-in for {each.store}: {each.plays}": each.part for each in known(run.report.stand_ins)}


def _scenarios(run: Run) -> dict[str, str]:
    return {f"scenario {each.scenario}": each.verdict for each in known(run.report.fields.steps.scenarios)}


def _proofs(run: Run) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    for each in known(run.report.fields.validation.proofs):
        found.setdefault(f"proof {_short(each.scenario)}: {each.proof} of {each.store}", []).append(str(each.status))
    return {name: ", ".join(states) for name, states in found.items()}


def _text(value: str | Gap) -> str:
    return NONE if isinstance(value, Gap) else value
