"""The objectives of a recovery, measured: time by phase, and the recovery point twice; the verdict compares them."""

from collections.abc import Mapping

from hopsdrill.model import events as ev
from hopsdrill.model.plan import Data, Objective, Objectives
from hopsdrill.proof.canaries import widest
from hopsdrill.proof.objectives import worst_case
from hopsdrill.run.canaries import Account, skews
from hopsdrill.run.proofs import loss_of
from hopsdrill.run.stages import Recovered
from hopsdrill.site import Site


MEASURED = ("rto", "rpo", "rpo-worst-case")
SKEW = "skew"
DETECTION_S = 0.25  # a state is seen at most this long after it came about: the interval of every wait
NOT_EXERCISED = {
    ev.Phase.DETECT: "not exercised: the disaster is declared by the drill",
    ev.Phase.DECIDE: "not exercised: the decision is part of the plan",
}


def measure(
    site: Site, recovered: Recovered, wanted: Objectives, data: Data, found: Mapping[str, Account] | None = None
) -> None:
    """Measure recovery time and recovery point: by ``found``, the canaries of every store, else by the database's writer."""
    _time(site, recovered, wanted.rto)
    if found:
        _worst_point(site, found, wanted.rpo)
    else:
        _written_point(site, recovered, wanted.rpo, data)
    worst = worst_case(site.schedule, recovered.backup.seconds)
    basis = f"longest gap of the schedule {site.schedule} plus the backup's duration"
    _write(site, "rpo-worst-case", wanted.rpo, value=worst, error=0.0, basis=basis)


def _time(site: Site, recovered: Recovered, bound: Objective) -> None:
    start = recovered.disaster.declared.mono
    serving, last = recovered.restored.serving, site.recorder.last_data_proof
    for phase, note in NOT_EXERCISED.items():
        _phase(site, phase, None, note)
    provisioned = recovered.restored.provisioned
    if provisioned is None:
        _phase(site, ev.Phase.PROVISION, None, "not exercised: the cluster survives a restore in place")
    else:
        _phase(
            site,
            ev.Phase.PROVISION,
            provisioned.mono - start,
            "from the declared disaster until there was a new cluster with Velero",
        )
    begun = provisioned.mono if provisioned else start
    restored = serving.mono - begun if serving else None
    _phase(site, ev.Phase.RESTORE, restored, "from there until every store serves again")
    validated = last.mono - serving.mono if last and serving else None
    _phase(site, ev.Phase.VALIDATE, validated, "from there to the last proof of the data")
    basis = "from the declared disaster to the last proof of the data; detection and decision were not exercised"
    total = last.mono - start if last else None
    _write(site, "rto", bound, value=total, error=DETECTION_S, basis=basis, lower_bound=True)


def _phase(site: Site, phase: ev.Phase, seconds: float | None, note: str) -> None:
    rounded = round(seconds, 3) if seconds is not None else None
    site.recorder.write(ev.PhaseMeasured(scenario=site.recorder.scenario, phase=phase, seconds=rounded, note=note))


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
