"""Cleaning up after a run changes what is left, and nothing else."""

from datetime import UTC, datetime

import journal_tape as tape
import pytest
import sample_journal as sample

from hopsdrill.core.errors import InterlockError
from hopsdrill.journal import read
from hopsdrill.model import events as ev
from hopsdrill.model.lab import ClusterRef, LabState
from hopsdrill.run import gc
from hopsdrill.run.gc import Swept, _sweep_run, sweep
from hopsdrill.run.lease import lease
from hopsdrill.safety.ledger import unsettled
from hopsdrill.verdict import judge


LEFT = ev.Resource(kind="namespace", name="hopsworks", cluster_uid="6e1f4c0a", api="v1/Namespace")
CLUSTER = {"name": "drill", "context": "c", "uid": "6e1f4c0a", "created": datetime.now(UTC)}


class Willing:
    """A stand-in for what removes things: remembers them."""

    def __init__(self):
        self.removed = []

    def remove(self, resource):
        """Remove one."""
        self.removed.append(resource)
        return ""


def kept(verdict):
    """A run that ended, and left a namespace."""
    events = sample.passing()
    if verdict == "UNKNOWN":
        events = tape.without(events, ev.ProofRecorded, proof="objects-match-the-backup")
    if verdict == "ABORTED":
        events = events[:30]
    return [*events[:3], tape.Timed(events[3].ms, ev.ResourceCreated(resource=LEFT)), *events[3:]]


@pytest.mark.parametrize("verdict", ["PASS", "UNKNOWN", "ABORTED"])
def test_the_verdict_stays_and_the_ledger_is_settled(tmp_path, verdict):
    """What the run left is removed, its journal goes on, its verdict is what it was."""
    folder = tape.write(tmp_path / "run", kept(verdict))
    assert str(judge(read(folder)).verdict) == verdict
    remover = Willing()
    swept = _sweep_run(folder, ClusterRef(kubeconfig=tmp_path, **CLUSTER), remover)
    assert LEFT in remover.removed
    assert "namespace hopsworks" in swept.removed
    assert swept.left == []
    assert unsettled(read(folder)) == []
    assert str(judge(read(folder)).verdict) == verdict


def test_a_run_that_left_nothing_is_not_touched(tmp_path):
    """Its journal stays byte for byte."""
    events = tape.without(sample.passing(), ev.ResourceCreated)
    folder = tape.write(tmp_path / "run", events)
    before = (folder / "journal.ndjson").read_bytes()
    assert _sweep_run(folder, ClusterRef(kubeconfig=tmp_path, **CLUSTER), Willing()) is None
    assert (folder / "journal.ndjson").read_bytes() == before


def test_what_belongs_to_another_cluster_is_left_to_it(tmp_path):
    """The same name in another cluster is another thing."""
    folder = tape.write(tmp_path / "run", kept("PASS"))
    assert _sweep_run(folder, ClusterRef(kubeconfig=tmp_path, **{**CLUSTER, "uid": "other"}), Willing()) is None


def test_a_tampered_journal_is_no_order_to_remove_anything(tmp_path):
    """Nothing is removed on its word."""
    folder = tape.write(tmp_path / "run", kept("PASS"))
    path = folder / "journal.ndjson"
    path.write_bytes(path.read_bytes().replace(b"hopsworks", b"somewhere"))
    remover = Willing()
    assert _sweep_run(folder, ClusterRef(kubeconfig=tmp_path, **CLUSTER), remover) is None
    assert remover.removed == []


def test_what_lies_in_the_bucket_is_removed_although_its_cluster_is_gone(tmp_path):
    """A drill loses its cluster and is killed: the cluster of that name, made anew, is where its prefixes are removed from."""
    prefix = ev.Resource(kind="s3-prefix", name="rondb_backup/", cluster_uid="of-a-cluster-that-is-gone")
    events = sample.passing()
    made = [*events[:3], tape.Timed(events[3].ms, ev.ResourceCreated(resource=prefix)), *events[3:30]]
    folder = tape.write(tmp_path / "run", made)
    remover = Willing()
    _sweep_run(folder, ClusterRef(kubeconfig=tmp_path, **{**CLUSTER, "uid": "made-anew"}), remover)
    assert remover.removed == [prefix]
    elsewhere = ClusterRef(kubeconfig=tmp_path, **{**CLUSTER, "name": "second", "uid": "second's"})
    assert _sweep_run(tape.write(tmp_path / "again", made), elsewhere, remover) is None


def test_a_run_under_way_on_another_cluster_is_left_alone(tmp_path, monkeypatch):
    """Its processes are not ended and its journal has one writer; once it is over, it is swept like any other."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    events = kept("ABORTED")
    folder = tape.write(tmp_path / "run", events)
    before = (folder / "journal.ndjson").read_bytes()
    started = read(folder)[0].event
    other = ClusterRef(kubeconfig=tmp_path, **{**CLUSTER, "name": "second"})
    with lease("drill", f"run {started.run_id}"):
        assert _sweep_run(folder, other, Willing()) is None
    assert (folder / "journal.ndjson").read_bytes() == before
    assert _sweep_run(folder, other, Willing()) is not None


def test_a_run_of_another_cluster_is_not_swept_from_here(tmp_path, monkeypatch):
    """Neither its processes nor what it left: with several clusters each is swept with its own."""
    ended = []
    monkeypatch.setattr("hopsdrill.run.gc.orphans.end", lambda run: ended.append(run) or ["helm"])
    folder = tape.write(tmp_path / "run", kept("ABORTED"))
    before = (folder / "journal.ndjson").read_bytes()
    elsewhere = ClusterRef(kubeconfig=tmp_path, **{**CLUSTER, "name": "second", "uid": "second's"})
    assert _sweep_run(folder, elsewhere, Willing()) is None
    assert (ended, (folder / "journal.ndjson").read_bytes()) == ([], before)
    swept = _sweep_run(folder, ClusterRef(kubeconfig=tmp_path, **CLUSTER), Willing())
    assert (len(ended), swept.left) == (1, [])


def test_a_cluster_on_which_a_run_is_under_way_is_named_and_the_others_are_swept(tmp_path, monkeypatch):
    """Where all are held nothing can be done, and that is told as a refusal."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    refs = {name: ClusterRef(kubeconfig=tmp_path, **{**CLUSTER, "name": name}) for name in ("drill", "second")}
    monkeypatch.setattr(gc, "load", lambda: LabState(docker_host="h", engine_own=True, network="n", clusters=refs))
    monkeypatch.setattr(gc, "_remover", lambda *_: Willing())
    monkeypatch.setattr(gc, "_strays", lambda _: [LEFT])
    with lease("drill", "run a"):
        assert sweep(tmp_path) == [
            Swept("(cluster drill)", [], [], held="The cluster is held by run a."),
            Swept("(no journal)", ["namespace hopsworks"], []),
        ]
        with lease("second", "run b"), pytest.raises(InterlockError, match="held by run a"):
            sweep(tmp_path)
    assert sweep(tmp_path) == [Swept("(no journal)", ["namespace hopsworks"], [])] * 2
