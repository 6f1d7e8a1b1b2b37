"""Whether a run's folder is still what its run left: the manifest of all files, signatures, and their checking."""

from hopsdrill.integrity.attest import attest, declare_intent
from hopsdrill.integrity.outcome import Fault, Verification, VerifyStatus
from hopsdrill.integrity.signoff import sign_off
from hopsdrill.integrity.stamps import service as stamp_service
from hopsdrill.integrity.stamps import stamp_attestation
from hopsdrill.integrity.verify import verify


__all__ = [
    "Fault",
    "Verification",
    "VerifyStatus",
    "attest",
    "declare_intent",
    "sign_off",
    "stamp_attestation",
    "stamp_service",
    "verify",
]
