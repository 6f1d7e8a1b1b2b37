"""The digest of a state of things: how many there are, and the sum of their hashes; parts of a state add up to the whole."""

from dataclasses import dataclass


DIGITS = 16  # hexadecimal digits of a SHA-256 that make the hash of one thing: 64 bits


@dataclass(frozen=True)
class Digest:
    """Count of the things, and the exact sum of their hashes, which does not care about order and counts equal ones."""

    count: int
    total: int

    def __add__(self, other: "Digest") -> "Digest":
        return Digest(self.count + other.count, self.total + other.total)

    def __str__(self) -> str:
        return f"{self.count}, digest {self.total:024x}"


EMPTY = Digest(0, 0)
