"""The same journal gives the same bytes, whatever the machine's time zone, language, encoding, hash seed, umask and place."""

import sys

import journal_tape as tape
import pytest
import sample_journal as sample
from same_bytes import FORMS, written

from hopsdrill.model import events as ev


HERE = {"TZ": "UTC", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "0"}
ELSEWHERE = {
    "fourteen hours ahead": {"TZ": "Pacific/Kiritimati"},
    "half an hour aside, with summer time": {"TZ": "America/St_Johns"},
    "another hash seed": {"PYTHONHASHSEED": "4242"},
    "yet another hash seed": {"PYTHONHASHSEED": "77"},
    "another language": {"LC_ALL": "de_DE.UTF-8", "LANG": "de_DE.UTF-8", "LANGUAGE": "de"},
    "no encoding but ASCII": {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    "optimised": {"PYTHONOPTIMIZE": "1"},
    "all at once": {"TZ": "Asia/Kathmandu", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONHASHSEED": "9"},
}


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A run that failed, with texts that ASCII does not have."""
    events = tape.replaced(
        sample.passing(),
        ev.ProofRecorded,
        {"proof": "rows-match-the-snapshot"},
        status=ev.Status.FAILED,
        differences=["größe[7] betrag: 1.00 -> 2.00", "naïve — “quoted” 漢字"],
    )
    evidence = {**sample.EVIDENCE, "größe.txt": ("ä\n", "text/plain")}
    return tape.write(tmp_path_factory.mktemp("run") / "run", events, evidence)


@pytest.fixture(scope="module")
def here(run, tmp_path_factory):
    """What is written with plain settings."""
    return written(sys.executable, run, tmp_path_factory.mktemp("here") / "run", **HERE)


@pytest.mark.parametrize("name", ELSEWHERE)
def test_the_same_journal_gives_the_same_bytes_elsewhere(run, here, tmp_path, name):
    """Every form of the report, byte for byte."""
    there = written(sys.executable, run, tmp_path / "another place" / "copy", **{**HERE, **ELSEWHERE[name]})
    assert [form for form in FORMS if there[form] != here[form]] == []


def test_the_bytes_hold_what_could_differ(here):
    """Times, texts beyond ASCII and sets of names are in them, so that equality means something."""
    text = here["report.json"].decode()
    assert "漢字" in text
    assert "2026-11-24T15:20:00.000Z" in text
    assert text.count("stand_ins") > 3
