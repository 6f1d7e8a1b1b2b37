"""`hopsdrill rollback`: a versioned bucket's keys back to the state they had at a time."""

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import datetime
from enum import IntEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from hopsdrill.adapters.versioned import COPIED_WHOLE, PART, Access, VersionedBucket
from hopsdrill.cli import where as w
from hopsdrill.cli.lab import AsJson
from hopsdrill.core.clock import parse_utc, utc_text
from hopsdrill.core.errors import UsageError
from hopsdrill.core.paths import state_dir
from hopsdrill.lab import state
from hopsdrill.recovery.rollback import NAMED, Deed, Ledger, Rollback, Tally


MIB = 1024**2
SHOWN = 10  # names of each kind
WORDS = {
    Deed.KEEP: "as they were",
    Deed.UNCOVER: "deleted since: markers removed",
    Deed.COPY: "overwritten since: copied",
    Deed.HIDE: "created since: marker added",
    Deed.LOST: "not restorable",
}


class RollbackStatus(IntEnum):
    """Exit codes of ``hopsdrill rollback``; in the order of precedence where several hold, BACK last."""

    NOT_ALL = 1
    USAGE = 2
    INTERNAL = 3
    NOT_CONDUCTED = 4
    LEDGER = 8
    CHANGED = 10
    BACK = 0

    @property
    def meaning(self) -> str:
        """One line for people."""
        return MEANINGS[self]


MEANINGS = {
    RollbackStatus.BACK: "every key is as it was at the time; of a dry run: every key can be",
    RollbackStatus.NOT_ALL: "at least one key cannot be brought back, or the store refused it; each is named",
    RollbackStatus.USAGE: "the command line cannot be used, or the time is not past",
    RollbackStatus.INTERNAL: "hopsdrill itself broke",
    RollbackStatus.NOT_CONDUCTED: "no bucket, no versions, no credentials, another rollback at work, or the store stopped answering: repeat the command to go on",
    RollbackStatus.LEDGER: "the ledger cannot be written or read, or is of another rollback",
    RollbackStatus.CHANGED: "somebody else wrote meanwhile; the keys are named",
}


def rollback(
    bucket: Annotated[str, typer.Argument(help="A bucket that keeps versions.")],
    at: Annotated[str, typer.Option("--at", help="The time, with its zone: 2026-01-31T12:00:00Z.")],
    prefix: Annotated[str, typer.Option("--prefix", help="Of the keys; an empty one is the whole bucket.")],
    apply: Annotated[bool, typer.Option("--apply", help="Do it; without this nothing is changed.")] = False,
    endpoint: Annotated[
        str,
        typer.Option(
            "--store-endpoint",
            "--endpoint",
            help="URL of the object store; else AWS_ENDPOINT_URL, else the lab's, else AWS.",
        ),
    ] = "",
    credentials: w.Credentials = None,
    region: Annotated[str, typer.Option("--region", help="The bucket's region; else the environment's.")] = "",
    ledger: Annotated[
        Path | None,
        typer.Option("--ledger", help="Folder for what was done, so that the same command can be repeated."),
    ] = None,
    write: Annotated[
        Path | None, typer.Option("--write", help="Without --apply: every change to this file, one a line, as JSON.")
    ] = None,
    large: Annotated[
        int, typer.Option("--large", min=5, max=5120, help="MiB above which an object is copied in parts.")
    ] = COPIED_WHOLE // MIB,
    as_json: AsJson = False,
) -> None:
    """Bring every key under a prefix of a versioned bucket back to the state it had at a time; a dry run unless --apply is given.

    No version is ever removed: delete markers are removed or added, versions are copied, and a listing made afterwards proves it.
    """
    moment = _moment(at)
    if apply and write:
        msg = "--write is of the dry run, --apply does it: give one of them."
        raise UsageError(msg)
    access = _access(bucket, endpoint, credentials, region)
    opened = VersionedBucket(access, large=large * MIB, part=min(large * MIB, PART))
    opened.require_versions()  # before a folder is made for a name that is misspelt
    folder = ledger or _folder(opened.endpoint, bucket, prefix, moment)
    with Ledger(folder) as held:
        order = Rollback(opened, prefix, moment, held, lambda text: typer.echo(text, err=True))
        told = _applied(order) if apply else _dry(order, write)
    head = {"bucket": bucket, "endpoint": opened.endpoint, "prefix": prefix, "at": utc_text(moment)}
    told = {**head, "begun": utc_text(order.begun), "ledger": str(folder), "applied": apply, **told}
    typer.echo(json.dumps(told, indent=1, ensure_ascii=False) if as_json else "\n".join(_lines(told)))
    raise typer.Exit(told["status"])


def _moment(text: str) -> datetime:
    try:
        return parse_utc(text)
    except ValueError as error:
        msg = f"--at {text!r} is no time: {error}."
        raise UsageError(
            msg, hint="--at 2026-01-31T12:00:00Z, or with another zone: 2026-01-31T13:00:00+01:00"
        ) from error


def _access(bucket: str, endpoint: str, credentials: Path | None, region: str) -> Access:
    """Whose address and keys count: those given, those of the environment, the lab's, AWS."""
    lab = state.find()
    own = lab.store if lab is not None else None
    elsewhere = any(os.environ.get(name) for name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"))
    if own is not None and (endpoint == own.endpoint or not (endpoint or elsewhere)):
        return Access(bucket, own.endpoint, region or own.region, credentials or own.credentials_file)
    return Access(bucket, endpoint, region, credentials)


def _folder(endpoint: str, bucket: str, prefix: str, moment: datetime) -> Path:
    asked = hashlib.sha256("\n".join((endpoint, bucket, prefix, utc_text(moment))).encode()).hexdigest()
    return state_dir() / "rollbacks" / f"{bucket}-{asked[:12]}"


def _dry(order: Rollback, write: Path | None) -> dict[str, Any]:
    try:
        with write.open("w", encoding="utf-8") if write else nullcontext() as out:
            tally = order.plan(out)
    except OSError as error:
        msg = f"Tried to write {write}; the system said: {error.strerror}."
        raise UsageError(msg, hint="--write FILE") from error
    return {**_as_data(tally), "status": int(_status(tally))}


def _applied(order: Rollback) -> dict[str, Any]:
    done, found = order.carry_out(), order.prove()
    return {**_as_data(done), "proof": _as_data(found), "status": int(_status(found))}


def _status(tally: Tally) -> RollbackStatus:
    if tally.count["lost"] or tally.count["refused"]:
        return RollbackStatus.NOT_ALL
    return RollbackStatus.CHANGED if tally.count["changed"] else RollbackStatus.BACK


def _as_data(tally: Tally) -> dict[str, Any]:
    return {
        "keys": {deed.value: tally.deeds[deed] for deed in Deed},
        "listed": tally.entries,
        "markers": tally.markers,
        "bytes": tally.copied,
        "named": {
            kind: {"count": tally.count[kind], "keys": [each._asdict() for each in names]}
            for kind, names in sorted(tally.named.items())
        },
    }


def _lines(told: dict[str, Any]) -> Iterator[str]:
    where = f"{told['bucket']} at {told['endpoint']}, prefix {told['prefix']!r}"
    yield f"{where}, as of {told['at']}: {sum(told['keys'].values())} keys"
    extra = {Deed.UNCOVER: f" ({told['markers']} markers)", Deed.COPY: f" ({told['bytes']} bytes)"}
    for deed, words in WORDS.items():
        yield f"  {words:<32}{told['keys'][deed.value]:>10}{extra.get(deed, '')}"
    proof = told.get("proof")
    for kind, found in (proof or told)["named"].items():
        yield from (f"  {kind}: {each['key']!r}: {each['why']}" for each in found["keys"][:SHOWN])
        if found["count"] > SHOWN:
            yield f"  {kind}: and {found['count'] - SHOWN} more; JSON names {NAMED}"
    if proof is None:
        yield "dry run: nothing was changed; --apply does it"
        return
    wrong = {kind: proof["named"].get(kind, {}).get("count", 0) for kind in ("lost", "refused", "changed")}
    yield f"listed again: {sum(proof['keys'].values())} keys; {', '.join(f'{kind} {count}' for kind, count in wrong.items())}"
    yield f"no version was removed; ledger: {told['ledger']}"
