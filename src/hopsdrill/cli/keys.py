"""`hopsdrill keys`: keys that sign runs and sign-offs, and the public ones that are trusted here."""

import json
from pathlib import Path
from typing import Annotated

import typer

from hopsdrill.cli.lab import AsJson
from hopsdrill.signing import KeyStore


app = typer.Typer(
    help="Ed25519 keys: those that sign runs and sign-offs, and those whose signatures count here.",
    no_args_is_help=True,
)
Name = Annotated[str, typer.Argument(help="A name for the key: lower-case letters, digits, dots, dashes.")]


@app.command()
def new(name: Name) -> None:
    """Make a key pair; the private half stays on this machine, readable by you alone."""
    store = KeyStore()
    made = store.new(name)
    typer.echo(
        f"key {made.keyid}\npublic half: {store.folder / 'keys' / f'{name}.pub'}\ngive that file to whoever is to check what this key signs"
    )


@app.command("list")
def list_keys(
    as_json: AsJson = False,
) -> None:
    """This machine's own keys, and the trusted ones."""
    store = KeyStore()
    rows = [
        (kind, each.name, each.keyid)
        for kind, keys in (("own", store.own()), ("trusted", store.trusted()))
        for each in keys
    ]
    if as_json:
        typer.echo(json.dumps([{"kind": kind, "name": name, "keyid": keyid} for kind, name, keyid in rows], indent=1))
    else:
        typer.echo(
            "\n".join(f"{kind:8} {name:20} {keyid}" for kind, name, keyid in rows)
            or "no keys; `hopsdrill keys new NAME` makes one"
        )


@app.command()
def trust(
    public: Annotated[Path, typer.Argument(help="A public key in PEM, got from its owner by a way you trust.")],
    name: Annotated[str, typer.Option("--name", help="Its name here; the file's name unless given.")] = "",
) -> None:
    """Let a key's signatures count on this machine."""
    known = KeyStore().trust(public, name or public.stem)
    typer.echo(f"trusted as {known.name}: key {known.keyid}")
