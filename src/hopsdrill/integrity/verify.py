"""Checking a run's folder with nothing but this package and public keys: no network, no lab, no trust in what the folder says."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from securesystemslib.dsse import Envelope

from hopsdrill import __version__
from hopsdrill.core.errors import DrillError, JournalError, PreconditionError, VerificationError
from hopsdrill.integrity.attest import INTENT
from hopsdrill.integrity.manifest import ATTESTATION, NAME, Manifest, listed, present
from hopsdrill.integrity.outcome import Verification, VerifyStatus
from hopsdrill.integrity.signoff import check as check_sign_offs
from hopsdrill.journal import read
from hopsdrill.journal.chain import sha256
from hopsdrill.journal.writer import NAME as JOURNAL
from hopsdrill.model.events import Entry, RunStarted
from hopsdrill.report import Report, build
from hopsdrill.report.write import forms
from hopsdrill.signing.envelope import Statement, signer_of
from hopsdrill.signing.envelope import read as read_envelope
from hopsdrill.signing.keys import KnownKey


def verify(folder: Path, keys: Sequence[KnownKey], challenge: str = "") -> Verification:
    """Check everything there is to check; never stops at the first fault.

    Args:
        folder: a run's folder, or a copy of one.
        keys: whose signatures count.
        challenge: what the run was to be begun with; empty asks for none.

    Raises:
        PreconditionError: it is no run's folder.
    """
    if not (folder / JOURNAL).is_file() and not (folder / ATTESTATION).is_file():
        msg = f"{folder} is no run's folder: it has neither {JOURNAL} nor {ATTESTATION}."
        raise PreconditionError(msg, hint="name a folder such as reports/<run-id>")
    found = Verification()
    statement = _signature(folder, keys, found)
    entries = _journal(folder, statement, found)
    _files(folder, statement, found)
    _report(folder, statement, entries, found)
    _challenge(folder, keys, entries, challenge, found)
    check_sign_offs(folder, keys, found)
    return found


def _signature(folder: Path, keys: Sequence[KnownKey], found: Verification) -> Statement | None:
    try:
        envelope, statement = read_envelope(folder / ATTESTATION)
    except FileNotFoundError:
        found.add(VerifyStatus.UNSIGNED, ATTESTATION, "there is none")
        return None
    except (OSError, VerificationError) as error:
        found.add(VerifyStatus.CHANGED, ATTESTATION, str(error))
        return None
    found.signer = _signed_by(envelope, keys, ATTESTATION, found)
    return statement


def _signed_by(envelope: Envelope, keys: Sequence[KnownKey], file: str, found: Verification) -> str:
    """Who signed, by the name the key has here; notes a bad signature or an unknown key, and gives its ID then."""
    keyid, known, fits = signer_of(envelope, keys)
    if known is None:
        found.add(VerifyStatus.UNKNOWN_KEY, file, f"signed by key {keyid}, which is not trusted here")
        return keyid
    if not fits:
        text = f"the signature of key {known.name!r} does not fit: changed after signing"
        found.add(VerifyStatus.CHANGED, file, text)
    return known.name


def _files(folder: Path, statement: Statement | None, found: Verification) -> None:
    try:
        data = (folder / NAME).read_bytes()
        manifest = Manifest.model_validate_json(data)
    except (OSError, ValidationError):
        if statement is not None:
            found.add(VerifyStatus.CHANGED, NAME, "it is missing, or is no manifest any more")
        return
    if statement is not None and statement.digest_of(NAME) != sha256(data):
        found.add(VerifyStatus.CHANGED, NAME, "it is not the manifest that was signed")
    for each in manifest.files:
        _file(folder, each.path, each.size, each.sha256, found)
    for path in sorted({*present(folder)} - {each.path for each in manifest.files}):
        found.add(VerifyStatus.UNLISTED, path, "the manifest does not name it")


def _file(folder: Path, path: str, size: int, sha: str, found: Verification) -> None:
    try:
        now = listed(folder, path)
    except OSError:
        found.add(VerifyStatus.CHANGED, path, "it is missing")
        return
    # of a journal its own check has said more, unless its entries read the same with other bytes
    if now.sha256 != sha and not any(fault.file == path for fault in found.faults):
        found.add(VerifyStatus.CHANGED, path, f"its content is another one ({now.size} bytes, {size} were signed)")


def _journal(folder: Path, statement: Statement | None, found: Verification) -> tuple[Entry, ...]:
    try:
        entries = read(folder)
    except JournalError as error:
        found.add(VerifyStatus.CHANGED, JOURNAL, error.message)
        return ()
    except UnicodeDecodeError as error:
        found.add(VerifyStatus.CHANGED, JOURNAL, f"it is no text any more: {error}")
        return ()
    if statement is None:
        return entries
    signed = _signed(statement)
    count, head = signed.get("entries"), signed.get("head")
    if isinstance(count, int) and len(entries) < count:
        found.add(VerifyStatus.TRUNCATED, JOURNAL, f"it ends after entry {len(entries)} of {count}")
    elif not entries or entries[-1].hash != head or len(entries) != count:
        found.add(VerifyStatus.CHANGED, JOURNAL, f"its last entry is not the one that was signed as number {count}")
    elif not (folder / JOURNAL).read_bytes().endswith(b"\n"):
        found.add(VerifyStatus.CHANGED, JOURNAL, "something follows its last entry")
    return entries


def _signed(statement: Statement) -> dict[str, Any]:
    own = statement.predicate.get("hopsdrill")
    return own if isinstance(own, dict) else {}


def _report(folder: Path, statement: Statement | None, entries: tuple[Entry, ...], found: Verification) -> None:
    """Compute verdict and report anew: a signature over a verdict that does not follow is worth nothing."""
    if not entries:
        return
    try:
        report = build(folder, entries)
    except (DrillError, ValueError, KeyError, IndexError, TypeError) as error:
        text = f"no report can be made from it: {type(error).__name__}: {error}"
        found.add(VerifyStatus.VERDICT_DIFFERS, JOURNAL, text)
        return
    found.verdict = report.verdict
    _told_as(report, "report.json", _told(folder), found)
    if statement is not None:
        _told_as(report, ATTESTATION, _signed(statement), found)
    started = entries[0].event
    same_code = isinstance(started, RunStarted) and started.tool_version == __version__
    if same_code and found.status is not VerifyStatus.CHANGED:  # what was changed needs no second look
        _forms(folder, report, entries, found)


def _told_as(report: Report, where: str, said: dict[str, Any], found: Verification) -> None:
    ours = {"verdict": report.verdict, "exit_code": report.exit_code}
    differ = [
        f"{name} {said.get(name)!r} instead of {value!r}" for name, value in ours.items() if said.get(name) != value
    ]
    if differ:
        found.add(VerifyStatus.VERDICT_DIFFERS, where, f"it says {', '.join(differ)}")


def _forms(folder: Path, report: Report, entries: tuple[Entry, ...], found: Verification) -> None:
    for name, text in forms(report, entries).items():
        if not (folder / name).is_file() or (folder / name).read_bytes() != text.encode():
            found.add(VerifyStatus.VERDICT_DIFFERS, name, "it is not what the journal makes it")


def _told(folder: Path) -> dict[str, Any]:
    try:
        told = json.loads((folder / "report.json").read_bytes())
    except (OSError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}


def _challenge(
    folder: Path, keys: Sequence[KnownKey], entries: tuple[Entry, ...], challenge: str, found: Verification
) -> None:
    started = entries[0].event if entries else None
    if not isinstance(started, RunStarted):
        return
    if challenge and started.challenge != challenge:
        found.add(VerifyStatus.OTHER_CHALLENGE, JOURNAL, f"it was begun with {started.challenge!r}")
    try:
        envelope, intent = read_envelope(folder / INTENT)
    except FileNotFoundError:
        if challenge:
            found.add(VerifyStatus.OTHER_CHALLENGE, INTENT, "plan and challenge were not signed before the run")
        return
    except (OSError, VerificationError) as error:
        found.add(VerifyStatus.CHANGED, INTENT, str(error))
        return
    _signed_by(envelope, keys, INTENT, found)
    wanted = {"run_id": started.run_id, "challenge": started.challenge, "at": entries[0].at, "entry": entries[0].hash}
    if intent.predicate != wanted or intent.digest_of("plan") != started.plan_digest:
        found.add(
            VerifyStatus.CHANGED,
            INTENT,
            "it was signed for another plan, challenge or run than the journal begins with",
        )
