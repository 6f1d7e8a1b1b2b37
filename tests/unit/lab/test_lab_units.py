"""The lab without an engine: what it needs, what it refuses, how its keys follow from its inputs."""

import io
import json
import os
import shutil
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hopsdrill.adapters.docker import Docker
from hopsdrill.core import paths
from hopsdrill.core.errors import OperationError, PreconditionError
from hopsdrill.lab import cluster, destroy, engine, preflight, state, store, toolchain
from hopsdrill.lab.catalog import catalog
from hopsdrill.lab.catalog import toolchain as load_toolchain
from hopsdrill.lab.images import Builder, verify_preload
from hopsdrill.lab.lock import exclusive
from hopsdrill.lab.progress import Progress, span
from hopsdrill.model.lab import ClusterRef, LabState, StoreRef


CATALOG, CHAIN = catalog(), load_toolchain()


@pytest.fixture
def progress(tmp_path):
    """Progress into a text."""
    return Progress(3, 120.0, records=tmp_path / "steps.ndjson", disk=tmp_path, stream=io.StringIO())


def said(progress):
    """What it wrote."""
    return progress._stream.getvalue()


# --- lists -----------------------------------------------------------------------------------------------------------


def test_every_program_of_an_image_is_built_by_a_tool():
    """The two lists agree."""
    for image in CATALOG.images:
        for name in image.programs:
            assert CHAIN.program(name)


def test_no_image_is_called_latest_and_cluster_images_say_what_they_stand_for():
    """Versions are explicit; what a cluster pulls elsewhere has its upstream reference, but for our own stand-ins."""
    for image in CATALOG.images:
        assert image.version not in {"", "latest"}
        assert image.upstream or image.internal or image.name.startswith("standin-")
        assert image.note or not image.substitution


def test_every_tool_is_pinned_by_module_files():
    """go.mod and go.sum are there, and the version is in the list."""
    for tool in CHAIN.tools:
        folder = paths.data_dir("toolchain") / tool.name
        assert (folder / "go.mod").is_file()
        assert (folder / "go.sum").is_file()


# --- keys ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def copies(tmp_path, monkeypatch):
    """The lists' folders, copied so that they can be changed."""
    for name in ("images", "toolchain"):
        shutil.copytree(paths.data_dir(name), tmp_path / name)
    for module in ("hopsdrill.lab.images", "hopsdrill.lab.toolchain"):
        monkeypatch.setattr(f"{module}.data_dir", lambda name: tmp_path / name)
    return tmp_path


def key_of(name):
    """An image's key."""
    return Builder(None, CATALOG, CHAIN).key(CATALOG.get(name))


@pytest.mark.parametrize(
    ("changed", "affected"),
    [
        ("images/kube-proxy/collect.sh", {"kube-proxy", "node"}),
        ("images/node/files/etc/containerd/config.toml", {"node"}),
        ("images/standin-programs/files/opt/standin/standin/backup.py", {"standin-programs", "node"}),
        ("images/opensearch/collect.sh", {"opensearch", "node"}),
        ("images/kafka/files/usr/local/bin/kafka-run", {"kafka", "node"}),
        ("toolchain/minio/go.sum", {"minio"}),
        ("toolchain/etcd/go.mod", {"etcd", "node"}),
    ],
)
def test_a_changed_input_changes_the_keys_of_what_is_made_of_it(copies, changed, affected):
    """Those images are built anew, and no others."""
    names = [image.name for image in CATALOG.images]
    before = {name: key_of(name) for name in names}
    with (copies / changed).open("a") as file:
        file.write("\n# changed\n")
    assert {name for name in names if key_of(name) != before[name]} == affected


def test_keys_do_not_depend_on_anything_else(copies):
    """The same files in another folder give the same keys."""
    assert len(key_of("node")) == 64
    before = key_of("node")
    (copies / "images" / "node" / "files" / "__pycache__").mkdir()
    (copies / "images" / "node" / "files" / "__pycache__" / "x.pyc").write_text("x")
    assert key_of("node") == before


def test_a_missing_preloaded_image_is_named():
    """A cluster would fail much later, with ErrImagePull."""
    verify_preload(["a", "b"], ["a", "b", "c"])
    with pytest.raises(OperationError, match="lacks b"):
        verify_preload(["a", "b"], ["a"])


# --- programs kept by digest -----------------------------------------------------------------------------------------


def test_a_damaged_program_is_told_by_its_digest_and_built_again(tmp_path, monkeypatch, progress):
    """One changed byte is enough."""
    monkeypatch.setenv("HOPSDRILL_CACHE", str(tmp_path))
    tool, built = CHAIN.program("kind"), []

    def build(chain, tool, _):
        folder = toolchain.shelf(chain, tool)
        folder.mkdir(parents=True)
        (folder / "kind").write_bytes(b"program")
        (folder / toolchain.MANIFEST).write_text(json.dumps({"kind": toolchain.digest(folder / "kind")}))
        built.append(tool.name)

    monkeypatch.setattr(toolchain, "_build", build)
    toolchain.ensure(CHAIN, tool, progress)
    toolchain.ensure(CHAIN, tool, progress)
    assert built == ["kind"]
    (toolchain.shelf(CHAIN, tool) / "kind").write_bytes(b"progrem")
    toolchain.ensure(CHAIN, tool, progress)
    assert built == ["kind", "kind"]
    assert "kind in the cache differs from its digest" in said(progress)


# --- what the machine must have --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("constant", "need"),
    [("MEMORY_GB", "GB of memory"), ("DISK_COLD_GB", "GB of free disk"), ("DISK_WARM_GB", "GB of free disk")],
)
def test_too_little_says_how_much_is_needed_and_seen(monkeypatch, constant, need):
    """The need, what was seen, and what to do, in one line."""
    monkeypatch.setattr(preflight, constant, 999_999)
    checks = preflight.checks(cold=constant != "DISK_WARM_GB", engine=True)
    with pytest.raises(PreconditionError, match=rf"needed: 999999 {need}.*; seen: .* GB"):
        preflight.require([check for check in checks if "999999" in check.need])


def test_all_that_is_missing_is_told_at_once(monkeypatch):
    """Programs name the Debian package that has them."""
    monkeypatch.setattr(preflight, "search_path", lambda: "/nowhere")
    monkeypatch.setattr(preflight, "MEMORY_GB", 999_999)
    with pytest.raises(PreconditionError) as caught:
        preflight.require(preflight.checks(cold=False, engine=False))
    text = str(caught.value)
    assert all(part in text for part in ("memory", "dockerd", "docker.io", "mmdebstrap", "hopsdrill doctor --fix"))


def test_doctor_tells_an_unfit_machine_within_ten_seconds(tmp_path):
    """Exit code 4, every lack named, nothing started."""
    env = {"PATH": str(tmp_path), "HOME": str(tmp_path)}
    started = time.monotonic()
    code = "from hopsdrill.core import process; process.SBIN = (); from hopsdrill.cli import main; main(['doctor'])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=env, check=False)
    assert done.returncode == 4, done.stderr
    assert "MISSING the program" in done.stdout or "is not installed" in done.stderr
    assert time.monotonic() - started < 10


def test_an_engine_that_does_not_answer_is_named(tmp_path):
    """A wrong DOCKER_HOST is an error with what to do, not another engine's silent use."""
    env = {
        **os.environ,
        "DOCKER_HOST": f"unix://{tmp_path}/none.sock",
        "HOPSDRILL_STATE": str(tmp_path),
        "HOPSDRILL_CACHE": str(tmp_path),
    }
    done = subprocess.run(
        [sys.executable, "-m", "hopsdrill", "lab", "up"],
        capture_output=True,
        text=True,
        env=env,
        check=False,
        timeout=10,
    )
    assert done.returncode == 4
    assert f"No container engine answers at unix://{tmp_path}/none.sock" in done.stderr


@pytest.mark.parametrize(
    ("bits", "lacks"), [("000001ffffffffff", False), ("000001fffeffffff", True), ("0000000000000000", True)]
)
def test_a_missing_capability_is_read_from_the_kernel(bits, lacks):
    """Bit 24 is CAP_SYS_RESOURCE; without it the engine gets the wrapper."""
    assert engine.lacks_capability(f"Name:\tx\nCapEff:\t{bits}\n") is lacks


# --- one at a time ---------------------------------------------------------------------------------------------------

HOLD = "import time, sys\nfrom pathlib import Path\nfrom hopsdrill.lab.lock import exclusive\nfrom hopsdrill.lab.progress import Progress\n"
HOLD += "with exclusive('hopsdrill lab up', Progress(0, 0, records=None, disk=Path('/'))):\n    print('held', flush=True)\n    time.sleep(float(sys.argv[1]))\n"


def holding(seconds):
    """Another process that holds the lab."""
    child = subprocess.Popen([sys.executable, "-c", HOLD, str(seconds)], stdout=subprocess.PIPE, text=True)
    assert child.stdout.readline() == "held\n"
    child.stdout.close()
    return child


def test_a_second_lab_up_waits_and_says_for_whom(tmp_path, monkeypatch, progress):
    """It goes on when the first is done."""
    monkeypatch.setenv("HOPSDRILL_STATE", str(tmp_path))
    child = holding(1)
    with exclusive("hopsdrill lab up", progress):
        assert f"process {child.pid}" in said(progress)
    child.wait()


def test_a_second_lab_up_gives_up_after_its_time(tmp_path, monkeypatch, progress):
    """The error names the holder."""
    monkeypatch.setenv("HOPSDRILL_STATE", str(tmp_path))
    child = holding(30)
    try:
        with pytest.raises(PreconditionError, match=f"process {child.pid}"), exclusive("x", progress, wait_s=0.6):
            pass
    finally:
        child.kill()
        child.wait()


# --- state, network, progress ----------------------------------------------------------------------------------------


def test_no_lab_and_a_broken_state_are_told_apart(tmp_path, monkeypatch):
    """Each says what to do."""
    monkeypatch.setenv("HOPSDRILL_STATE", str(tmp_path))
    with pytest.raises(PreconditionError, match="There is no lab"):
        state.load()
    (tmp_path / "hopsdrill").mkdir(exist_ok=True)
    state.path().parent.mkdir(parents=True, exist_ok=True)
    state.path().write_text('{"half":')
    with pytest.raises(PreconditionError, match="is not a lab's state"):
        state.load()


class Network(Docker):
    """A stand-in for an engine: remembers the subnet it is asked for."""

    def __init__(self) -> None:
        self.subnet = ""

    def networks(self):
        """Whether the network is there."""
        return ["kind"] if self.subnet else []

    def call(self, *words, **_):
        """Make it."""
        self.subnet = words[words.index("--subnet") + 1]

    def network_subnet(self, _):
        """Its subnet."""
        return self.subnet


@pytest.mark.parametrize(
    ("routes", "subnet"),
    [
        ("default via 10.0.0.1\n10.0.0.0/24 dev eth0\n", store.SUBNETS[0]),
        ("172.16.0.0/12 dev eth0\n", store.SUBNETS[1]),
        ("172.16.0.0/12 dev a\n10.0.0.0/8 dev b\n", store.SUBNETS[2]),
    ],
)
def test_the_labs_network_keeps_off_the_machines_routes(routes, subnet):
    """The first subnet that no route covers."""
    assert store.ensure_network(Network(), routes) == subnet


def test_the_stores_address_is_inside_its_network_and_far_from_the_nodes():
    """Also in a small network."""
    assert store.address("172.30.0.0/16") == "172.30.200.1"
    assert store.address("192.168.208.0/24") == "192.168.208.254"


def test_progress_tells_step_share_and_what_is_left(progress):
    """Which step of how many, how long so far, about how long in all; a record of each step."""
    with progress.step("building x", expected_s=60):
        progress.detail("at package y")
    text = said(progress)
    assert "[ 1/3] building x (so far 0 s, about 2 min 00 s left in all)" in text
    assert '"step": "building x"' in progress._records.read_text()
    assert span(185) == "3 min 05 s"


def test_an_installed_copy_without_its_data_says_so(monkeypatch, tmp_path):
    """A broken installation is our own error, with what to do."""
    monkeypatch.setattr(paths, "PACKAGE", Path(tmp_path) / "a" / "b")
    with pytest.raises(Exception, match="install hopsdrill again"):
        paths.data_dir("charts")


def test_an_engine_that_ended_is_gone_though_its_parent_has_not_waited():
    """A zombie is not alive."""
    child = subprocess.Popen(["sleep", "30"])
    assert engine._alive(child.pid)
    child.kill()
    end = time.monotonic() + 5
    while engine._alive(child.pid) and time.monotonic() < end:
        time.sleep(0.01)
    assert not engine._alive(child.pid)
    child.wait()
    assert not engine._alive(child.pid)


# --- removing one cluster --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("bucket", [False, True])
def test_one_cluster_goes_and_the_other_stays(tmp_path, monkeypatch, bucket):
    """It is forgotten, its kubeconfig is gone; its bucket outlives it, unless that is to go too."""
    monkeypatch.setenv("HOPSDRILL_STATE", str(tmp_path))
    where = StoreRef(endpoint="e", internal_endpoint="e", bucket="b", region="r", credentials_file=tmp_path)
    refs = {
        name: ClusterRef(name=name, kubeconfig=tmp_path, context="c", uid=name, created=datetime.now(UTC))
        for name in ("drill", "second")
    }
    state.save(LabState(docker_host="h", engine_own=True, network="n", clusters=refs, store=where))
    gone, emptied = [], []
    module = sys.modules["hopsdrill.lab.down"]
    monkeypatch.setattr(module, "program", lambda name: tmp_path / name)
    monkeypatch.setattr(module.engine, "find", lambda: Docker("unix:///nowhere"))
    monkeypatch.setattr(module.Kind, "delete", lambda _, name, __: gone.append(name))
    monkeypatch.setattr(module.bucket_admin, "remove_bucket", lambda ref: emptied.append(ref.bucket))
    cluster.kubeconfig("second").parent.mkdir()
    cluster.kubeconfig("second").touch()
    removed = destroy("second", bucket=bucket)
    assert not cluster.kubeconfig("second").exists()
    assert gone == ["hopsdrill-second"]
    assert emptied == (["b-second"] if bucket else [])
    assert removed == ["cluster hopsdrill-second", *(["bucket b-second"] if bucket else [])]
    assert state.load().clusters.keys() == {"drill"}
    with pytest.raises(PreconditionError, match="it has: drill"):
        destroy("second")
