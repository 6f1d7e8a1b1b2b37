"""What earlier journals say of how long a restore takes, and the gates that are made of it."""

from types import SimpleNamespace

import journal_tape as tape
import pytest
import sample_journal as sample

from hopsdrill.core.errors import OperationError, PlanError
from hopsdrill.core.paths import data_dir
from hopsdrill.model import events as ev
from hopsdrill.plan.loader import load_named_profile, load_plan
from hopsdrill.run import capacity, feasible
from hopsdrill.run.rates import ENOUGH, LOOKED_AT, timed
from hopsdrill.safety.capacity import Timed


PLAN = load_plan(data_dir("drills") / "in-place-restore.yaml")
PROFILE = load_named_profile("hopsworks-standin")
SAID = PLAN.model_dump(mode="json", by_alias=True)
SIZE = next(each.event.size_bytes for each in sample.passing() if isinstance(each.event, ev.RecoveryPoint))


def kept(reports, number, events=None, **plan):
    """A run in the reports folder, of the plan with some changes."""
    name = f"20261126T{number:06}Z-x"
    events = tape.replaced(events or sample.passing(), ev.RunStarted, plan={**SAID, **plan}, run_id=name)
    return tape.write(reports / name, events, sample.EVIDENCE)


def test_every_whole_run_gives_its_restore_the_newest_first(tmp_path):
    """Size and seconds from the journal itself."""
    kept(tmp_path, 1)
    kept(tmp_path, 2)
    assert timed(tmp_path, PLAN) == [Timed(f"20261126T00000{n}Z-x", SIZE, 41.36) for n in (2, 1)]


def test_a_missed_objective_is_a_measured_time_all_the_same(tmp_path):
    """BREACHED recovered."""
    slow = tape.replaced(sample.passing(), ev.ObjectiveMeasured, {"objective": "rto"}, measured_s=5000.0)
    kept(tmp_path, 1, slow)
    assert len(timed(tmp_path, PLAN)) == 1


def test_a_run_that_did_not_recover_gives_no_time(tmp_path):
    """Nor one of another platform or on another kind of cluster, nor a journal that was changed, nor an absent folder."""
    failed = tape.replaced(sample.passing(), ev.ProofRecorded, {"data": True}, status=ev.Status.FAILED)
    kept(tmp_path, 1, failed)
    kept(tmp_path, 2, profile="other")
    kept(tmp_path, 3, target={"kubeconfig": "/x", "context": "y"})
    torn = kept(tmp_path, 4) / "journal.ndjson"
    torn.write_bytes(torn.read_bytes().replace(b"41.36", b"14.36"))
    assert timed(tmp_path, PLAN) == []
    assert timed(tmp_path / "absent", PLAN) == []


def test_no_more_is_read_than_is_needed(tmp_path, monkeypatch):
    """Five restores, or twenty folders."""
    looked = []
    monkeypatch.setattr("hopsdrill.run.rates.read", lambda folder: looked.append(folder) or ())
    for number in range(LOOKED_AT + 5):
        kept(tmp_path, number)
    assert timed(tmp_path, PLAN) == []
    assert len(looked) == LOOKED_AT
    monkeypatch.undo()
    assert len(timed(tmp_path, PLAN)) == ENOUGH


def test_a_plan_that_cannot_hold_for_its_size_is_refused_before_anything_is_touched():
    """Named with the settings to change."""
    known = [Timed("b", 10 << 20, 40.0), Timed("a", 110 << 20, 90.0)]
    wide = PLAN.model_copy(update={"objectives": PLAN.objectives.model_copy(update={"at_size": 1 << 40})})
    feasible.require_planned(PLAN, PROFILE, known)
    feasible.require_planned(wide, PROFILE)
    with pytest.raises(PlanError, match=r"restore-fits-the-recovery-time-objective: 1 TiB.*`objectives.at_size`"):
        feasible.require_planned(wide, PROFILE, known)


def test_a_chart_of_another_version_than_the_profile_says_is_refused():
    """Read from the chart's own file; where only helm could ask, it is not known."""
    with pytest.raises(PlanError, match=r"versions-agree: the profile wants 9\.9\.9, the chart hopsworks-standin 0"):
        feasible.require_planned(PLAN, PROFILE.model_copy(update={"version": "9.9.9"}))
    away = feasible.planned(PLAN, PROFILE.model_copy(update={"chart": "repository/hopsworks"}))[-1]
    assert (away.ok, away.known) == (True, False)


def gate(name, monkeypatch, **said):
    """One gate of a site whose cluster and store say so much."""
    store, nodes = said.get("store", 1 << 40), said.get("nodes", 1 << 40)

    def told(value):
        if isinstance(value, OperationError):
            raise value
        return value

    claim = {"namespace": PROFILE.namespace, "name": "data-0"}
    mounted = [
        {"pvcRef": claim, "availableBytes": 1 << 30},
        {"pvcRef": {**claim, "namespace": "other"}, "availableBytes": 1},
    ]
    summary = {"node": {"fs": {"availableBytes": nodes}}, "pods": [{"volume": [{"name": "no claim"}, *mounted]}]}
    kube = SimpleNamespace(
        list=lambda _: [{"metadata": {"name": "n"}}],
        statistics=lambda _: told(summary if nodes else OperationError("no")),
    )
    monkeypatch.setattr(capacity.bucket_admin, "free", lambda _: told(store))
    monkeypatch.setattr(capacity, "running", lambda _: said.get("runs", ""))
    site = SimpleNamespace(
        kube=kube,
        namespace=PROFILE.namespace,
        profile=PROFILE,
        release=SimpleNamespace(name="r"),
        store=SimpleNamespace(ref=SimpleNamespace(endpoint="http://s")),
    )
    return capacity.gates(site, said.get("known", ()))[name]()


KNOWN = [Timed("b", 10 << 20, 40.0)]


def test_free_space_is_looked_at_in_store_nodes_and_the_platform_s_own_volumes(monkeypatch):
    """Each is told; somebody else's volume is not."""
    well, text = gate("space-suffices", monkeypatch, known=KNOWN)
    assert well is True
    for place in ("object store http://s 1 TiB free", "node n 1 TiB free", "volume hopsworks/data-0 1 GiB free"):
        assert place in text
    assert "other" not in text


def test_what_cannot_be_asked_is_not_known_and_stops_nothing(monkeypatch):
    """A store that is no MinIO, a kubelet that may not be asked, a run without a predecessor."""
    for more in ({"store": OperationError("S3 has no call")}, {"nodes": 0}, {"known": ()}):
        well, text = gate("space-suffices", monkeypatch, **{"known": KNOWN, **more})
        assert well is None
        assert "not known" in text


def test_a_place_that_is_too_small_shuts_the_gate(monkeypatch):
    """Whatever else is not known."""
    well, text = gate("space-suffices", monkeypatch, store=OperationError("?"), nodes=1 << 20, known=KNOWN)
    assert well is False
    assert "node n 1 MiB free" in text


def test_a_release_of_another_version_that_runs_shuts_the_gate(monkeypatch):
    """Its backup could not be restored by the profile's version."""
    name = "running-release-has-the-profile-s-version"
    assert gate(name, monkeypatch)[0] is True
    assert gate(name, monkeypatch, runs=PROFILE.version)[0] is True
    well, text = gate(name, monkeypatch, runs="0.0.9")
    assert well is False
    assert "0.0.9" in text
