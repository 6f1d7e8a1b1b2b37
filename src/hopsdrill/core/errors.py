"""The errors hopsdrill raises.

::

    DrillError
    ├── UsageError            the command line cannot be carried out as written
    ├── PlanError             a plan, profile or feature cannot be used; names file and line
    ├── PreconditionError     the environment is not ready: the drill is not conducted
    ├── InterlockError        a gate before harm stayed shut: the drill is not conducted
    ├── OperationError        an operation ended badly (exit code, phase, refusal)
    │   ├── BackupDamaged     a backup lacks something, or what lies in the bucket cannot be read
    │   ├── DeadlineExceeded  it did not end in its time
    │   └── ConnectionLost    the other side went away; what was under way may or may not have taken effect
    ├── VerificationError     a proof failed: expected and observed differ
    ├── JournalError          the journal cannot be written, or does not open
    ├── SecretFoundError      an artefact holds a secret and is withheld
    ├── InternalError         a broken promise of our own
    └── InterruptedRun        SIGINT or SIGTERM

Each message says what was tried and what was seen; ``hint`` says what to do next.
A client library's exception never leaves ``hopsdrill.adapters``: it is the ``__cause__`` of one of these.
"""


class DrillError(Exception):
    """Base of all errors meant for a user.

    Args:
        message: what was tried and what was seen, in one or two sentences.
        hint: what to do next; printed on a line of its own.
    """

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}\n  next: {self.hint}" if self.hint else self.message


class UsageError(DrillError):
    """The command line cannot be carried out as written."""


class PlanError(DrillError):
    """A plan, profile or feature cannot be used."""


class PreconditionError(DrillError):
    """The environment is not ready; nothing was touched."""


class InterlockError(DrillError):
    """A gate before harm stayed shut; nothing was touched."""


class OperationError(DrillError):
    """An operation ended badly."""


class BackupDamaged(OperationError):  # noqa: N818 - a finding about the backup, not about us
    """A backup lacks something, or what lies in the bucket of it cannot be read."""


class DeadlineExceeded(OperationError):  # noqa: N818 - the field's word for it
    """An operation did not end in its time; the last observation is in the message."""


class ConnectionLost(OperationError):  # noqa: N818 - it is an event, not a defect
    """The other side went away; what was under way may or may not have taken effect."""


class VerificationError(DrillError):
    """A proof failed: expected and observed differ."""


class JournalError(DrillError):
    """The journal cannot be written, or does not open."""


class SecretFoundError(DrillError):
    """An artefact holds a secret and is withheld."""


class InternalError(DrillError):
    """A promise of our own code is broken; please report it."""


class InterruptedRun(DrillError):  # noqa: N818 - it is an event, not a defect
    """SIGINT or SIGTERM reached the run."""

    def __init__(self, signum: int) -> None:
        super().__init__(f"The run was interrupted by signal {signum}.", hint="hopsdrill gc cleans up; see the report")
        self.signum = signum
