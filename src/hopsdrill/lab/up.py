"""Bringing the lab up: every step looks first, and does only what is not there."""

import shutil
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from hopsdrill.adapters import bucket_admin
from hopsdrill.adapters.docker import Docker
from hopsdrill.adapters.kind import Kind
from hopsdrill.core.errors import PreconditionError
from hopsdrill.core.paths import cache_dir
from hopsdrill.core.process import run, which
from hopsdrill.lab import cluster, engine, identity, jars, preflight, state, store, toolchain
from hopsdrill.lab.catalog import Catalog, Image, Tool, Toolchain, catalog
from hopsdrill.lab.catalog import toolchain as load_toolchain
from hopsdrill.lab.images import Builder
from hopsdrill.lab.lock import exclusive
from hopsdrill.lab.progress import Progress
from hopsdrill.lab.supply import Puller, Supply
from hopsdrill.model.lab import DEFAULT_CLUSTER, ClusterRef, LabState


CLUSTER_S = 30.0
HOST_PROGRAMS = ("kind", "kubectl", "velero", "helm")


@dataclass(frozen=True)
class Work:
    """What has to be built, known before anything is."""

    chain: Toolchain
    catalog: Catalog
    tools: list[Tool]
    images: list[Image]

    @property
    def sets(self) -> list[str]:
        """Names of the Maven sets the images need."""
        return sorted({name for image in self.images for name in image.maven})

    @property
    def seconds(self) -> float:
        """Expected wall time."""
        compiling = sum(toolchain.expected_seconds(tool) for tool in self.tools)
        return compiling + jars.FETCH_S * len(self.sets) + 4.0 * len(self.images) + CLUSTER_S


def program(name: str) -> Path:
    """A program the lab built: ``kind``, ``kubectl``, ``velero`` or ``helm``.

    Raises:
        PreconditionError: it is not built yet.
    """
    path = toolchain.program(load_toolchain(), name)
    if not path.exists():
        msg = f"The lab's {name} is not built ({path} does not exist)."
        raise PreconditionError(msg, hint="hopsdrill lab up")
    return path


def up(
    names: Sequence[str] = (DEFAULT_CLUSTER,),
    *,
    keep_caches: bool = False,
    supply: Supply = Supply.BUILD,
    mirror: str = "",
    velero: Sequence[str] = (),
) -> LabState:
    """Bring up engine, images, object store and clusters.

    Args:
        names: clusters to have.
        keep_caches: leave Go's build and module caches on disk.
        supply: whether images may be pulled.
        mirror: prefix put before the references that are pulled.
        velero: versions of Velero to have beside the lab's own, for plans that name one.

    Raises:
        PreconditionError: the machine lacks something, or another `lab up` does not end.
        OperationError: a build or a start failed; what was done is kept.
    """
    asked = [catalog().velero(version).name for version in velero]
    cache_dir().mkdir(parents=True, exist_ok=True)
    waiting = Progress(0, 0, records=None, disk=cache_dir())
    with exclusive("hopsdrill lab up", waiting):
        docker = engine.find()
        cold = not (cache_dir() / "programs").exists()
        preflight.require(preflight.checks(cold=cold, engine=docker is not None))
        preflight.raise_inotify(waiting.say)
        docker = docker or engine.start()
        if supply is not Supply.BUILD:
            found = survey(docker, asked)
            Puller(docker, found.catalog).pull_all(found.images, supply, mirror, waiting)
        work = survey(docker, asked)
        steps = len(work.tools) + len(work.sets) + len(work.images) + 1 + 2 * len(names)
        progress = Progress(steps, work.seconds, records=cache_dir() / "steps.ndjson", disk=cache_dir())
        build(docker, work, progress)
        toolchain.prune(work.chain, progress)
        jars.prune({name for image in work.catalog.images for name in image.maven}, progress)
        if not keep_caches:
            toolchain.drop_caches(progress)
            jars.drop_repository()
        made = _bring_up(docker, work, names, progress)
        docker.prune_images()
        _say_disk(progress)
        return made


def survey(docker: Docker, asked: Sequence[str] = ()) -> Work:
    """Find out what is not built, or was damaged; of the optional images, those that are asked for by name."""
    chain, images = load_toolchain(), catalog()
    missing = Builder(docker, images, chain).missing(asked)
    wanted = {name for image in missing for name in image.programs} | set(HOST_PROGRAMS)
    tools = [tool for tool in chain.tools if wanted & set(tool.packages)]
    return Work(chain, images, [tool for tool in tools if toolchain.intact(chain, tool) is not None], missing)


def build(docker: Docker, work: Work, progress: Progress) -> None:
    """Build programs, fetch what comes from Maven, then build images."""
    builder = Builder(docker, work.catalog, work.chain)
    for tool in work.tools:
        toolchain.ensure(work.chain, tool, progress)
    for name in work.sets:
        jars.ensure(name, progress)
    for image in work.images:
        builder.build(image, progress)
    shutil.rmtree(cache_dir() / "contexts", ignore_errors=True)


def _bring_up(docker: Docker, work: Work, names: Sequence[str], progress: Progress) -> LabState:
    reference = {image.name: work.catalog.reference(image) for image in work.catalog.images}
    engine.gate(docker, reference["busybox"])
    subnet = store.ensure_network(docker, run([which("ip"), "-4", "route"], timeout=5).stdout)
    before = state.find()
    if before is None or before.docker_host != docker.host:
        before = LabState(docker_host=docker.host, engine_own=False, network=store.NETWORK)
    # the store stays named while clusters are worked on: whoever reads the state then needs it
    lab = before.model_copy(update={"engine_own": docker.host == engine.own_host(), "network": store.NETWORK})
    # the store starts while the first cluster does: neither needs the other
    with ThreadPoolExecutor(1, thread_name_prefix="store") as beside:
        starting = beside.submit(store.ensure, docker, reference["minio"], subnet)
        lab = _clusters(docker, work, names, lab, progress)
        with progress.step("object store", expected_s=1):
            made = starting.result()
            identity.trust(made, program("kubectl"), lab.clusters.values())
            lab = lab.model_copy(update={"store": made})
            for own in filter(None, map(lab.store_of, names)):
                bucket_admin.ensure_bucket(own)
    state.save(lab)
    return lab


def _clusters(docker: Docker, work: Work, names: Sequence[str], lab: LabState, progress: Progress) -> LabState:
    kind = Kind(program("kind"), docker)
    for name in names:
        ref = _cluster(kind, work, name, lab.clusters.get(name), progress)
        lab = lab.model_copy(update={"clusters": {**lab.clusters, name: ref}})
        state.save(lab)
        with progress.step(f"cluster {name}: Velero, and all pods ready", expected_s=15):
            cluster.install_velero(program("velero"), ref, **velero_images(work.catalog))
            cluster.wait_ready(program("kubectl"), ref)
    return lab


def velero_images(images: Catalog, name: str = "velero") -> dict[str, str]:
    """References of a Velero, by default the lab's own: ``image`` and ``plugin``."""
    names = {"image": name, "plugin": "velero-plugin-for-aws"}
    return {part: images.reference(images.get(each)) for part, each in names.items()}


def _cluster(kind: Kind, work: Work, name: str, known: ClusterRef | None, progress: Progress) -> ClusterRef:
    node = work.catalog.reference(next(image for image in work.catalog.images if image.node))
    full, wanted = cluster.PREFIX + name, _preloaded(kind.docker, work.catalog)
    with progress.step(f"cluster {name}: Kubernetes", expected_s=15):
        if known is not None and full in kind.clusters() and cluster.alive(program("kubectl"), known):
            _refresh(kind, full, known.images, wanted)
            return known.model_copy(update={"images": wanted})
        # not recorded, or not answering: whatever is left of it cannot be trusted
        kind.delete(full, cluster.kubeconfig(name))
        made = cluster.create(kind, program("kubectl"), name, image=node, registry=work.catalog.registry)
        return made.model_copy(update={"images": wanted})


def _preloaded(docker: Docker, images: Catalog) -> dict[str, str]:
    """The engine's ID of every image that a cluster is to have."""
    references = [images.reference(image) for image in images.preloaded()]
    return {reference: docker.image_id(reference) or "" for reference in references}


def _refresh(kind: Kind, full: str, given: dict[str, str], wanted: dict[str, str]) -> None:
    """Give a running cluster the images that are others than those it was given."""
    for reference, image in wanted.items():
        if given.get(reference) != image:
            kind.load(full, reference)


def _say_disk(progress: Progress) -> None:
    progress.watch_disk()
    used = sum(path.lstat().st_size for path in (cache_dir() / "programs").rglob("*"))
    progress.say(
        f"disk: at most {progress.peak_bytes / 1e9:.1f} GB used while working; {used / 1e9:.1f} GB of programs kept in {cache_dir()}"
    )
