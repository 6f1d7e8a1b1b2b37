"""One run: prepared, conducted, cleaned up, and everything of it in its journal."""

from hopsdrill.run.execute import Order, Session, execute
from hopsdrill.run.session import Drill


__all__ = ["Drill", "Order", "Session", "execute"]
