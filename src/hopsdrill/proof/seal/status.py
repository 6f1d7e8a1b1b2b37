"""What checking a backup set against its seal can find, and the exit codes for it."""

from enum import IntEnum

from hopsdrill.core.errors import VerificationError


class SealStatus(IntEnum):
    """Exit codes of ``hopsdrill backups check``; in the order of precedence where several hold, INTACT last.

    2, 3 and 4 are, as everywhere, a wrong call, an internal failure, and a bucket or cluster that cannot be read.
    """

    SEAL_CHANGED = 10
    OTHER_SET = 13
    UNKNOWN_KEY = 14
    DIFFERS = 1
    NOT_ALL_READ = 8
    INTACT = 0

    @property
    def meaning(self) -> str:
        """One line for people."""
        return MEANINGS[self]


MEANINGS = {
    SealStatus.SEAL_CHANGED: "the seal itself is cut off or changed: its bytes are not those that were signed",
    SealStatus.OTHER_SET: "the seal is of another backup set",
    SealStatus.UNKNOWN_KEY: "the seal is signed by a key that is not trusted here",
    SealStatus.DIFFERS: "the backup set is not as it was sealed: something is truncated, changed, swapped, missing or extra",
    SealStatus.NOT_ALL_READ: "nothing is known to be wrong, but something the seal names could not be read",
    SealStatus.INTACT: "every object and record of the set is as it was sealed",
}


class SealError(VerificationError):
    """A seal that proves nothing.

    Args:
        status: why.
        message: what was seen.
    """

    def __init__(self, status: SealStatus, message: str, *, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.status = status
