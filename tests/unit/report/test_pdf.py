"""A report as a PDF: what is refused, and what a browser that misbehaves leads to. A real browser prints in tests/browser."""

import pytest

from hopsdrill.adapters import chromium
from hopsdrill.core.errors import DeadlineExceeded, OperationError, PreconditionError, UsageError
from hopsdrill.report.pdf import pdf


@pytest.fixture
def folder(tmp_path):
    """A run's folder with a report."""
    made = tmp_path / "a-run"
    made.mkdir()
    (made / "report.html").write_text("<!doctype html><title>made up</title>")
    return made


@pytest.fixture
def standin(tmp_path, monkeypatch):
    """Puts a stand-in of a Chromium, which does what it is told, on a PATH that has nothing else."""

    def put(script):
        programs = tmp_path / "programs"
        programs.mkdir()
        monkeypatch.setattr(chromium, "search_path", lambda: str(programs))
        if script:
            program = programs / "chromium-browser"
            program.write_text(f"#!/bin/sh\n{script}\n")
            program.chmod(0o755)

    return put


PRINTS = 'for each in "$@"; do case "$each" in --print-to-pdf=*) printf "%%PDF-1.4 %s" "$*" >"${each#*=}";; esac; done'


def test_the_pdf_lies_beside_the_folder(folder, standin):
    """The browser is told the page, a profile of its own, and to fetch nothing; the profile is gone afterwards."""
    standin(PRINTS)
    made = pdf(folder)
    said = made.read_text()
    assert made == folder.with_name("a-run.pdf")
    assert said.endswith(f"{(folder / 'report.html').as_uri()}")
    assert all(flag in said for flag in ("--headless", "--disable-background-networking", "--user-data-dir="))
    profile = said.partition("--user-data-dir=")[2].split()[0]
    assert not chromium.Path(profile).exists()
    assert [each.name for each in folder.iterdir()] == ["report.html"]


def test_it_can_lie_elsewhere(folder, standin, tmp_path):
    """Where it is told to."""
    standin(PRINTS)
    assert pdf(folder, tmp_path / "papers" / "drill.pdf").read_text().startswith("%PDF-")


def test_without_a_browser_it_says_what_was_tried(folder, standin):
    """The names, the PATH, and what to do next."""
    standin("")
    with pytest.raises(
        PreconditionError, match=r"tried chromium, chromium-browser, google-chrome.*none is there"
    ) as told:
        pdf(folder)
    assert "programs" in str(told.value)
    assert "print report.html from any browser" in told.value.hint


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("echo no display >&2; exit 1", "no display"),
        ("echo cannot write >&2", "made no PDF of .*\n.*cannot write"),
        (PRINTS.replace("%%PDF", "oops"), "made no PDF"),
    ],
)
def test_a_browser_that_misbehaves_leaves_nothing(folder, standin, script, said):
    """Its words are in the error, and no half PDF lies anywhere."""
    standin(script)
    with pytest.raises(OperationError, match=said):
        pdf(folder)
    assert not folder.with_name("a-run.pdf").exists()


def test_a_browser_that_hangs_is_ended(folder, standin, monkeypatch):
    """A deadline of its own."""
    standin("sleep 60")
    monkeypatch.setattr(chromium, "TIMEOUT", 1.0)
    with pytest.raises(DeadlineExceeded, match="did not end within 1 s"):
        pdf(folder)


def test_a_run_without_a_report_is_told(tmp_path):
    """And how to write it."""
    with pytest.raises(UsageError, match="is not there") as told:
        pdf(tmp_path)
    assert "hopsdrill report build" in told.value.hint


def test_nothing_is_added_to_a_runs_folder(folder):
    """A file that the manifest does not name would make the run look changed."""
    with pytest.raises(UsageError, match="verify` fail"):
        pdf(folder, folder / "papers" / "report.pdf")
    assert [each.name for each in folder.iterdir()] == ["report.html"]
