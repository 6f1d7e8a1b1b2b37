"""Backup sets: which backups of the stores belong together, which are whole, and how each set is restored.

Facts are read (`read`), then pure functions make sets of them (`sets`), newest first by start time and never by the ID:
an ID is made of calendar year, ISO week and weekday, so around New Year it does not grow with time, and it comes back.
"""

from hopsdrill.recovery.sets.facts import Facts, Storage, Stored, VeleroBackup
from hopsdrill.recovery.sets.group import BackupSet, sets
from hopsdrill.recovery.sets.match import Backup, Mark
from hopsdrill.recovery.sets.read import read
from hopsdrill.recovery.sets.restorable import Restorable


__all__ = ["Backup", "BackupSet", "Facts", "Mark", "Restorable", "Storage", "Stored", "VeleroBackup", "read", "sets"]
