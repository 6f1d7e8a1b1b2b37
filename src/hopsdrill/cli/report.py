"""`hopsdrill report`: reading a run's report, writing it anew from the journal, checking and signing it."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from hopsdrill.adapters.stamps import roots_in
from hopsdrill.cli.lab import AsJson
from hopsdrill.core.clock import now, utc_text
from hopsdrill.core.errors import DrillError, JournalError, UsageError, VerificationError
from hopsdrill.history import Run, differences, findings, history, last_proven, write_index
from hopsdrill.history.findings import load_register
from hopsdrill.integrity import Verification, VerifyStatus, sign_off, stamp_attestation, stamp_service
from hopsdrill.integrity import verify as check
from hopsdrill.journal import read
from hopsdrill.model.plan import parse_span
from hopsdrill.report import build, first_screen, write
from hopsdrill.report.pdf import pdf
from hopsdrill.signing.keys import KeyStore, KnownKey, public_key, signer_of
from hopsdrill.verdict import ExitStatus
from hopsdrill.verdict.wording import duration


app = typer.Typer(help="Reports of runs: everything is computed from the journal.", no_args_is_help=True)
Folder = Annotated[Path, typer.Argument(help="A run's folder, such as reports/<run-id>.")]
Reports = Annotated[
    Path, typer.Option("--reports", help="Folder in which runs leave theirs.", envvar="HOPSDRILL_REPORTS")
]
Keys = Annotated[
    list[Path] | None,
    typer.Option(
        "--key", help="A public key in PEM whose signature counts; without it, the trusted keys of this machine."
    ),
]


@app.command()
def show(
    folder: Folder, as_json: Annotated[bool, typer.Option("--json", help="The whole report as JSON.")] = False
) -> None:
    """Compute verdict and first screen again from the journal; the exit code is the run's."""
    report = build(folder, read(folder))
    if as_json:
        typer.echo(report.to_json(), nl=False)
    else:
        Console().print(first_screen(report, folder))
    raise typer.Exit(report.exit_code)


@app.command("build")
def build_again(folder: Folder) -> None:
    """Write report.json, report.html, report.md and junit.xml anew."""
    report = write(folder)
    typer.echo(f"{report.headline}: {folder / 'report.html'}")


@app.command("pdf")
def as_pdf(
    folder: Folder,
    out: Annotated[Path | None, typer.Option("--out", help="The PDF's path; <run-id>.pdf beside the folder.")] = None,
) -> None:
    """Print report.html to a PDF, with a Chromium found on the PATH."""
    typer.echo(pdf(folder, out))


@app.command()
def verify(
    folder: Folder,
    key: Keys = None,
    challenge: Annotated[str, typer.Option("--challenge", help="What the run was to be begun with.")] = "",
    stamp_root: Annotated[
        list[Path] | None,
        typer.Option(
            "--stamp-root",
            help="Root certificate in PEM of a time-stamp service; both stamps have to be by such a one.",
        ),
    ] = None,
    full: Annotated[bool, typer.Option("--full", help="Make the report anew also from a very long journal.")] = False,
    as_json: AsJson = False,
) -> None:
    """Check offline that a run's folder is as it was signed, and that verdict and report follow from its journal."""
    roots = [each for path in stamp_root or [] for each in roots_in(path)]
    found = check(folder, known_keys(key), challenge, stamp_roots=roots, full=full)
    typer.echo(_as_json(found) if as_json else _as_text(found))
    raise typer.Exit(found.status)


def known_keys(given: list[Path] | None) -> list[KnownKey]:
    """The keys whose signatures count: those given, else the trusted ones."""
    if given:
        return [KnownKey(path.stem, public_key(path), own=False) for path in given]
    return KeyStore().trusted()


def _as_json(found: Verification) -> str:
    faults = [{"status": fault.status.name.lower(), "file": fault.file, "text": fault.text} for fault in found.faults]
    told = {"status": found.status.name.lower(), "verdict": found.verdict, "signer": found.signer}
    return json.dumps(
        {**told, "sign_offs": found.sign_offs, "stamps": found.stamps, "unchecked": found.unchecked, "faults": faults},
        indent=1,
    )


def _as_text(found: Verification) -> str:
    lines = [f"{fault.status.name.lower().replace('_', ' ')}: {fault.file}: {fault.text}" for fault in found.faults]
    lines += [f"signed by {found.signer or 'nobody'}", *(f"sign-off: {each}" for each in found.sign_offs)]
    lines += [f"time stamp: {each}" for each in found.stamps]
    lines += [f"not compared: {each}" for each in found.unchecked]
    lines += [f"verdict, computed again: {found.verdict or 'none'}"]
    return "\n".join([*lines, f"{found.status.name.replace('_', ' ')}: {found.status.meaning}"])


@app.command()
def sign(
    folder: Folder,
    role: Annotated[str, typer.Option("--role", help="operator, observer, reviewer or approver.")],
    key: Annotated[Path, typer.Option("--key", help="Your private key in PEM.")],
    comment: Annotated[str, typer.Option("--comment", help="What you want to be read beside your signature.")] = "",
    runner: Annotated[
        list[Path] | None, typer.Option("--runner", help="A public key of the runner; without it, the trusted keys.")
    ] = None,
) -> None:
    """Sign a run's folder off; it is verified first, and each role needs a key of its own."""
    signer, keys = signer_of(key), known_keys(runner)
    own = KnownKey("yours", signer.public_key, own=True)
    found = check(folder, [*keys, *KeyStore().trusted(), own])
    if found.status is not VerifyStatus.INTACT:
        msg = f"{folder} was not signed off: {found.status.meaning} ({found.faults[0].file}: {found.faults[0].text})."
        raise VerificationError(msg, hint=f"hopsdrill report verify {folder}")
    typer.echo(f"signed: {sign_off(folder, role, comment, signer)}")


@app.command()
def stamp(folder: Folder) -> None:
    """Have the attestation stamped by the service that HOPSDRILL_STAMP_SERVICE names, where that was not to be had when the run ended."""
    if not stamp_service():
        msg = "No time-stamp service is configured."
        raise UsageError(msg, hint="set HOPSDRILL_STAMP_SERVICE to its address")
    if (held := check(folder, [*KeyStore().trusted(), *KeyStore().own()])).status is not VerifyStatus.INTACT:
        msg = f"{folder} was not stamped: {held.status.meaning}."
        raise VerificationError(msg, hint=f"hopsdrill report verify {folder}")
    typer.echo(f"stamped: {folder} at {utc_text(stamp_attestation(folder))}")


@app.command()
def index(reports: Reports = Path("reports")) -> None:
    """Write index.html over all runs of a folder: verdicts, trends, findings, the last proven backup."""
    typer.echo(indexed(reports))


def indexed(reports: Path) -> Path:
    """Write the index anew."""
    found = history(reports)
    return write_index(reports, found, findings(found, load_register(reports)), now().utc)


def keep_indexed(reports: Path) -> None:
    """Write the index anew after a run; what prevents it is said, and changes nothing of how the run ended."""
    try:
        indexed(reports)
    except DrillError as error:
        typer.echo(f"hopsdrill: {reports / 'index.html'} was not written anew. {error}", err=True)


@app.command()
def diff(first: Folder, second: Folder, as_json: AsJson = False) -> None:
    """How two runs differ; exit code 0 when they say the same, 1 when not."""
    lines = differences(_run_of(first), _run_of(second))
    if as_json:
        typer.echo(json.dumps([{"what": what, "first": one, "second": other} for what, one, other in lines], indent=1))
    else:
        typer.echo("\n".join(f"{what}: {one} -> {other}" for what, one, other in lines) or "the runs say the same")
    raise typer.Exit(ExitStatus.FAIL if lines else ExitStatus.PASS)


def _run_of(folder: Path) -> Run:
    entries = read(folder)
    if not entries:
        msg = f"The journal of {folder} holds no whole entry."
        raise JournalError(msg, hint="name another run's folder")
    return Run(folder, entries, build(folder, entries))


@app.command()
def age(
    reports: Reports = Path("reports"),
    longest: Annotated[str, typer.Option("--max", help="Exit code 1 when it is older, such as 100d or 12h.")] = "",
    drill: Annotated[str, typer.Option("--drill", help="Only runs of this plan, by its name.")] = "",
    as_json: AsJson = False,
) -> None:
    """The age of the last backup that a run proved restorable; exit code 1 when there is none, or it is too old."""
    limit = bound(longest)
    proven = last_proven(history(reports), drill)
    if proven is None:
        typer.echo(json.dumps(None) if as_json else f"no run in {reports} has proved a backup")
        raise typer.Exit(ExitStatus.FAIL)
    seconds, run = proven.age(now().utc), proven.run.folder.name
    told = {"age_s": round(seconds), "taken": proven.taken.isoformat(), "ids": proven.ids, "run": run}
    typer.echo(
        json.dumps(told, indent=1) if as_json else f"{duration(seconds)}: taken {told['taken']}, proved by {run}"
    )
    if limit is not None and seconds > limit:
        raise typer.Exit(ExitStatus.FAIL)


def bound(text: str) -> float | None:
    """Seconds of ``100d`` or ``12h``; None where nothing was given.

    Raises:
        UsageError: it cannot be read.
    """
    try:
        found = parse_span(text) if text else None
    except ValueError as error:
        msg = f"The age {text!r} cannot be read: {error}."
        raise UsageError(msg, hint="such as 100d or 12h") from error
    return found.total_seconds() if isinstance(found, timedelta) else None
