"""What was changed in a store after the backup, by the titles its proof uses, so that each change can be seen to have taken effect."""

from dataclasses import dataclass

from hopsdrill.core.words import told


@dataclass(frozen=True)
class Changed:
    """Titles of things that say something else now, that are gone, and that are new."""

    changed: tuple[str, ...] = ()
    deleted: tuple[str, ...] = ()
    added: tuple[str, ...] = ()

    def unseen(self, differences: list[str], additional: list[str]) -> list[str]:
        """Which of them a comparison with the state before does not show."""
        said = [each for each in self.changed if not any(line.startswith(f"{each} ") for line in differences)]
        said += [each for each in self.deleted if f"{each}: missing" not in differences]
        return said + [each for each in self.added if each not in additional]

    def __str__(self) -> str:
        return told({kind: ", ".join(getattr(self, kind)) for kind in ("changed", "deleted", "added")})
