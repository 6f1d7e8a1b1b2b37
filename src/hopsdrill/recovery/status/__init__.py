"""Whether a platform's backups are enabled, judged from outside: facts are read, then a pure function judges them."""

from hopsdrill.recovery.status.facts import Facts, read
from hopsdrill.recovery.status.judge import judge
from hopsdrill.recovery.status.model import Finding, Level, Service, Status


__all__ = ["Facts", "Finding", "Level", "Service", "Status", "judge", "read"]
