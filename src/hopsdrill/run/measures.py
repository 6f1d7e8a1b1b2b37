"""The objectives of a recovery, measured: time by phase, and the recovery point twice; the verdict compares them."""

from hopsdrill.model import events as ev
from hopsdrill.model.plan import Data, Objective, Objectives
from hopsdrill.proof.objectives import worst_case
from hopsdrill.run.proofs import loss_of
from hopsdrill.run.stages import Recovered
from hopsdrill.site import Site


MEASURED = ("rto", "rpo", "rpo-worst-case")
DETECTION_S = 0.25  # a state is seen at most this long after it came about: the interval of every wait
NOT_EXERCISED = {
    ev.Phase.DETECT: "not exercised: the disaster is declared by the drill",
    ev.Phase.DECIDE: "not exercised: the decision is part of the plan",
}


def measure(site: Site, recovered: Recovered, wanted: Objectives, data: Data) -> None:
    """Measure recovery time and recovery point."""
    _time(site, recovered, wanted.rto)
    _point(site, recovered, wanted.rpo, data)


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


def _point(site: Site, recovered: Recovered, bound: Objective, data: Data) -> None:
    found, _, _ = loss_of(site, recovered)
    times = {write.number: write.acked for write in recovered.disaster.writes if write.acked is not None}
    newest, last = times.get(found.newest or 0), max(times.values(), default=None)
    measured = (last - newest).total_seconds() if newest and last else None
    # between two writes of the writer nothing is known
    error = 1 / data.writes_per_second + recovered.disaster.offset.error
    basis = "from the newest surviving write to the last acknowledged one before the disaster"
    _write(site, "rpo", bound, value=measured, error=error, basis=basis)
    worst = worst_case(site.schedule, recovered.backup.seconds)
    basis = f"longest gap of the schedule {site.schedule} plus the backup's duration"
    _write(site, "rpo-worst-case", bound, value=worst, error=0.0, basis=basis)


def _write(  # noqa: PLR0913 - the fields of a measurement
    site: Site,
    objective: str,
    bound: Objective,
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
            target_s=bound.within.total_seconds(),
            source=bound.source,
            basis=basis,
            lower_bound=lower_bound,
        )
    )
