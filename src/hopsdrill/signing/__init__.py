"""Signed statements: an Ed25519 key's signature over in-toto statements in DSSE envelopes; of runs, sign-offs and seals."""

from hopsdrill.signing.keys import KeyStore, KnownKey


__all__ = ["KeyStore", "KnownKey"]
