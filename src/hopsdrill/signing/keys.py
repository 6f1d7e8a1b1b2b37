"""Ed25519 keys: this machine's own, and the public ones it trusts.

Own keys lie in ``keys/`` of the configuration folder (PKCS #8, readable by their owner alone), trusted ones in ``trust/``
(SubjectPublicKeyInfo); both are PEM, so that openssl reads them too. A key's ID is what securesystemslib computes: SHA-256
of the key's canonical JSON.
"""

import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization as forms
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from securesystemslib.signer import CryptoSigner, SSlibKey

from hopsdrill.core.errors import PreconditionError
from hopsdrill.core.paths import config_dir


NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
RUNNER = "runner"  # signs what a run leaves; made when the first run needs it


@dataclass(frozen=True)
class KnownKey:
    """A public key with the name it has here.

    Attributes:
        own: its private half is on this machine.
    """

    name: str
    key: SSlibKey
    own: bool

    @property
    def keyid(self) -> str:
        """64 hexadecimal digits."""
        return str(self.key.keyid)


class KeyStore:
    """The keys of one user.

    Args:
        folder: holds ``keys/`` and ``trust/``; the user's configuration folder unless given.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = config_dir() if folder is None else folder

    def new(self, name: str) -> KnownKey:
        """Make a key pair.

        Raises:
            PreconditionError: the name is no name, or there is such a key already.
        """
        path = self._path("keys", name)
        if path.exists():
            msg = f"There is a key {name!r} already ({path}); it was not replaced."
            raise PreconditionError(msg, hint="choose another name")
        key = Ed25519PrivateKey.generate()
        secret = key.private_bytes(forms.Encoding.PEM, forms.PrivateFormat.PKCS8, forms.NoEncryption())
        public = key.public_key().public_bytes(forms.Encoding.PEM, forms.PublicFormat.SubjectPublicKeyInfo)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with open(path, "xb", opener=lambda file, flags: os.open(file, flags, 0o600)) as file:
            file.write(secret)
        path.with_suffix(".pub").write_bytes(public)
        return KnownKey(name, SSlibKey.from_crypto(key.public_key()), own=True)

    def signer(self, name: str) -> CryptoSigner:
        """What signs with an own key.

        Raises:
            PreconditionError: there is none, it is no Ed25519 key, or others may read it.
        """
        path = self._path("keys", name)
        return signer_of(path)

    def runner(self) -> CryptoSigner:
        """The key that signs runs; made now if there is none."""
        if not self._path("keys", RUNNER).exists():
            self.new(RUNNER)
        return self.signer(RUNNER)

    def trust(self, public: Path, name: str) -> KnownKey:
        """Trust a public key from now on.

        Raises:
            PreconditionError: the file holds no Ed25519 public key, or the name is taken by another one.
        """
        key, path = public_key(public), self._path("trust", name).with_suffix(".pub")
        if path.exists() and public_key(path).keyid != key.keyid:
            msg = f"Another key is trusted as {name!r} already ({path}); nothing was changed."
            raise PreconditionError(msg, hint="choose another --name, or remove that file")
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.write_bytes(public.read_bytes())
        return KnownKey(name, key, own=False)

    def own(self) -> list[KnownKey]:
        """Keys whose private half is here, by name."""
        return [KnownKey(path.stem, public_key(path), own=True) for path in self._public("keys")]

    def trusted(self) -> list[KnownKey]:
        """Keys whose signatures count here, by name."""
        return [KnownKey(path.stem, public_key(path), own=False) for path in self._public("trust")]

    def _public(self, kind: str) -> list[Path]:
        return sorted((self.folder / kind).glob("*.pub"))

    def _path(self, kind: str, name: str) -> Path:
        if not NAME.fullmatch(name):
            msg = f"{name!r} is no name for a key."
            raise PreconditionError(msg, hint="lower-case letters, digits, dots, dashes; at most 64")
        return self.folder / kind / f"{name}.pem"


def signer_of(path: Path) -> CryptoSigner:
    """What signs with the private key of a PEM file.

    Raises:
        PreconditionError: there is none, it is no unencrypted Ed25519 key, or others may read it.
    """
    hint = "`hopsdrill keys new NAME` makes one"
    try:
        shared = stat.S_IMODE(path.stat().st_mode) & 0o077
        key = forms.load_pem_private_key(path.read_bytes(), None)
    except OSError as error:
        msg = f"Tried to read the private key {path}; the system said: {error.strerror}."
        raise PreconditionError(msg, hint=hint) from error
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        msg = f"{path} holds no private key that can be read without a passphrase."
        raise PreconditionError(msg, hint=hint) from error
    if shared:
        msg = f"The private key {path} may be read by others."
        raise PreconditionError(msg, hint=f"chmod 600 {path}, and ask who has read it")
    if not isinstance(key, Ed25519PrivateKey):
        msg = f"{path} holds a key of another kind than Ed25519."
        raise PreconditionError(msg, hint=hint)
    return CryptoSigner(key, SSlibKey.from_crypto(key.public_key()))


def public_key(path: Path) -> SSlibKey:
    """The public key of a PEM file.

    Raises:
        PreconditionError: the file cannot be read, or holds no Ed25519 public key.
    """
    hint = "a public key is the .pub file that `hopsdrill keys new` names"
    try:
        key = forms.load_pem_public_key(path.read_bytes())
    except OSError as error:
        msg = f"Tried to read the public key {path}; the system said: {error.strerror}."
        raise PreconditionError(msg, hint=hint) from error
    except (ValueError, UnsupportedAlgorithm) as error:
        msg = f"{path} holds no public key in PEM."
        raise PreconditionError(msg, hint=hint) from error
    if not isinstance(key, Ed25519PublicKey):
        msg = f"{path} holds a key of another kind than Ed25519."
        raise PreconditionError(msg, hint=hint)
    return SSlibKey.from_crypto(key)
