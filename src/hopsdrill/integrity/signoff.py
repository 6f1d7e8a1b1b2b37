"""Sign-offs: people who have looked at a run's folder say so, each with a key of their own, over its exact bytes."""

from collections.abc import Sequence
from pathlib import Path

from securesystemslib.signer import CryptoSigner

from hopsdrill.core.clock import now, utc_text
from hopsdrill.core.errors import PreconditionError, VerificationError
from hopsdrill.integrity.manifest import ATTESTATION, NAME, SIGN_OFFS
from hopsdrill.integrity.outcome import Verification, VerifyStatus
from hopsdrill.journal.chain import sha256
from hopsdrill.signing.envelope import Statement, Subject, read, signer_of, write
from hopsdrill.signing.keys import KnownKey


SIGN_OFF_TYPE = "https://github.com/hopsdrill/sign-off/v1"
ROLES = ("operator", "observer", "reviewer", "approver")
SUBJECTS = (NAME, ATTESTATION)


def sign_off(folder: Path, role: str, comment: str, signer: CryptoSigner) -> Path:
    """Sign what the folder holds now; gives the file. The caller has verified the folder.

    Raises:
        PreconditionError: an unknown role, an unsigned folder, or a key that has signed the run or in another role already.
        JournalError: the disk refuses.
    """
    if role not in ROLES:
        msg = f"There is no role {role!r}."
        raise PreconditionError(msg, hint=f"one of {', '.join(ROLES)}")
    keyid = signer.public_key.keyid
    taken = {each: who for who, each in _roles(folder) if who != role}
    if keyid in taken:
        msg = f"The key {keyid[:16]} has signed as {taken[keyid]} already: it takes four eyes, so two keys."
        raise PreconditionError(msg, hint="sign with another person's key")
    path = folder / SIGN_OFFS / f"{role}-{keyid[:16]}.dsse.json"
    predicate = {"role": role, "comment": comment, "at": utc_text(now().utc)}
    write(path, Statement(subject=_subjects(folder), predicateType=SIGN_OFF_TYPE, predicate=predicate), signer)
    return path


def _roles(folder: Path) -> list[tuple[str, str]]:
    """Who has signed as what: the runner first."""
    try:
        found = [("runner", keyid) for keyid in read(folder / ATTESTATION)[0].signatures]
    except (OSError, VerificationError) as error:
        msg = f"{folder} has no attestation that can be read; there is nothing to sign off."
        raise PreconditionError(msg, hint="`hopsdrill report verify` says more") from error
    for path in files(folder):
        envelope, statement = read(path)
        found += [(str(statement.predicate.get("role")), keyid) for keyid in envelope.signatures]
    return found


def files(folder: Path) -> list[Path]:
    """The sign-offs' files, in order."""
    return sorted((folder / SIGN_OFFS).glob("*")) if (folder / SIGN_OFFS).is_dir() else []


def _subjects(folder: Path) -> list[Subject]:
    return [Subject(name=name, digest={"sha256": sha256((folder / name).read_bytes())}) for name in SUBJECTS]


def check(folder: Path, keys: Sequence[KnownKey], found: Verification) -> None:
    """Note each sign-off that holds, and each that does not: of other bytes, by an unknown key, twice by one key."""
    seen = _runners(folder)
    for path in files(folder):
        name = f"{SIGN_OFFS}/{path.name}"
        try:
            who = _checked(folder, path, keys, seen)
        except (OSError, VerificationError) as error:
            found.add(VerifyStatus.SIGN_OFF_INVALID, name, str(error))
        else:
            found.sign_offs.append(who)


def _runners(folder: Path) -> dict[str, str]:
    try:
        return dict.fromkeys(read(folder / ATTESTATION)[0].signatures, "runner")
    except (OSError, VerificationError):
        return {}


def _checked(folder: Path, path: Path, keys: Sequence[KnownKey], seen: dict[str, str]) -> str:
    envelope, statement = read(path)
    role, (keyid, known, fits) = str(statement.predicate.get("role")), signer_of(envelope, keys)
    if statement.predicate_type != SIGN_OFF_TYPE or role not in ROLES:
        raise VerificationError("it is no sign-off in a known role")  # noqa: EM101, TRY003 - a fault's text
    if known is None:
        raise VerificationError(f"{role} signed with key {keyid}, which is not trusted here")  # noqa: EM102, TRY003 - likewise
    if not fits:
        raise VerificationError(f"the signature of {known.name!r} does not fit: changed after signing")  # noqa: EM102, TRY003 - likewise
    if statement.subject != _subjects(folder):
        raise VerificationError(f"{role} {known.name!r} signed other bytes than these")  # noqa: EM102, TRY003 - likewise
    if seen.setdefault(keyid, role) != role:
        raise VerificationError(f"{known.name!r} signed as {seen[keyid]} and as {role}: it takes four eyes")  # noqa: EM102, TRY003 - likewise
    return f"{role}: {known.name}"
