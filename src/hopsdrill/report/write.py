"""Writing a run's artefacts, and the last look for secrets before anyone gets them."""

from pathlib import Path

from hopsdrill.core.errors import SecretFoundError
from hopsdrill.core.files import put
from hopsdrill.core.garbage import uncollected
from hopsdrill.core.redact import REDACTOR
from hopsdrill.journal import read
from hopsdrill.model.events import Entry
from hopsdrill.report.build import build
from hopsdrill.report.junit import junit
from hopsdrill.report.model import Report
from hopsdrill.report.render import html, markdown


def write(folder: Path) -> Report:
    """Write report.json, report.html, report.md and junit.xml from a run's journal; each whole or not at all.

    Raises:
        JournalError: the journal does not open, or the disk refuses.
        SecretFoundError: an artefact held a secret; it was removed.
    """
    with uncollected():
        entries = read(folder)
        report = build(folder, entries)
        for name, text in forms(report, entries).items():
            put(folder / name, text)
    _scan(folder)
    return report


def forms(report: Report, entries: tuple[Entry, ...]) -> dict[str, str]:
    """The text of each form of a report, by file name; the same journal and evidence give the same bytes."""
    return {
        "report.json": report.to_json(),
        "report.html": html(report, entries),
        "report.md": markdown(report),
        "junit.xml": junit(report),
    }


def _scan(folder: Path) -> None:
    holding = [path for path in sorted(folder.rglob("*")) if path.is_file() and _holds_secret(path)]
    for path in holding:
        path.unlink()
    if holding:
        names = ", ".join(str(path.relative_to(folder)) for path in holding)
        msg = f"A secret was found in {names} of {folder}; what held it was removed."
        raise SecretFoundError(msg, hint="report this: a secret was not registered before it was written")


def _holds_secret(path: Path) -> bool:
    return REDACTOR.found_in(path.read_bytes().decode(errors="replace"))
