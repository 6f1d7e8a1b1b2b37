"""The objectives of a recovery, measured: time by phase, and the recovery point twice; the verdict compares them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hopsdrill.core.clock import Instant, parse_utc
from hopsdrill.model import events as ev
from hopsdrill.model.plan import Data, Objective, Objectives, StartClock
from hopsdrill.proof.canaries import widest
from hopsdrill.proof.objectives import worst_case
from hopsdrill.run.canaries import Account, skews
from hopsdrill.run.proofs import loss_of
from hopsdrill.run.stages import Recovered
from hopsdrill.site import Site


MEASURED = ("rto", "rpo", "rpo-worst-case")
SKEW = "skew"
CLOCK_S = 0.001  # both ends of every phase are read from one monotonic clock, to the millisecond
NOT_EXERCISED = {
    ev.Phase.DETECT: "not exercised: the disaster is declared by the drill",
    ev.Phase.DECIDE: "not exercised: the decision is part of the plan",
    ev.Phase.PROVISION: "not exercised: the cluster survives a restore in place",
}
# which phases count, by the plan's rule where the clock starts
COUNTED: dict[StartClock, tuple[ev.Phase, ...]] = {
    "disaster": tuple(ev.Phase),
    "detection": tuple(ev.Phase)[1:],
    "declaration": tuple(ev.Phase)[2:],
}


@dataclass(frozen=True)
class Part:
    """One phase: how long it took, by how much that may be too long, and whose word it is if it was not measured."""

    seconds: float | None
    note: str
    error: float | None = None
    by: str = ""


def measure(  # noqa: PLR0913, PLR0917 - what is measured, and by what
    site: Site,
    recovered: Recovered,
    wanted: Objectives,
    data: Data,
    found: Mapping[str, Account] | None = None,
    attested: Sequence[ev.PhaseAttested] = (),
) -> None:
    """Measure recovery time and recovery point: by ``found``, the canaries of every store, else by the database's writer."""
    parts = {**_by_word(attested), **_seen(recovered, site.recorder.last_data_proof)}
    for phase, part in parts.items():
        _phase(site, phase, part)
    _time(site, parts, wanted)
    if found:
        _worst_point(site, found, wanted.rpo)
    else:
        _written_point(site, recovered, wanted.rpo, data)
    worst = worst_case(site.schedule, recovered.backup.seconds)
    basis = f"longest gap of the schedule {site.schedule} plus the backup's duration"
    _write(site, "rpo-worst-case", wanted.rpo, value=worst, error=0.0, basis=basis)


def _by_word(attested: Sequence[ev.PhaseAttested]) -> dict[ev.Phase, Part]:
    """What people did before the run."""
    said = {each.phase: each for each in attested}
    return {phase: _word(phase, said.get(phase)) for phase in (ev.Phase.DETECT, ev.Phase.DECIDE)}


def _word(phase: ev.Phase, said: ev.PhaseAttested | None) -> Part:
    if said is None:
        return Part(None, NOT_EXERCISED[phase])
    seconds = (parse_utc(said.ended) - parse_utc(said.began)).total_seconds()
    return Part(seconds, f"attested by {said.who}, not measured: from {said.began} to {said.ended}", by=said.who)


def _seen(recovered: Recovered, last: Instant | None) -> dict[ev.Phase, Part]:
    """What the run itself saw, one phase from the end of the other; the last data proof is the end."""
    start, done = recovered.disaster.declared.mono, recovered.restored
    built = done.provisioned
    begun, late = built.mono if built else start, done.late + CLOCK_S
    provision = Part(None, NOT_EXERCISED[ev.Phase.PROVISION])
    if built is not None:
        note = "from the declared disaster until there was a new cluster with Velero"
        provision = Part(built.mono - start, note, CLOCK_S)
    restored = done.serving.mono - begun if done.serving else None
    validated = last.mono - done.serving.mono if last and done.serving else None
    return {
        ev.Phase.PROVISION: provision,
        ev.Phase.RESTORE: Part(restored, "from there until every store was seen to serve again", late),
        ev.Phase.VALIDATE: Part(validated, "from there to the last proof of the data", CLOCK_S),
    }


def _time(site: Site, parts: Mapping[ev.Phase, Part], wanted: Objectives) -> None:
    """The sum of the phases that count; without an end there is none, which is UNKNOWN."""
    counted = {phase: parts[phase] for phase in COUNTED[wanted.start_clock]}
    lacking = [phase for phase, part in counted.items() if part.seconds is None]
    ended = parts[ev.Phase.VALIDATE].seconds is not None
    total = sum(part.seconds or 0.0 for part in counted.values()) if ended else None
    by = [f"{phase} as {part.by} attests" for phase, part in counted.items() if part.by]
    basis = f"from the {wanted.start_clock} to the last proof of the data: the sum of the phases"
    for more in ("; ".join(by), f"not measured: {', '.join(lacking)}" if lacking else ""):
        basis += f"; {more}" if more else ""
    error = sum(part.error or 0.0 for part in counted.values())
    _write(site, "rto", wanted.rto, value=total, error=error, basis=basis, lower_bound=bool(lacking))


def _phase(site: Site, phase: ev.Phase, part: Part) -> None:
    seconds, error = (round(each, 3) if each is not None else None for each in (part.seconds, part.error))
    told = ev.PhaseMeasured(
        scenario=site.recorder.scenario,
        phase=phase,
        seconds=seconds,
        note=part.note,
        error_s=error if seconds is not None else None,
        attested_by=part.by,
    )
    site.recorder.write(told)


def measure_skew(site: Site, found: Mapping[str, Account], wanted: Objective | None) -> None:
    """Measure how far the recovery points of two stores are apart at most."""
    pair = widest(skews(found))
    value = pair.value if pair else None
    none = [store for store, each in found.items() if each.window is not None and each.point is None]
    basis = f"no canary came back in {', '.join(none)}" if none else "no two stores are backed up"
    if pair and value:
        newer, older = (pair.first, pair.second) if value.seconds >= 0 else (pair.second, pair.first)
        basis = f"the data of {newer} is that much newer than that of {older}, as their canaries show; no other pair is farther apart"
    _write(
        site,
        SKEW,
        wanted,
        value=abs(value.seconds) if value else None,
        error=value.error if value else 0.0,
        basis=basis,
    )


def _worst_point(site: Site, found: Mapping[str, Account], bound: Objective) -> None:
    """Of the store that lost most; one that no backup holds is stated in its own account, and not judged."""
    ages = {store: each.age for store, each in found.items() if each.window is not None}
    none = [store for store, age in ages.items() if age is None]
    if none:
        _write(site, "rpo", bound, value=None, error=0.0, basis=f"no canary came back in {', '.join(none)}")
        return
    store, age = max(
        ((store, age) for store, age in ages.items() if age), key=lambda each: each[1].seconds + each[1].error
    )
    basis = f"the oldest of {len(ages)} stores is {store}: from the moment its canaries show to the disaster"
    _write(site, "rpo", bound, value=age.seconds, error=age.error, basis=basis)


def _written_point(site: Site, recovered: Recovered, bound: Objective, data: Data) -> None:
    """By the writer, where there were no canaries: of the database alone."""
    found, _, _ = loss_of(site, recovered)
    times = {write.number: write.acked for write in recovered.disaster.writes if write.acked is not None}
    newest, last = times.get(found.newest or 0), max(times.values(), default=None)
    measured = (last - newest).total_seconds() if newest and last else None
    # between two writes of the writer nothing is known
    error = 1 / data.writes_per_second + recovered.disaster.offset.error
    basis = "from the newest surviving write to the last acknowledged one before the disaster"
    _write(site, "rpo", bound, value=measured, error=error, basis=basis)


def _write(  # noqa: PLR0913 - the fields of a measurement
    site: Site,
    objective: str,
    bound: Objective | None,
    *,
    value: float | None,
    error: float,
    basis: str,
    lower_bound: bool = False,
) -> None:
    site.recorder.write(
        ev.ObjectiveMeasured(
            scenario=site.recorder.scenario,
            objective=objective,
            measured_s=round(value, 3) if value is not None else None,
            error_s=round(error, 3),
            target_s=bound.within.total_seconds() if bound else None,
            source=bound.source if bound else "",
            basis=basis,
            lower_bound=lower_bound,
        )
    )
