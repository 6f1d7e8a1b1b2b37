"""A seal's file: a line of canonical JSON for each thing said, and last the signature over all bytes before it.

::

    {"head": {...}}
    {"object": {...}}        in the order of the head's parts, then by key
    {"record": {...}}, {"thing": {...}}, {"unknown": {...}}
    {"envelope": {...}}      DSSE; an in-toto statement whose subject is the SHA-256 of the lines above
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from pydantic import ValidationError
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import FormatError
from securesystemslib.signer import CryptoSigner

from hopsdrill.core.errors import PreconditionError
from hopsdrill.journal.chain import canonical
from hopsdrill.model.base import Model
from hopsdrill.proof.seal.model import Head, Item, Record, Thing, Unknown
from hopsdrill.proof.seal.status import SealError, SealStatus
from hopsdrill.signing.envelope import PAYLOAD, Statement, Subject, signed, signer_of
from hopsdrill.signing.keys import KnownKey


SEAL_TYPE = "https://github.com/hopsdrill/seal/v1"
BODY = "seal"
KINDS: dict[type[Model], str] = {Head: "head", Item: "object", Record: "record", Thing: "thing", Unknown: "unknown"}
LONGEST = 16 * 1024 * 1024  # bytes of a line; a longer one is no seal's

M = TypeVar("M", bound=Model)


class Writer:
    """Writes a seal; the file is there once it is signed, and not before.

    Args:
        path: where.
        head: its first line.
    """

    def __init__(self, path: Path, head: Head) -> None:
        self._path, self._draft, self._head = path, path.with_name(f".{path.name}.draft"), head
        self._hash, self.counts = hashlib.sha256(), dict.fromkeys(KINDS.values(), 0)

    def __enter__(self) -> Self:
        try:
            self._file = self._draft.open("xb")
        except OSError as error:
            msg = f"Tried to write the seal {self._path}; the system said: {error.strerror} ({self._draft.name})."
            raise PreconditionError(
                msg, hint="name another --out; remove a draft that nobody writes any more"
            ) from error
        self.add(self._head)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._file.close()
        with suppress(FileNotFoundError):
            self._draft.unlink()

    def add(self, said: Model) -> None:
        """Write one line."""
        name = KINDS[type(said)]
        line = canonical({name: said.model_dump(mode="json")}) + b"\n"
        self._hash.update(line)
        self._file.write(line)
        self.counts[name] += 1

    def sign(self, signer: CryptoSigner) -> None:
        """Sign what was written, and put the file in its place."""
        subject = [Subject(name=BODY, digest={"sha256": self._hash.hexdigest()})]
        predicate = {**self._head.model_dump(mode="json", exclude={"parts"}), "counts": self.counts}
        statement = Statement(subject=subject, predicateType=SEAL_TYPE, predicate=predicate)
        self._file.write(canonical({"envelope": signed(statement, signer).to_dict()}) + b"\n")
        self._file.flush()
        self._draft.replace(self._path)


@dataclass(frozen=True)
class Seal:
    """A seal whose bytes are those that were signed.

    Attributes:
        signer: name here of the key that signed it.
    """

    path: Path
    head: Head
    signer: str
    keyid: str

    def each(self, kind: type[M]) -> Iterator[M]:
        """Everything of a kind it says, in order."""
        head = canonical({KINDS[kind]: 0})[:-2]  # {"object":
        with self.path.open("rb") as file:
            for line in file:
                if line.startswith(head):
                    yield kind.model_validate(json.loads(line)[KINDS[kind]])


def opened(path: Path, keys: Sequence[KnownKey]) -> Seal:
    """Open a seal: its bytes are read once, and held against its signature.

    Raises:
        SealError: it is cut off or changed, or signed by a key that is not among ``keys``.
        PreconditionError: it cannot be read.
    """
    try:
        first, digest, last = _lines(path)
        envelope = Envelope.from_dict(json.loads(last)["envelope"])
        statement = Statement.model_validate_json(envelope.payload)
        head = Head.model_validate(json.loads(first)["head"])
    except OSError as error:
        msg = f"Tried to read the seal {path}; the system said: {error.strerror}."
        raise PreconditionError(msg, hint="hopsdrill backups seal ID --out FILE makes one") from error
    except (ValueError, KeyError, TypeError, AttributeError, FormatError, ValidationError) as error:
        raise _changed(path, "it does not end with a signature, or does not begin as a seal does") from error
    return Seal(path, head, *_signer(path, envelope, statement, digest, keys))


def _lines(path: Path) -> tuple[bytes, str, bytes]:
    """The first line, the SHA-256 of all but the last, and the last."""
    seen, first, last = hashlib.sha256(), b"", b""
    with path.open("rb") as file:
        while line := file.readline(LONGEST):
            first = first or line
            seen.update(last)
            last = line
    return first, seen.hexdigest(), last


def _signer(
    path: Path, envelope: Envelope, statement: Statement, digest: str, keys: Sequence[KnownKey]
) -> tuple[str, str]:
    if envelope.payload_type != PAYLOAD or not envelope.signatures or statement.predicate_type != SEAL_TYPE:
        raise _changed(path, "what is signed is no seal")
    keyid, known, fits = signer_of(envelope, keys)
    if known is None:
        msg = f"The seal {path} is signed by key {keyid}, which is not trusted here."
        hint = "get the public key of whoever seals by a way you trust, then --key FILE, or `hopsdrill keys trust FILE`"
        raise SealError(SealStatus.UNKNOWN_KEY, msg, hint=hint)
    if not fits:
        raise _changed(path, f"the signature of key {known.name!r} does not fit")
    if statement.digest_of(BODY) != digest:
        raise _changed(path, "its lines are not those that were signed")
    return known.name, keyid


def _changed(path: Path, why: str) -> SealError:
    msg = f"The seal {path} is cut off, or was changed after it was signed: {why}."
    return SealError(SealStatus.SEAL_CHANGED, msg, hint="take another copy of it; this one proves nothing")


def content_key_id(secret: bytes) -> str:
    """By which a seal names the key of its fingerprints."""
    return hashlib.sha256(secret).hexdigest()
