"""`hopsdrill backups seal` and `check`: sign what a backup set is, and see later that it still is that."""

import json
from collections.abc import Iterator
from pathlib import Path
from textwrap import fill
from typing import Annotated, NoReturn

import typer

from hopsdrill.adapters.forward import Forwarder
from hopsdrill.adapters.s3_history import HistoryStore
from hopsdrill.cli import where as w
from hopsdrill.cli.lab import AsJson
from hopsdrill.core.errors import UsageError
from hopsdrill.lab import program
from hopsdrill.proof.seal import Seal, SealError, SealStatus, opened
from hopsdrill.run.sealing.check import Checked, Reading, check, require_of
from hopsdrill.run.sealing.take import KEY_FILE, Sealed, chosen, seal
from hopsdrill.signing import KeyStore, KnownKey
from hopsdrill.signing.keys import public_key
from hopsdrill.site import Reach


WIDTH = 80  # columns
NAMED = 50  # differences shown; JSON has all

SetId = Annotated[str, typer.Argument(metavar="ID", help="ID of any backup of the set, as `backups list` shows it.")]
PublicKey = Annotated[
    list[Path] | None,
    typer.Option("--key", help="PEM file of a public key whose seals count; the trusted and own ones do anyway."),
]


def backups_seal(
    set_id: SetId,
    *,
    out: Annotated[Path | None, typer.Option("--out", help="The seal's file; ID.seal here unless given.")] = None,
    signed_by: Annotated[str, typer.Option("--signed-by", help="Name of an own key; runner unless given.")] = "",
    profile: w.ProfileName = "",
    cluster: w.Cluster = "",
    kubeconfig: w.Kubeconfig = None,
    context: w.Context = "",
    store_endpoint: w.Endpoint = "",
    bucket: w.Bucket = "",
    store_credentials: w.Credentials = None,
    region: w.Region = "us-east-1",
    as_json: AsJson = False,
) -> None:
    """Write a signed seal of a complete backup set to a local file; nothing of the platform is changed.

    The seal names every object of the set over all stores with digest, size and version, the stores' own records of it, and each
    store's fingerprint at the recovery point as far as it is known. The key of the fingerprints lies beside it, in FILE.key: keep it.

    Exit code 0 when it is written, 1 when the set is not complete, 4 when something cannot be read.
    """
    asked = w.Asked(profile, cluster, kubeconfig, context, store_endpoint, bucket, store_credentials, region)
    reach = _reach(w.found(asked))
    store = KeyStore()
    signer = store.signer(signed_by) if signed_by else store.runner()
    made = seal(reach, chosen(reach, set_id), out or Path(f"{set_id}.seal"), signer)
    if as_json:
        typer.echo(json.dumps(_sealed(made, signer.public_key.keyid), indent=1))
    else:
        typer.echo("\n".join(_told(made, signer.public_key.keyid)))


def _reach(where: w.Where) -> Reach:
    if where.kube is None or where.store is None:
        msg = f"A seal needs cluster and bucket, but {where.no_store}."
        raise UsageError(msg, hint="--store-endpoint URL --bucket NAME --store-credentials FILE")
    kube = where.kube
    forwarder = Forwarder(program("kubectl"), kube.kubeconfig, kube.context)
    return Reach(where.profile, kube, forwarder, HistoryStore(where.store.ref))


def _sealed(made: Sealed, keyid: str) -> dict[str, object]:
    unknown = [{"store": each.store, "what": each.title, "why": each.why} for each in made.unknown]
    return {"seal": str(made.path), "key": keyid, "counts": made.counts, "bytes": made.bytes, "unknown": unknown}


def _told(made: Sealed, keyid: str) -> Iterator[str]:
    counts = made.counts
    yield f"{made.path}: {counts['object']} objects, {made.bytes} bytes, all of them read; {counts['record']} records"
    yield f"signed by key {keyid}"
    yield f"fingerprints of {counts['thing']} things at the recovery point; their key is {made.path.name}{KEY_FILE}"
    for each in made.unknown:
        line = f"not known at the recovery point: {each.store}, {each.title}: {each.why}"
        yield fill(line, WIDTH, subsequent_indent="  ", break_on_hyphens=False)


def backups_check(
    set_id: SetId,
    *,
    seal: Annotated[Path, typer.Option("--seal", help="The seal's file.")],
    key: PublicKey = None,
    quick: Annotated[
        bool, typer.Option("--quick", help="Read no object: by size, version and ETag, as the store tells them.")
    ] = False,
    full: Annotated[
        bool, typer.Option("--full", help="Read every object, however large; else those up to 64 MiB, of a set 4 GiB.")
    ] = False,
    profile: w.ProfileName = "",
    cluster: w.Cluster = "",
    kubeconfig: w.Kubeconfig = None,
    context: w.Context = "",
    store_endpoint: w.Endpoint = "",
    bucket: w.Bucket = "",
    store_credentials: w.Credentials = None,
    region: w.Region = "us-east-1",
    bucket_only: w.BucketOnly = False,
    as_json: AsJson = False,
) -> None:
    """Check a backup set against its seal: what is truncated, changed, swapped, missing or extra is named.

    Exit code 0 when all is as it was sealed, 1 when something is not, 8 when something could not be read (with --bucket-only,
    the records in the cluster), 10 when the seal itself is cut off or changed, 13 when it is of another set, 14 when its key is not
    trusted here, 4 when the bucket or the cluster does not answer.
    """
    if quick and full:
        raise UsageError("--quick reads nothing and --full everything: give one of them.")  # noqa: EM101, TRY003
    asked = w.Asked(profile, cluster, kubeconfig, context, store_endpoint, bucket, store_credentials, region)
    where = w.found(asked, bucket_only=bucket_only)
    if where.store is None:
        raise UsageError(f"There is no bucket to look at: {where.no_store}.")  # noqa: EM102, TRY003
    try:
        known = opened(seal, known_keys(key or []))
        require_of(known, set_id)
    except SealError as error:
        _end(error.status, None, None, error, as_json=as_json)
    reading = Reading(full=True if full else False if quick else None)
    found = check(HistoryStore(where.store.ref), where.profile, where.kube, known, reading)
    _end(found.status, known, found, None, as_json=as_json)


def known_keys(given: list[Path]) -> list[KnownKey]:
    """Keys whose seals count: those of the files, trusted ones, and this machine's own."""
    store = KeyStore()
    return [*(KnownKey(each.stem, public_key(each), own=False) for each in given), *store.trusted(), *store.own()]


def _end(
    status: SealStatus, seal: Seal | None, found: Checked | None, error: SealError | None, *, as_json: bool
) -> NoReturn:
    faults = found.faults if found else []
    if as_json:
        told: dict[str, object] = {"status": status.name.lower().replace("_", "-"), "exit_code": int(status)}
        told |= {"meaning": status.meaning, "error": error.message if error else ""}
        told |= {"set": seal.head.ids, "sealed": seal.head.sealed, "signer": seal.signer} if seal else {}
        told |= {"faults": faults, "unread": found.unread, "looked": found.looked} if found else {}
        typer.echo(json.dumps(told, indent=1))
    else:
        for line in faults[:NAMED]:
            typer.echo(line)
        if len(faults) > NAMED:
            typer.echo(f"... and {len(faults) - NAMED} more: --json has all")
        for line in found.unread if found else []:
            typer.echo(f"not read: {line}")
        said = [str(error)] if error else []
        said += [f"{status.meaning}; sealed {seal.head.sealed}, signed by {seal.signer}."] if seal else []
        said += [f"{found.looked}."] if found else []
        for line in said:
            typer.echo(fill(line, WIDTH, break_on_hyphens=False, break_long_words=False), err=True)
    raise typer.Exit(status)
