"""A made-up run's folder, signed by a made-up key."""

import hashlib
from pathlib import Path

import journal_tape as tape
import sample_journal as sample
from cryptography.hazmat.primitives import serialization as forms
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from securesystemslib.signer import CryptoSigner, SSlibKey

from hopsdrill.integrity import attest, declare_intent
from hopsdrill.journal import EvidenceStore, Recorder, read, resume
from hopsdrill.report import write
from hopsdrill.signing.keys import KnownKey


def signer(name: str) -> CryptoSigner:
    """A key that is made from its name, and therefore protects nothing."""
    key = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(name.encode()).digest())
    return CryptoSigner(key, SSlibKey.from_crypto(key.public_key()))


def known(name: str) -> KnownKey:
    """Its public half."""
    return KnownKey(name, signer(name).public_key, own=False)


def public_pem(name: str) -> bytes:
    """Its public half as a file's bytes."""
    key = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(name.encode()).digest()).public_key()
    return key.public_bytes(forms.Encoding.PEM, forms.PublicFormat.SubjectPublicKeyInfo)


def private_pem(name: str) -> bytes:
    """Its private half as a file's bytes."""
    key = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(name.encode()).digest())
    return key.private_bytes(forms.Encoding.PEM, forms.PrivateFormat.PKCS8, forms.NoEncryption())


def sign(folder: Path, name: str = "runner") -> Path:
    """Write a folder's artefacts and sign all of it, as a run's end does."""
    attest(folder, write(folder), read(folder), signer(name))
    return folder


def make(folder: Path, events: list | None = None, name: str = "runner") -> Path:
    """The folder of a passing run, or of one with the given events; signed before and after."""
    tape.write(folder, sample.passing() if events is None else events, sample.EVIDENCE)
    declare(folder, signer(name))
    return sign(folder, name)


def declare(folder: Path, key: CryptoSigner) -> None:
    """Sign the intent, as a run does when it has written its first entry."""
    journal = resume(folder)
    declare_intent(Recorder(journal, EvidenceStore(folder)), read(folder)[0], key)
    journal.close()
