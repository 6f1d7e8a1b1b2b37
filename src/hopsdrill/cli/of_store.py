"""`hopsdrill backups list --store`: the successful backups of one store."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from textwrap import fill
from typing import NoReturn

import typer

from hopsdrill.cli.where import Where
from hopsdrill.core.clock import utc_text
from hopsdrill.core.errors import UsageError
from hopsdrill.recovery.listing import Listed, Listing, listing, stores
from hopsdrill.verdict import ExitStatus


WIDTH = 80  # columns


def tell(where: Where, store: str, last: int, *, as_json: bool) -> NoReturn:
    """Print the list and end the command with its exit code.

    Raises:
        UsageError: the profile has no such store, or it has no backups of its own.
    """
    known = stores(where.profile)
    if store not in known:
        msg = f"Profile {where.profile.name} has no store {store!r} whose backups are recorded."
        raise UsageError(msg, hint=f"--store {' | '.join(known)}")
    found = listing(where.profile, store, where.kube, where.store)
    if as_json:
        told = {"source": where.title, "profile": where.profile.name, "store": store}
        typer.echo(json.dumps({**told, **as_data(found)}, indent=1))
    else:
        typer.echo("\n".join(lines(found, last)), nl=bool(found.backups))
    for text in (*(f"not listed: {each}" for each in found.passed_over), summary(found)):
        typer.echo(fill(text, WIDTH, break_on_hyphens=False, break_long_words=False), err=True)
    raise typer.Exit(code(found))


def code(found: Listing) -> ExitStatus:
    """8 when something could not be read, whatever was found; else whether there is a backup."""
    if found.unread:
        return ExitStatus.NOT_JUDGEABLE
    return ExitStatus.PASS if found.backups else ExitStatus.FAIL


def summary(found: Listing) -> str:
    """The newest one in a sentence."""
    if found.unread:
        return f"The backups of {found.store} are not known: {found.unread}"
    if not found.backups:
        return f"There is no successful backup of {found.store}."
    first = found.backups[0]
    return (
        f"{len(found.backups)} successful backups of {found.store}; the newest is {first.id}, of {_time(first.start)}."
    )


def as_data(found: Listing) -> dict[str, object]:
    """A listing as JSON."""
    told = [
        {**asdict(each), **{name: _text(getattr(each, name)) for name in ("start", "end")}} for each in found.backups
    ]
    return {"backups": told, "not_listed": found.passed_over, "unread": found.unread}


def lines(found: Listing, last: int) -> Iterator[str]:
    """A line for each backup."""
    if not found.backups:
        return
    shown = found.backups[: last or len(found.backups)]
    yield f"{'START (UTC)':<18}ID"
    yield from (_line(each) for each in shown)
    if len(shown) < len(found.backups):
        yield f"... and {len(found.backups) - len(shown)} older ones: --last 0 shows them"


def _line(each: Listed) -> str:
    return f"{_time(each.start):<18}{each.id}"


def _time(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M}" if moment else "no time"


def _text(moment: datetime | None) -> str | None:
    return utc_text(moment) if moment else None
