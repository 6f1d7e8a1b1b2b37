"""Which statements are proved, by which scenarios, how strongly, and when last."""

from hopsdrill.coverage.page import page
from hopsdrill.coverage.proven import Proof, proven
from hopsdrill.coverage.static import Covered, Row, covered


__all__ = ["Covered", "Proof", "Row", "covered", "page", "proven"]
