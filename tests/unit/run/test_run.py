"""A run from its first entry to its last, with everything but a cluster."""

import os
import signal
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hopsdrill.core.errors import InterlockError, OperationError, PreconditionError
from hopsdrill.journal import read
from hopsdrill.model import events as ev
from hopsdrill.model.lab import ClusterRef, StoreRef
from hopsdrill.plan.loader import find_plan, load_plan, load_profile
from hopsdrill.run import Order, execute, orphans, signals
from hopsdrill.run import execute as execute_function
from hopsdrill.run import lease as lease_module
from hopsdrill.run.environment import stand_ins
from hopsdrill.run.target import target_of
from hopsdrill.verdict import judge


PATH = find_plan(Path("in-place-restore"))
PLAN = load_plan(PATH)


@pytest.fixture
def order(tmp_path, monkeypatch):
    """An order for the packaged plan, with a state folder of its own."""
    monkeypatch.setenv("HOPSDRILL_STATE", str(tmp_path / "state"))
    return Order(PLAN, PATH, load_profile(PLAN, PATH), tmp_path / "reports", ["hopsdrill", "run"])


def inside(monkeypatch, body):
    """Run a body in place of everything that needs a cluster."""
    module = sys.modules[execute_function.__module__]
    monkeypatch.setattr(module, "_run", lambda *_: body())


def raising(error):
    """A body that raises."""

    def body():
        raise error

    return body


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (PreconditionError("not ready"), 4),
        (OperationError("no answer"), 4),
        (InterlockError("not ours"), 4),
        (ZeroDivisionError("ours"), 3),
    ],
)
def test_every_way_of_ending_is_journalled(order, monkeypatch, error, code):
    """The journal is whole, and the exit code is the documented one."""
    inside(monkeypatch, raising(error))
    entries = read(execute(order, lambda _: None))
    assert isinstance(entries[0].event, ev.RunStarted)
    assert isinstance(entries[-1].event, ev.RunFinished)
    assert judge(entries).codes[0] == code


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_run_as_aborted(order, monkeypatch, signum):
    """The signal is in the journal, the exit code is 128 and its number, and the handlers are put back."""
    before = signal.getsignal(signum)

    def body():
        threading.Timer(0.05, lambda: os.kill(os.getpid(), signum)).start()
        time.sleep(5)

    inside(monkeypatch, body)
    judgement = judge(read(execute(order, lambda _: None)))
    assert judgement.codes[0] == 128 + signum
    assert signal.getsignal(signum) is before


def test_a_run_without_a_lab_is_not_conducted(order):
    """No lab: exit code 4 and the words of the error."""
    entries = read(execute(order, lambda _: pytest.fail("conducted without a lab")))
    assert judge(entries).codes == (4,)
    assert any(
        "There is no lab" in entry.event.message for entry in entries if isinstance(entry.event, ev.NotConducted)
    )


def test_a_foreign_cluster_is_never_a_target(tmp_path):
    """A plan that names a kubeconfig may be planned and linted, not run."""
    plan = PLAN.model_copy(
        update={
            "target": PLAN.target.model_copy(update={"lab_cluster": None, "kubeconfig": tmp_path, "context": "prod"})
        }
    )
    with pytest.raises(InterlockError, match="prod"):
        target_of(plan)


def test_the_target_is_the_labs_cluster(tmp_path, monkeypatch):
    """Found by name; another name lists what there is."""
    monkeypatch.setenv("HOPSDRILL_STATE", str(tmp_path))
    from hopsdrill.lab import state  # noqa: PLC0415 - after the folder is set
    from hopsdrill.model.lab import LabState  # noqa: PLC0415

    cluster = ClusterRef(name="other", kubeconfig=tmp_path, context="c", uid="u", created=datetime.now(UTC))
    store = StoreRef(endpoint="e", internal_endpoint="e", bucket="b", region="r", credentials_file=tmp_path)
    state.save(LabState(docker_host="h", engine_own=True, network="n", clusters={"other": cluster}, store=store))
    with pytest.raises(PreconditionError, match="it has: other"):
        target_of(PLAN)
    elsewhere = PLAN.model_copy(update={"target": PLAN.target.model_copy(update={"lab_cluster": "other"})})
    assert target_of(elsewhere) == (cluster, store.model_copy(update={"bucket": "b-other"}))


def test_every_cluster_has_a_bucket_of_its_own(tmp_path):
    """The first one has the store's; without a store nobody has one."""
    from hopsdrill.model.lab import LabState  # noqa: PLC0415

    store = StoreRef(endpoint="e", internal_endpoint="e", bucket="b", region="r", credentials_file=tmp_path)
    lab = LabState(docker_host="h", engine_own=True, network="n", store=store)
    assert [lab.store_of(name).bucket for name in ("drill", "second", "third")] == ["b", "b-second", "b-third"]
    assert lab.model_copy(update={"store": None}).store_of("second") is None


def test_one_run_at_a_time_holds_a_cluster(tmp_path, monkeypatch):
    """The second is told who holds it; when the first ends, it is free."""
    monkeypatch.setenv("HOPSDRILL_STATE", str(tmp_path))
    with lease_module.lease("uid", "run one"):
        assert lease_module.holder("uid") == (os.getpid(), "run one")
        with pytest.raises(InterlockError, match="run one"), lease_module.lease("uid", "run two"):
            pass
    assert lease_module.holder("uid") is None


def test_a_killed_holder_frees_its_cluster(tmp_path, monkeypatch):
    """The lock is the kernel's."""
    monkeypatch.setenv("HOPSDRILL_STATE", str(tmp_path))
    code = "import time\nfrom hopsdrill.run.lease import lease\nwith lease('uid', 'x'):\n    print('held', flush=True)\n    time.sleep(60)"
    child = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert child.stdout.readline() == "held\n"
    assert lease_module.holder("uid") == (child.pid, "x")
    child.kill()
    child.wait()
    child.stdout.close()
    assert lease_module.holder("uid") is None


def test_a_killed_runs_children_are_found_and_ended():
    """By the variable in their environment, and only these."""
    mine = subprocess.Popen(["sleep", "60"], env={**os.environ, "HOPSDRILL_RUN": "run-a"})
    other = subprocess.Popen(["sleep", "60"], env={**os.environ, "HOPSDRILL_RUN": "run-b"})
    try:
        threading.Thread(target=mine.wait, daemon=True).start()  # a zombie would still be found
        assert orphans.end("run-a") == [mine.pid]
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()


def test_signals_are_noted_in_order():
    """The first one says how the run ended."""
    with signals.noted() as seen:
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGTERM)
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert seen == [signal.SIGTERM, signal.SIGINT]


def test_the_packaged_charts_stand_ins_are_read_from_it(order):
    """What plays another part is the chart's own word."""
    from hopsdrill.run.session import chart_of  # noqa: PLC0415

    found = stand_ins(chart_of(order.profile.chart))
    assert [each.store for each in found] == ["rondb", "hopsfs", "opensearch", "kafka", "registry", "kubernetes"]
    assert {each.store for each in found} == set(order.profile.stores)
    assert any("ndb_restore" in each.not_exercised for each in found)


def test_a_chart_without_a_list_has_no_stand_ins(tmp_path):
    """The product's own chart says nothing, so nothing is said."""
    (tmp_path / "Chart.yaml").write_text("name: x\n")
    assert stand_ins(str(tmp_path)) == []
    assert stand_ins("repository/name") == []
