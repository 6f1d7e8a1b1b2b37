"""The exit code of an error that ends a command."""

from hopsdrill.core import errors
from hopsdrill.verdict import ExitStatus


OF_ERROR: tuple[tuple[type[errors.DrillError], ExitStatus], ...] = (
    (errors.UsageError, ExitStatus.USAGE),
    (errors.PlanError, ExitStatus.USAGE),
    (errors.PreconditionError, ExitStatus.NOT_CONDUCTED),
    (errors.InterlockError, ExitStatus.NOT_CONDUCTED),
    (errors.OperationError, ExitStatus.NOT_CONDUCTED),
    (errors.VerificationError, ExitStatus.FAIL),
    (errors.JournalError, ExitStatus.NOT_JUDGEABLE),
    (errors.SecretFoundError, ExitStatus.WITHHELD),
)


def of_error(error: errors.DrillError) -> int:
    """The status; what is not listed is our own defect."""
    if isinstance(error, errors.InterruptedRun):
        return 128 + error.signum
    return next((int(status) for kind, status in OF_ERROR if isinstance(error, kind)), int(ExitStatus.INTERNAL))
