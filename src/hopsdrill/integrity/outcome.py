"""What checking a folder can find, and the exit codes for it."""

from dataclasses import dataclass, field
from enum import IntEnum


class VerifyStatus(IntEnum):
    """Exit codes of ``hopsdrill report verify``; in the order of precedence where several hold, INTACT last.

    2 and 3 are, as everywhere, a wrong call and an internal failure.
    """

    CHANGED = 1
    TRUNCATED = 10
    UNLISTED = 11
    VERDICT_DIFFERS = 12
    OTHER_CHALLENGE = 13
    UNKNOWN_KEY = 14
    UNSIGNED = 15
    SIGN_OFF_INVALID = 16
    STAMP_INVALID = 17
    INTACT = 0

    @property
    def meaning(self) -> str:
        """One line for people."""
        return MEANINGS[self]


MEANINGS = {
    VerifyStatus.INTACT: "every file is as it was signed, by a trusted key, and the verdict follows from the journal",
    VerifyStatus.CHANGED: "a file differs from what was signed, or is missing",
    VerifyStatus.TRUNCATED: "the journal ends before the entry that was signed as its last",
    VerifyStatus.UNLISTED: "the folder holds a file that the manifest does not name",
    VerifyStatus.VERDICT_DIFFERS: "verdict or report do not follow from the journal, whoever signed them",
    VerifyStatus.OTHER_CHALLENGE: "the run was not begun with the challenge it was asked to answer",
    VerifyStatus.UNKNOWN_KEY: "the signature is by a key that is not trusted here",
    VerifyStatus.UNSIGNED: "there is no signature: anybody may have written this",
    VerifyStatus.SIGN_OFF_INVALID: "a sign-off does not hold: another folder, an unknown key, or not four eyes",
    VerifyStatus.STAMP_INVALID: "a time stamp does not hold: missing, of other bytes, or by no service that is trusted here",
}


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong, with the file it is about."""

    status: VerifyStatus
    file: str
    text: str


@dataclass
class Verification:
    """Everything that was found.

    Attributes:
        faults: in the order of looking.
        verdict: as computed again from the journal; None where it does not open or the drill was not conducted.
        signer: name or ID of the key that signed; empty where unsigned.
        sign_offs: role and key of each sign-off that holds.
        stamps: what was stamped, and when.
        unchecked: what was not looked at, and why.
    """

    faults: list[Fault] = field(default_factory=list)
    verdict: str | None = None
    signer: str = ""
    sign_offs: list[str] = field(default_factory=list)
    stamps: list[str] = field(default_factory=list)
    unchecked: list[str] = field(default_factory=list)

    def add(self, status: VerifyStatus, file: str, text: str) -> None:
        """Note a fault."""
        self.faults.append(Fault(status, file, text))

    @property
    def status(self) -> VerifyStatus:
        """The one that counts."""
        found = {fault.status for fault in self.faults}
        return next((status for status in VerifyStatus if status in found), VerifyStatus.INTACT)
