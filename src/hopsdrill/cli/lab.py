"""`hopsdrill lab`: up, status, images, down."""

import json
from typing import Annotated

import typer

from hopsdrill.adapters.kubectl import Kubectl
from hopsdrill.core.errors import OperationError, UsageError
from hopsdrill.lab import DEFAULT_CLUSTER, destroy, down, engine, program, state, up
from hopsdrill.lab.catalog import catalog
from hopsdrill.lab.catalog import toolchain as load_toolchain
from hopsdrill.lab.images import Builder
from hopsdrill.lab.supply import Puller, Supply
from hopsdrill.model.lab import ClusterRef, LabState


app = typer.Typer(help="The lab: engine, Kubernetes, object store, Velero, on this machine.", no_args_is_help=True)
AsJson = Annotated[bool, typer.Option("--json", help="Data on standard output, as JSON.")]


@app.command("up")
def lab_up(
    cluster: Annotated[list[str] | None, typer.Option(help="Cluster to have; may be given several times.")] = None,
    keep_caches: Annotated[
        bool, typer.Option("--keep-caches", help="Leave Go's build caches on disk.", envvar="HOPSDRILL_KEEP_CACHES")
    ] = False,
    supply: Annotated[
        Supply,
        typer.Option(
            help="Build images here, pull them, or try to pull and build the rest.", envvar="HOPSDRILL_SUPPLY"
        ),
    ] = Supply.BUILD,
    mirror: Annotated[
        str, typer.Option(help="Prefix put before each reference that is pulled.", envvar="HOPSDRILL_MIRROR")
    ] = "",
    velero: Annotated[
        list[str] | None,
        typer.Option(
            help="Version of Velero to have beside the lab's own, such as v1.18.3; may be given several times."
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Bring the lab up; what is there already stays as it is."""
    names = cluster or [DEFAULT_CLUSTER]
    for name in names:
        if not name.replace("-", "").isalnum() or not name.islower() or len(name) > 30:  # noqa: PLR2004 - docker's limit less prefix
            msg = f"{name!r} is no cluster name: use lower-case letters, digits and hyphens, at most 30."
            raise UsageError(msg)
    made = up(names, keep_caches=keep_caches, supply=supply, mirror=mirror, velero=velero or ())
    if as_json:
        typer.echo(made.model_dump_json(indent=1))
        return
    for ref in made.clusters.values():
        typer.echo(f"cluster {ref.name}: {ref.context} in {ref.kubeconfig}")
    _say_store(made)


@app.command()
def status(as_json: AsJson = False) -> None:
    """What runs: engine, clusters, object store."""
    lab = state.load()
    answering = {name: _answers(ref) for name, ref in lab.clusters.items()}
    if as_json:
        typer.echo(json.dumps({**lab.model_dump(mode="json"), "answering": answering}, indent=1))
        return
    typer.echo(f"engine: {lab.docker_host}{' (started by the lab)' if lab.engine_own else ''}")
    for name, ref in lab.clusters.items():
        typer.echo(
            f"cluster {name}: {'answers' if answering[name] else 'DOES NOT ANSWER'}, uid {ref.uid}, {ref.kubeconfig}"
        )
    _say_store(lab)


def _say_store(lab: LabState) -> None:
    found = [store for name in (DEFAULT_CLUSTER, *lab.clusters) if (store := lab.store_of(name)) is not None]
    if found:
        names = ", ".join(dict.fromkeys(store.bucket for store in found))
        typer.echo(f"object store: {found[0].endpoint}, bucket {names}")


def _answers(ref: ClusterRef) -> bool:
    try:
        return Kubectl(program("kubectl"), ref.kubeconfig, ref.context).cluster_uid() == ref.uid
    except OperationError:
        return False


@app.command()
def images(as_json: AsJson = False) -> None:
    """Every image of the lab: version, what it stands for, whether it was built or pulled."""
    found, docker = catalog(), engine.find()
    builder = Builder(docker, found, load_toolchain()) if docker is not None else None
    rows = []
    for image in found.images:
        reference = found.reference(image)
        there = builder is not None and builder.present(image)
        pulled = docker is not None and Puller(docker, found).has(image)
        origin = "absent" if not there else "pulled" if pulled else "built"
        rows.append({"image": reference, "upstream": image.upstream, "state": origin, "note": image.note})
    if as_json:
        typer.echo(json.dumps(rows, indent=1))
        return
    for row in rows:
        typer.echo(f"{row['image']:<56} {row['state']:<8} {row['note'] or row['upstream']}")


@app.command("down")
def lab_down(
    cluster: Annotated[
        list[str] | None, typer.Option(help="Remove this cluster only, with its bucket; may be given several times.")
    ] = None,
    purge: Annotated[
        bool, typer.Option("--purge", help="Remove the cache too: programs, images, engine data.")
    ] = False,
) -> None:
    """Take the lab down; nothing of it keeps running. With --cluster, everything else does."""
    if cluster and purge:
        msg = "--purge removes what every cluster is made of, --cluster names one: give one of them."
        raise UsageError(msg)
    removed = [line for name in cluster for line in destroy(name, bucket=True)] if cluster else down(purge=purge)
    typer.echo("\n".join(f"removed {line}" for line in removed) or "there was no lab")
