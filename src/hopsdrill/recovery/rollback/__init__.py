"""Object-version rollback: every key under a prefix back to the state it had at a time; no version is ever removed."""

from hopsdrill.recovery.rollback.ledger import Ledger
from hopsdrill.recovery.rollback.order import Rollback
from hopsdrill.recovery.rollback.plan import Deed
from hopsdrill.recovery.rollback.tally import NAMED, Tally


__all__ = ["NAMED", "Deed", "Ledger", "Rollback", "Tally"]
