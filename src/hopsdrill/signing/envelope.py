"""Signed statements: an in-toto Statement v1 in a DSSE envelope, as files.

Formats: https://github.com/in-toto/attestation/tree/main/spec/v1 and https://github.com/secure-systems-lab/dsse.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import FormatError
from securesystemslib.exceptions import VerificationError as BadSignature
from securesystemslib.signer import CryptoSigner

from hopsdrill.core.errors import VerificationError
from hopsdrill.core.files import put
from hopsdrill.journal.chain import canonical
from hopsdrill.model.base import Model
from hopsdrill.signing.keys import KnownKey


PAYLOAD = "application/vnd.in-toto+json"
STATEMENT = "https://in-toto.io/Statement/v1"


class Subject(Model):
    """What a statement is about."""

    name: str
    digest: dict[str, str]


class Statement(Model):
    """An in-toto Statement; the names of its fields are the format's."""

    kind: Literal["https://in-toto.io/Statement/v1"] = Field(default="https://in-toto.io/Statement/v1", alias="_type")
    subject: list[Subject]
    predicate_type: str = Field(alias="predicateType")
    predicate: dict[str, Any]

    def digest_of(self, name: str) -> str:
        """The SHA-256 of a subject; empty when it is none."""
        return next((each.digest.get("sha256", "") for each in self.subject if each.name == name), "")


def write(path: Path, statement: Statement, signer: CryptoSigner) -> None:
    """Sign a statement and write its envelope, whole or not at all.

    Raises:
        JournalError: the disk refuses.
    """
    put(path, _text(signed(statement, signer)))


def signed(statement: Statement, signer: CryptoSigner) -> Envelope:
    """Sign a statement's canonical bytes."""
    envelope = Envelope(canonical(statement.model_dump(mode="json", by_alias=True)), PAYLOAD, {})
    envelope.sign(signer)
    return envelope


def _text(envelope: Envelope) -> str:
    return json.dumps(envelope.to_dict(), indent=1, sort_keys=True) + "\n"


def signer_of(envelope: Envelope, keys: Sequence[KnownKey]) -> tuple[str, KnownKey | None, bool]:
    """Who signed: the ID of a known key among the signatures, else the first one's; the known key; and whether its signature fits."""
    named = {each.keyid: each for each in keys}
    keyid = next((each for each in envelope.signatures if each in named), next(iter(envelope.signatures)))
    known = named.get(keyid)
    if known is None:
        return keyid, None, False
    try:
        envelope.verify([known.key], 1)
    except BadSignature:
        return keyid, known, False
    return keyid, known, True


def read(path: Path) -> tuple[Envelope, Statement]:
    """Read an envelope; its signatures are not checked here.

    Raises:
        VerificationError: it is no envelope of this kind, or not written as ``write`` writes it: base64 has several spellings.
        OSError: it cannot be read.
    """
    try:
        text = path.read_text()
        envelope = Envelope.from_dict(json.loads(text))
        statement = Statement.model_validate_json(envelope.payload)
    except (ValueError, KeyError, TypeError, AttributeError, FormatError, ValidationError) as error:
        msg = f"{path.name} is no envelope with an in-toto statement."
        raise VerificationError(msg) from error
    if envelope.payload_type != PAYLOAD or not envelope.signatures or text != _text(envelope):
        msg = f"{path.name} is not as it was signed."
        raise VerificationError(msg)
    return envelope, statement
