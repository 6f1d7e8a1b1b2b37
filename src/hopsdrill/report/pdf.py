"""report.html as a PDF, for those who file paper; an extra that needs a Chromium."""

from pathlib import Path

from hopsdrill.adapters.chromium import print_pdf
from hopsdrill.core.errors import UsageError


def pdf(folder: Path, out: Path | None = None) -> Path:
    """Print a run's report.html; the PDF lies beside the run's folder, because a signed folder takes no new file.

    Args:
        folder: a run's folder.
        out: the PDF's path; ``<run-id>.pdf`` beside the folder unless given.

    Raises:
        UsageError: there is no report, or the PDF was to lie inside the folder.
        PreconditionError: there is no Chromium.
        OperationError: it made no PDF.
    """
    page = folder / "report.html"
    if not page.is_file():
        msg = f"Tried to print {page}; it is not there."
        raise UsageError(msg, hint=f"name a run's folder; `hopsdrill report build {folder}` writes its report anew")
    whole = folder.resolve()
    target = out or whole.with_name(f"{whole.name}.pdf")
    if target.resolve().is_relative_to(whole):
        msg = f"{target} was not written: what is added to a run's folder after its end makes `hopsdrill report verify` fail."
        raise UsageError(
            msg, hint=f"leave --out away, which writes {whole.name}.pdf beside the folder, or name a place outside"
        )
    print_pdf(page, target)
    return target
