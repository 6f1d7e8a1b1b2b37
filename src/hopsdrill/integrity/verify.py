"""Checking a run's folder with nothing but this package and public keys: no network, no lab, no trust in what the folder says."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.x509 import Certificate
from pydantic import BaseModel, ValidationError
from securesystemslib.dsse import Envelope

from hopsdrill import __version__
from hopsdrill.core.errors import DrillError, JournalError, PreconditionError, VerificationError
from hopsdrill.core.garbage import uncollected
from hopsdrill.integrity.manifest import ATTESTATION, NAME, Manifest, listed, present
from hopsdrill.integrity.outcome import Verification, VerifyStatus
from hopsdrill.integrity.signoff import check as check_sign_offs
from hopsdrill.integrity.stamps import check as check_stamps
from hopsdrill.journal import read, scan
from hopsdrill.journal.chain import sha256
from hopsdrill.journal.withhold import INTENT
from hopsdrill.journal.writer import NAME as JOURNAL
from hopsdrill.model.events import Entry, RunStarted
from hopsdrill.report import build
from hopsdrill.report.write import forms
from hopsdrill.signing.envelope import Statement, signer_of
from hopsdrill.signing.envelope import read as read_envelope
from hopsdrill.signing.keys import KnownKey
from hopsdrill.verdict import Judgement, exit_code, judge
from hopsdrill.verdict.facts import judged


COMPARED = 20_000  # entries: of a longer journal, the report is made anew and compared only when asked for, as it takes a while


def verify(
    folder: Path,
    keys: Sequence[KnownKey],
    challenge: str = "",
    *,
    stamp_roots: Sequence[Certificate] = (),
    full: bool = False,
) -> Verification:
    """Check everything there is to check; never stops at the first fault.

    Args:
        folder: a run's folder, or a copy of one.
        keys: whose signatures count.
        challenge: what the run was to be begun with; empty asks for none.
        stamp_roots: certificates of time-stamp services whose stamps count; with any, both stamps have to be there.
        full: make the report of a long journal anew, too.

    Raises:
        PreconditionError: it is no run's folder.
    """
    if not (folder / JOURNAL).is_file() and not (folder / ATTESTATION).is_file():
        msg = f"{folder} is no run's folder: it has neither {JOURNAL} nor {ATTESTATION}."
        raise PreconditionError(msg, hint="name a folder such as reports/<run-id>")
    found = Verification()
    statement = _signature(folder, keys, found)
    journal = _journal(folder, statement, found)
    _files(folder, statement, found)
    _verdict(folder, statement, journal, found)
    _forms(folder, journal, found, full=full)
    _challenge(folder, keys, journal.first, challenge, found)
    check_sign_offs(folder, keys, found)
    check_stamps(folder, stamp_roots, found)
    return found


@dataclass
class _Journal:
    """What is kept of a journal that has passed by.

    Attributes:
        count: entries seen until its end, or until it broke.
        judgement: None where it does not open.
    """

    first: Entry | None = None
    last: Entry | None = None
    count: int = 0
    judgement: Judgement | None = None

    def passing(self, entries: Iterable[Entry]) -> Iterator[Entry]:
        """The same entries, noted on their way."""
        for entry in entries:
            self.first, self.last, self.count = self.first or entry, entry, self.count + 1
            yield entry


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


def _journal(folder: Path, statement: Statement | None, found: Verification) -> _Journal:
    """Read and judge the journal in one go, so that its length costs no memory."""
    journal = _Journal()
    try:
        journal.judgement = judge(tuple(judged(journal.passing(scan(folder)))))
    except JournalError as error:
        found.add(VerifyStatus.CHANGED, JOURNAL, error.message)
        return _Journal()
    if statement is None:
        return journal
    signed, head = _signed(statement), journal.last.hash if journal.last else ""
    count = signed.get("entries")
    if isinstance(count, int) and journal.count < count:
        found.add(VerifyStatus.TRUNCATED, JOURNAL, f"it ends after entry {journal.count} of {count}")
    elif journal.count != count or head != signed.get("head"):
        found.add(VerifyStatus.CHANGED, JOURNAL, f"its last entry is not the one that was signed as number {count}")
    return journal


def _signed(statement: Statement) -> dict[str, Any]:
    own = statement.predicate.get("hopsdrill")
    return own if isinstance(own, dict) else {}


def _verdict(folder: Path, statement: Statement | None, journal: _Journal, found: Verification) -> None:
    """Compute the verdict anew: a signature over one that does not follow is worth nothing."""
    if journal.judgement is None or journal.first is None:
        return
    verdict, code = journal.judgement.verdict, exit_code(journal.judgement)
    found.verdict = str(verdict) if verdict else None
    said = {"report.json": _told(folder / "report.json")}
    if statement is not None:
        said[ATTESTATION] = _Told.model_validate(_signed(statement))
    for where, told in said.items():
        ours = (("verdict", told.verdict, found.verdict), ("exit_code", told.exit_code, code))
        if differ := [f"{name} {theirs!r} instead of {our!r}" for name, theirs, our in ours if theirs != our]:
            found.add(VerifyStatus.VERDICT_DIFFERS, where, f"it says {', '.join(differ)}")


class _Told(BaseModel):
    """What a file says the run came to; whatever else it says is passed over."""

    verdict: Any = None
    exit_code: Any = None


def _told(path: Path) -> _Told:
    try:
        return _Told.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return _Told()


def _forms(folder: Path, journal: _Journal, found: Verification, *, full: bool) -> None:
    """Make the report anew and compare: one that tells another story than the journal is a forgery, whoever signed it."""
    started = journal.first.event if journal.first else None
    if found.status in {VerifyStatus.CHANGED, VerifyStatus.TRUNCATED} or not isinstance(started, RunStarted):
        return  # what was changed needs no second look
    if started.tool_version != __version__:
        found.unchecked.append(
            f"report, word by word: written by hopsdrill {started.tool_version}, and this is {__version__}"
        )
    elif journal.count > COMPARED and not full:
        found.unchecked.append(f"report, word by word: a journal of {journal.count} entries is long; --full does it")
    else:
        _compare(folder, found)


def _compare(folder: Path, found: Verification) -> None:
    try:
        with uncollected():
            entries = read(folder)
            made = forms(build(folder, entries), entries)
    except (DrillError, ValueError, KeyError, IndexError, TypeError) as error:
        text = f"no report can be made from it: {type(error).__name__}: {error}"
        found.add(VerifyStatus.VERDICT_DIFFERS, JOURNAL, text)
        return
    for name, text in made.items():
        if not (folder / name).is_file() or (folder / name).read_bytes() != text.encode():
            found.add(VerifyStatus.VERDICT_DIFFERS, name, "it is not what the journal makes it")


def _challenge(
    folder: Path, keys: Sequence[KnownKey], first: Entry | None, challenge: str, found: Verification
) -> None:
    started = first.event if first else None
    if first is None or not isinstance(started, RunStarted):
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
    wanted = {"run_id": started.run_id, "challenge": started.challenge, "at": first.at, "entry": first.hash}
    if intent.predicate != wanted or intent.digest_of("plan") != started.plan_digest:
        found.add(
            VerifyStatus.CHANGED,
            INTENT,
            "it was signed for another plan, challenge or run than the journal begins with",
        )
