"""`hopsdrill backups`: which backup sets there are, and what each is worth."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from textwrap import fill
from typing import Annotated, Any

import typer

from hopsdrill.cli import of_store, seals
from hopsdrill.cli import where as w
from hopsdrill.cli.lab import AsJson
from hopsdrill.core.clock import utc_text
from hopsdrill.core.errors import OperationError
from hopsdrill.proof.completeness import lacking
from hopsdrill.recovery.seen import require_answer
from hopsdrill.recovery.sets import BackupSet, Facts, Mark, read, sets
from hopsdrill.verdict import ExitStatus


app = typer.Typer(help="The backups of a platform, read from outside; nothing is changed.", no_args_is_help=True)
WIDTH = 80  # columns
SHOWN = 10  # sets
app.command("seal")(seals.backups_seal)
app.command("check")(seals.backups_check)


@app.callback()
def options() -> None:
    """The backups of a platform, read from outside; nothing is changed."""


@app.command("list")
def backups_list(
    *,
    profile: w.ProfileName = "",
    cluster: w.Cluster = "",
    kubeconfig: w.Kubeconfig = None,
    context: w.Context = "",
    store_endpoint: w.Endpoint = "",
    bucket: w.Bucket = "",
    store_credentials: w.Credentials = None,
    region: w.Region = "us-east-1",
    bucket_only: w.BucketOnly = False,
    store: Annotated[
        str,
        typer.Option("--store", help="The successful backups of this store alone: rondb, opensearch, kubernetes ..."),
    ] = "",
    last: Annotated[int, typer.Option("--last", min=0, help="Newest to show; 0 shows all. JSON has all.")] = SHOWN,
    as_json: AsJson = False,
) -> None:
    """Backup sets of all stores, or the successful backups of one, the newest first by start time.

    Exit code 0 when the newest set is complete, or the store has a backup; 8 when it is not known whether there is one,
    for something could not be read; else 1.
    """
    asked = w.Asked(profile, cluster, kubeconfig, context, store_endpoint, bucket, store_credentials, region)
    where = w.found(asked, bucket_only=bucket_only)
    if where.kube is not None:
        require_answer(where.kube)
    if store:
        of_store.tell(where, store, last, as_json=as_json)
    facts = read(where.profile, where.kube, where.store, lacking, no_store=where.no_store)
    if where.kube is None:
        _require_bucket(facts)
    found, not_read = sets(facts, where.profile), unread(facts)
    if as_json:
        told = {"source": where.title, "profile": where.profile.name, "unread": not_read}
        typer.echo(json.dumps({**told, "sets": [as_data(each) for each in found]}, indent=1))
    else:
        typer.echo("\n".join(lines(found, last or len(found))))
    typer.echo(fill(summary(found, not_read), WIDTH, break_on_hyphens=False), err=True)
    raise typer.Exit(_code(found, not_read))


def _code(found: list[BackupSet], not_read: dict[str, str]) -> ExitStatus:
    if not found and not_read:
        return ExitStatus.NOT_JUDGEABLE  # whether there is a backup is not known
    return ExitStatus.PASS if found and found[0].mark is Mark.COMPLETE else ExitStatus.FAIL


def unread(facts: Facts) -> dict[str, str]:
    """What could not be read, and why."""
    own = {f"records of {store}": each.unread for store, each in facts.entries.items()}
    own |= {f"files of {store}": each.unread for store, each in facts.storage.items()}
    own |= {"Velero's Backups": facts.velero.unread, "files of Velero's Backups": facts.archived.unread}
    return {what: why for what, why in own.items() if why}


def _require_bucket(facts: Facts) -> None:
    """A bucket that says nothing at all was not reached: an error, no empty list."""
    unread = [*(each.unread for each in facts.storage.values()), facts.archived.unread]
    if all(unread):
        raise OperationError(unread[0], hint="check endpoint, bucket and credentials")


def summary(found: list[BackupSet], not_read: dict[str, str]) -> str:
    """Which set an operator can count on, in a sentence."""
    if not found and not_read:
        reasons = "; ".join(f"{what}: {why}" for what, why in not_read.items())
        return f"Whether there is a backup is not known; nothing was found, and this could not be read: {reasons}"
    if not found:
        return "There is no backup of any store."
    first = found[0]
    if first.mark is Mark.COMPLETE:
        return f"The newest set, of {_time(first.start)}, is complete; restored by {first.restore}."
    good = next((each for each in found if each.mark is Mark.COMPLETE), None)
    rest = (
        f"the newest complete one is of {_time(good.start)}, restored by {good.restore}" if good else "none is complete"
    )
    return f"The newest set, of {_time(first.start)}, is {first.mark.value}; {rest}."


def as_data(each: BackupSet) -> dict[str, Any]:
    """A set as JSON."""
    return {
        "start": utc_text(each.start) if each.start else None,
        "mark": each.mark.value,
        "reasons": each.reasons,
        "notes": each.notes,
        "backups": {
            store: {
                "id": one.id,
                "start": utc_text(one.start) if one.start else None,
                "start_is_approximate": one.approximate,
                "mark": one.mark.value,
                "reasons": one.reasons,
            }
            for store, one in each.backups.items()
        },
        "restore": asdict(each.restore) if each.restore else None,
    }


def lines(found: list[BackupSet], shown: int) -> Iterator[str]:
    """The table, within 80 columns; a set has a line of its own and one for each backup."""
    if not found:
        return
    yield f"{'START (UTC)':<18}{'SET':<12}RESTORED BY"
    for each in found[:shown]:
        yield from _set(each)
    if len(found) > shown:
        yield f"... and {len(found) - shown} older ones: --last 0 shows them"


def _set(each: BackupSet) -> Iterator[str]:
    yield _wrapped(str(each.restore), f"{_time(each.start):<18}{each.mark.value:<12}")
    for store, one in each.backups.items():
        yield f"    {store:<22} {one.id}{f'  began about {_time(one.start)}' if one.approximate else ''}"
    for path, value in (each.restore.overrides if each.restore else {}).items():
        yield f"    override with {value}:"
        yield f"    {path}"  # on a line of its own: the longest of the product's paths just fits
    yield from (_wrapped(reason, "  ! ") for reason in each.reasons)
    yield from (_wrapped(note, "  note: ") for note in each.notes)


def _wrapped(text: str, head: str) -> str:
    return fill(text, WIDTH, initial_indent=head, subsequent_indent=" " * len(head), break_on_hyphens=False)


def _time(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M}" if moment else "no time"
