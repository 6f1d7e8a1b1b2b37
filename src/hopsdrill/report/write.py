"""Writing a run's artefacts, and the last look for secrets before anyone gets them."""

import os
from pathlib import Path

from hopsdrill.core.errors import JournalError, SecretFoundError
from hopsdrill.core.redact import REDACTOR
from hopsdrill.journal import read
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
    entries = read(folder)
    report = build(folder, entries)
    texts = {
        "report.json": report.to_json(),
        "report.html": html(report, entries),
        "report.md": markdown(report),
        "junit.xml": junit(report),
    }
    for name, text in texts.items():
        _put(folder / name, text)
    _scan(folder)
    return report


def _put(path: Path, text: str) -> None:
    draft = path.with_name(f".{path.name}.draft")
    try:
        draft.write_text(text)
        os.replace(draft, path)  # noqa: PTH105 - atomicity is the point, and it has this name
    except OSError as error:
        msg = f"Tried to write {path}; the system said: {error.strerror}."
        raise JournalError(msg, hint="free space, then `hopsdrill report build`") from error


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
