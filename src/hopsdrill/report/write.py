"""Writing a run's artefacts."""

from pathlib import Path

from hopsdrill.core.files import put
from hopsdrill.core.garbage import uncollected
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
        SecretFoundError: an artefact would hold a secret; it was not written.
    """
    with uncollected():
        entries = read(folder)
        report = build(folder, entries)
        for name, text in forms(report, entries).items():
            put(folder / name, text)
    return report


def forms(report: Report, entries: tuple[Entry, ...]) -> dict[str, str]:
    """The text of each form of a report, by file name; the same journal and evidence give the same bytes."""
    return {
        "report.json": report.to_json(),
        "report.html": html(report, entries),
        "report.md": markdown(report),
        "junit.xml": junit(report),
    }
