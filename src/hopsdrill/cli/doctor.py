"""`hopsdrill doctor`: what this machine lacks, and installing it."""

import json
from typing import Annotated

import typer

from hopsdrill.adapters import apt
from hopsdrill.core.errors import PreconditionError
from hopsdrill.core.paths import cache_dir
from hopsdrill.lab import engine
from hopsdrill.lab.preflight import Check, checks, require


def _look() -> list[Check]:
    try:
        working = engine.find() is not None
    except PreconditionError as error:
        if "not installed" not in error.message:
            raise
        working = False
    return checks(cold=not (cache_dir() / "programs").exists(), engine=working)


def doctor(
    fix: Annotated[bool, typer.Option("--fix", help="Install the missing Debian packages.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Data on standard output, as JSON.")] = False,
) -> None:
    """Say what this machine lacks for the lab; with --fix, install what Debian has."""
    found = _look()
    packages = sorted({check.package for check in found if not check.ok and check.package})
    if fix and packages:
        typer.echo(f"installing {', '.join(packages)}", err=True)
        apt.install(packages)
        found = _look()
    if as_json:
        typer.echo(json.dumps([vars(check) for check in found], indent=1))
    else:
        for check in found:
            typer.echo(
                f"{'ok     ' if check.ok else 'MISSING'} {check.need}: {check.seen}{'' if check.ok else '; ' + check.cure}"
            )
    require(found)
