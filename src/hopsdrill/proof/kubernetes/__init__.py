"""Kubernetes objects' proofs: what is compared (``normal``), where it is read from (``live``, ``archive``)."""

from hopsdrill.proof.kubernetes.archive import from_backup
from hopsdrill.proof.kubernetes.live import read
from hopsdrill.proof.kubernetes.normal import Fingerprint
from hopsdrill.proof.prints import Comparison, compare


__all__ = ["Comparison", "Fingerprint", "compare", "from_backup", "read"]
