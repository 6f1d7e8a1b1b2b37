"""Time stamps of a service that others trust: RFC 3161 over HTTP (https://www.rfc-editor.org/rfc/rfc3161)."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

import requests
from cryptography.x509 import Certificate, load_pem_x509_certificates
from rfc3161_client import (
    HashAlgorithm,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerifierBuilder,
    decode_timestamp_response,
)
from rfc3161_client import (
    VerificationError as Unverified,
)
from rfc3161_client.tsp import PKIStatus

from hopsdrill.core.errors import PreconditionError, VerificationError
from hopsdrill.core.redact import REDACTOR


TIMEOUT = (5, 20)  # seconds to connect and to read
MOST = 1 << 16  # bytes of an answer; a stamp with its certificates has a few thousand
QUERY = {"Content-Type": "application/timestamp-query"}
OK = 200


def stamp(service: str, message: bytes) -> bytes:
    """Have a message's SHA-256 stamped; gives the service's answer in DER, as ``openssl ts -verify -in`` takes it.

    Raises:
        PreconditionError: the service is not to be reached, refuses, or stamps something else.
    """
    REDACTOR.register(urlsplit(service).password or "")
    wanted = TimestampRequestBuilder().data(message).hash_algorithm(HashAlgorithm.SHA256).build()
    try:
        with requests.post(
            service, wanted.as_bytes(), headers=QUERY, timeout=TIMEOUT, stream=True, allow_redirects=False
        ) as answer:
            said, code = next(answer.iter_content(MOST), b""), answer.status_code
    except (requests.RequestException, ValueError) as error:
        raise _refused(service, REDACTOR.scrub(str(error))) from error
    if code != OK:
        raise _refused(service, f"it answered with HTTP {code}")
    try:
        made = decode_timestamp_response(said)
    except ValueError as error:
        raise _refused(service, "its answer is no time stamp") from error
    if made.status != PKIStatus.GRANTED:
        raise _refused(service, f"it refused: {'; '.join(made.status_string) or f'status {made.status}'}")
    if made.tst_info.nonce != wanted.nonce or made.tst_info.message_imprint.message != hashlib.sha256(message).digest():
        raise _refused(service, "it stamped something else than was asked for")
    return said


def _refused(service: str, why: str) -> PreconditionError:
    msg = f"Asked the time-stamp service {REDACTOR.scrub(service)} for a stamp; {why}."
    return PreconditionError(msg, hint="HOPSDRILL_STAMP_SERVICE names the service; without it, nothing is stamped")


def moment(answer: bytes, message: bytes) -> datetime:
    """When a message was stamped, by an answer whose signature is not looked at.

    Raises:
        VerificationError: the answer is no stamp, or one of another message.
    """
    info = _read(answer).tst_info
    if info.message_imprint.message != hashlib.sha256(message).digest():
        msg = "it is a stamp of other bytes than these"
        raise VerificationError(msg)
    return info.gen_time


def checked(answer: bytes, message: bytes, roots: Sequence[Certificate]) -> datetime:
    """When a message was stamped, by a service whose certificate one of the roots vouches for.

    Raises:
        VerificationError: the answer is no stamp, one of another message, or not signed by such a service.
    """
    at = moment(answer, message)
    try:
        VerifierBuilder(roots=list(roots)).build().verify_message(_read(answer), message)
    except (Unverified, ValueError) as error:
        msg = f"it is not by a service that is trusted here: {error}"
        raise VerificationError(msg) from error
    return at


def _read(answer: bytes) -> TimeStampResponse:
    try:
        made = decode_timestamp_response(answer)
        granted = made.status == PKIStatus.GRANTED and made.tst_info is not None
    except ValueError as error:
        msg = "it is no time stamp"
        raise VerificationError(msg) from error
    if not granted:
        msg = "it is a refusal, not a stamp"
        raise VerificationError(msg)
    return made


def roots_in(path: Path) -> list[Certificate]:
    """The certificates of a PEM file.

    Raises:
        PreconditionError: it cannot be read, or holds none.
    """
    try:
        return load_pem_x509_certificates(path.read_bytes())
    except OSError as error:
        msg = f"Tried to read the certificates {path}; the system said: {error.strerror}."
        raise PreconditionError(msg) from error
    except ValueError as error:
        msg = f"{path} holds no certificate in PEM."
        raise PreconditionError(msg, hint="--stamp-root is the time-stamp service's root certificate") from error
