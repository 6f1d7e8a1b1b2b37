"""The run's own random key: digests in a report can neither be looked up nor guessed at from outside."""

import hashlib
import hmac
import secrets

from hopsdrill.core.redact import REDACTOR


SHOWN = 12  # hexadecimal digits of a digest shown in differences; enough to tell two apart


class Key:
    """32 random bytes, known to one run only; or those beside a seal, by which its fingerprints are compared.

    Args:
        known: the bytes; drawn now unless given.
    """

    def __init__(self, known: bytes | None = None) -> None:
        self._bytes = secrets.token_bytes(32) if known is None else known
        REDACTOR.register(self.text)

    @property
    def text(self) -> str:
        """The key as hexadecimal text, for digests that a database computes."""
        return self._bytes.hex()

    def digest(self, value: str | bytes) -> str:
        """HMAC-SHA-256, hexadecimal."""
        data = value.encode() if isinstance(value, str) else value
        return hmac.new(self._bytes, data, hashlib.sha256).hexdigest()

    def short(self, value: str | bytes) -> str:
        """The first digits of ``digest``, for people."""
        return self.digest(value)[:SHOWN]
