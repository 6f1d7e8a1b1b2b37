"""With which values a set is restored: the global ID alone, or with overrides."""

from dataclasses import dataclass, field

from hopsdrill.model.profile import Profile
from hopsdrill.recovery.sets.facts import MAIN, USERS
from hopsdrill.recovery.sets.match import NEVER, Backup, Mark


SEPARATE = frozenset({"registry"})  # backed up and restored apart from the platform, so the global ID does not reach it
VELERO = {MAIN: "velero_main", USERS: "velero_users"}
COMMON = "spec.backupName of the Velero Restore"  # what every Velero takes, where the profile names no value


@dataclass(frozen=True)
class Restorable:
    """How a set is restored.

    Attributes:
        possible: it is complete, and the platform has a value for everything that must be said.
        backup_id: the global ID.
        overrides: what must be said beside it: dotted path of a value, and the ID.
        why_not: empty when it is possible.
    """

    possible: bool
    backup_id: str = ""
    overrides: dict[str, str] = field(default_factory=dict)
    why_not: str = ""

    def __str__(self) -> str:
        if not self.possible:
            return f"no: {self.why_not}"
        if not self.overrides:
            return f"the global ID {self.backup_id} alone"
        return f"the global ID {self.backup_id} with {len(self.overrides)} override{'s' if len(self.overrides) > 1 else ''}"


def restorable(own: dict[str, Backup], *, judged_complete: bool, every: list[Backup], profile: Profile) -> Restorable:
    """What must be said to restore a set; the database's ID is the global one, for the file system follows it."""
    if not judged_complete:
        return Restorable(possible=False, why_not="it is not complete")
    common, values, said, lacking = own["rondb"].id, profile.restore_values, {}, []
    for store, each in own.items():
        if store in VELERO:
            if each.id != _latest(store, every):
                said[values.get(VELERO[store], f"{COMMON}, {store}")] = each.id
        elif each.id != common or store in SEPARATE:
            path = values.get(f"{store}_id", "")
            if path:
                said[path] = each.id
            else:
                lacking.append(store)
    if lacking:
        return Restorable(
            possible=False, backup_id=common, why_not=f"the profile names no value for the ID of {', '.join(lacking)}"
        )
    return Restorable(possible=True, backup_id=common, overrides=said)


def _latest(store: str, every: list[Backup]) -> str:
    """What is restored when nothing is said: the newest by start that Velero holds to be good."""
    good = [each for each in every if each.store == store and each.mark in {Mark.COMPLETE, Mark.UNVERIFIED}]
    return max(good, key=lambda each: each.start or NEVER).id
