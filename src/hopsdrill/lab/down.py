"""Taking the lab down: one cluster of it, or everything."""

import shutil
from pathlib import Path

from hopsdrill.adapters import bucket_admin
from hopsdrill.adapters.docker import Docker
from hopsdrill.adapters.kind import Kind
from hopsdrill.core.errors import PreconditionError
from hopsdrill.core.paths import cache_dir, state_dir
from hopsdrill.lab import cluster, engine, state, store
from hopsdrill.lab.lock import exclusive
from hopsdrill.lab.progress import Progress
from hopsdrill.lab.up import program


def destroy(name: str, *, bucket: bool = False) -> list[str]:
    """Remove one cluster with everything on it, and forget it; the store and other clusters stay. Gives what was removed.

    Args:
        name: which.
        bucket: remove its own bucket too, with all versions; else it outlives the cluster.

    Raises:
        PreconditionError: the lab has no such cluster.
        OperationError: kind could not remove it, or the store its bucket.
    """
    progress = Progress(0, 0, records=None, disk=Path("/"))
    with exclusive(f"hopsdrill: cluster {name} is removed", progress):
        lab, docker = state.load(), engine.find()
        if docker is None or name not in lab.clusters:
            msg = f"The lab has no cluster {name!r} that runs (it has: {', '.join(sorted(lab.clusters)) or 'none'})."
            raise PreconditionError(msg, hint="hopsdrill lab status")
        Kind(program("kind"), docker).delete(cluster.PREFIX + name, cluster.kubeconfig(name))
        cluster.kubeconfig(name).unlink(missing_ok=True)  # kind leaves an empty one
        removed, own = [f"cluster {cluster.PREFIX}{name}"], lab.store_of(name)
        if bucket and own is not None:
            bucket_admin.remove_bucket(own)
            removed.append(f"bucket {own.bucket}")
        state.save(lab.model_copy(update={"clusters": {k: v for k, v in lab.clusters.items() if k != name}}))
    return removed


def down(*, purge: bool = False) -> list[str]:
    """Take the lab down; returns what was removed.

    Args:
        purge: remove the cache too: programs, images, the own engine's data.
    """
    progress = Progress(0, 0, records=None, disk=Path("/"))
    removed: list[str] = []
    with exclusive("hopsdrill lab down", progress):
        docker = engine.find() or (engine.start() if (engine.folder() / "daemon.json").exists() else None)
        if docker is not None:
            removed += _remove_all(docker)
        if engine.stop():
            removed.append("engine")
        engine.unmount_leftovers()
        for path in (engine.folder(), state_dir() / "clusters"):
            shutil.rmtree(path, ignore_errors=True)
        state.path().unlink(missing_ok=True)
        if purge:
            shutil.rmtree(cache_dir(), ignore_errors=True)
            removed.append(f"cache {cache_dir()}")
    return removed


def _remove_all(docker: Docker) -> list[str]:
    removed = [
        f"cluster node {name}"
        for name in docker.containers(label="io.x-k8s.kind.cluster")
        if name.startswith(cluster.PREFIX)
    ]
    for line in removed:
        docker.remove_container(line.rsplit(" ", 1)[-1])
    if docker.inspect_container(store.NAME) is not None:
        removed.append(f"object store {store.NAME}")
    store.remove(docker)
    return removed
