"""A Chromium without a window: prints a page, or looks at it."""

import os
import shutil
import tempfile
from pathlib import Path

from hopsdrill.core.errors import OperationError, PreconditionError
from hopsdrill.core.files import put
from hopsdrill.core.process import Completed, run, search_path, tail


NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
TIMEOUT = 180.0  # seconds; a page of a hundred thousand journal entries takes half of it on two cores
# It fetches nothing by itself, and leaves nothing: its profile is a folder of its own.
QUIET = (
    "--headless",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--disable-component-update",
    "--disable-background-networking",
    "--no-first-run",
)


def find() -> Path:
    """The first Chromium on the PATH.

    Raises:
        PreconditionError: there is none.
    """
    path = search_path()
    found = next((each for name in NAMES if (each := shutil.which(name, path=path))), None)
    if found is None:
        msg = f"A Chromium is needed to make a PDF; tried {', '.join(NAMES)} in {path}, and none is there."
        raise PreconditionError(
            msg, hint="install one (Debian: apt-get install chromium), or print report.html from any browser"
        )
    return Path(found).absolute()


def visit(page: Path, *flags: str, program: Path | None = None) -> Completed:
    """Open a page of this machine.

    Args:
        page: an HTML file.
        flags: what to do with it, such as ``--dump-dom``.
        program: the Chromium; that on the PATH unless given.

    Raises:
        PreconditionError: there is no Chromium.
        OperationError: it ended badly.
        DeadlineExceeded: it did not end within 180 s.
    """
    # its sandbox cannot be set up by root; the pages are our own, and their policy allows no script
    root = ("--no-sandbox",) if os.geteuid() == 0 else ()
    with tempfile.TemporaryDirectory(prefix="hopsdrill-chromium-", ignore_cleanup_errors=True) as profile:
        own = (*QUIET, *root, f"--user-data-dir={profile}")
        return run([program or find(), *own, *flags, page.resolve().as_uri()], timeout=TIMEOUT)


def print_pdf(page: Path, target: Path, program: Path | None = None) -> None:
    """Print a page to a PDF, whole or not at all.

    Raises:
        PreconditionError: there is no Chromium.
        OperationError: it ended badly, or left no PDF.
        DeadlineExceeded: it did not end within 180 s.
    """
    with tempfile.TemporaryDirectory(prefix="hopsdrill-pdf-") as folder:
        made = Path(folder) / "page.pdf"
        said = visit(page, "--no-pdf-header-footer", f"--print-to-pdf={made}", program=program)
        if not made.is_file() or not made.read_bytes().startswith(b"%PDF-"):
            msg = f"`{said.argv[0]}` ended well but made no PDF of {page}; it said:\n{tail(said.stderr) or '(nothing)'}"
            raise OperationError(msg, hint="print report.html from any browser")
        put(target, made.read_bytes())
