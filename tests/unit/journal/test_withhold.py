"""The last look for secrets in what a run has left."""

import json

import journal_tape as tape
import pytest
import sample_journal as sample
import signed_run

from hopsdrill.cli.run import leave
from hopsdrill.core.redact import REDACTOR
from hopsdrill.integrity import VerifyStatus, verify
from hopsdrill.journal import read, withhold
from hopsdrill.journal.withhold import INTENT
from hopsdrill.model import events as ev
from hopsdrill.report import build
from hopsdrill.signing import KeyStore


LATE = "s3cr3t-known-too-late"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A run that has ended and is not reported yet; no secret is known so far, and keys are of this test."""
    monkeypatch.setattr(REDACTOR, "_forms", set())
    monkeypatch.setenv("HOPSDRILL_CONFIG", str(tmp_path / "config"))
    return tape.write(tmp_path / "run", sample.passing(), sample.EVIDENCE)


def said(folder):
    """What the journal says was withheld."""
    events = [entry.event for entry in read(folder) if isinstance(entry.event, ev.ArtefactWithheld)]
    return {event.artefact: event.what for event in events}


def everything(folder):
    """All bytes of a folder, and its files' names."""
    return b"".join(path.name.encode() + path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def test_what_holds_no_secret_stays_as_it_is(folder):
    """Not a byte changes."""
    before = everything(folder)
    REDACTOR.register(LATE)
    assert withhold(folder) == []
    assert everything(folder) == before


def test_evidence_with_a_secret_is_removed_and_named(folder):
    """The run ends with 9, its verdict is what it was, the report names the file, and the folder verifies."""
    REDACTOR.register("Happy Helming")
    report = leave(folder)
    digest = sample.DIGEST["helm-upgrade.txt"]

    assert said(folder) == {f"evidence/{digest}": "it held a secret, and was removed"}
    assert (report.verdict, report.exit_code) == ("PASS", 9)
    assert report.fields.redaction.withheld == [f"evidence/{digest}: it held a secret, and was removed"]
    assert {each.state for each in report.fields.evidence if each.digest == digest} == {"withheld"}
    assert b"Happy Helming" not in everything(folder)
    assert verify(folder, KeyStore().own()).status is VerifyStatus.INTACT


def test_an_entry_written_before_its_secret_was_known_is_masked(folder):
    """The journal stays, chained anew from there; what was before keeps its bytes, so that what was signed over it holds."""
    signer = KeyStore().runner()
    signed_run.declare(folder, signer)
    before, lines = read(folder), (folder / "journal.ndjson").read_bytes().splitlines()
    place = next(entry.seq for entry in before if "marker of the earlier restore" in str(entry.event))
    REDACTOR.register("marker of the earlier restore")
    report = leave(folder)

    assert list(said(folder)) == ["journal.ndjson"]
    assert f"entries {place} held a secret" in said(folder)["journal.ndjson"]
    assert report.exit_code == 9
    assert (folder / "journal.ndjson").read_bytes().splitlines()[:place] == lines[:place]
    assert len(read(folder)) == len(before) + 1
    assert verify(folder, KeyStore().own()).status is VerifyStatus.INTACT


def test_a_secret_in_the_first_entry_takes_what_was_signed_over_it(folder):
    """An intent over an entry that is not there any more would make the folder look tampered with."""
    signed_run.declare(folder, KeyStore().runner())
    REDACTOR.register("Head of operations")
    leave(folder)

    assert {"journal.ndjson", INTENT} <= set(said(folder))
    assert not (folder / INTENT).exists()
    assert b"Head of operations" not in everything(folder)
    assert verify(folder, KeyStore().own()).status is VerifyStatus.INTACT


def test_a_file_past_the_one_way_to_write_is_found(folder):
    """Also in a name of the evidence's index, in base64, and wrapped."""
    (folder / "evidence" / "dump").write_text("aGVsbG8gczNjcjN0LWtub3duLXRvby1sYXRl")
    (folder / "wrapped.txt").write_text(f"  {LATE[:9]}\n  {LATE[9:]}\n")
    index = folder / "evidence" / "index.ndjson"
    lines = [json.loads(line) for line in index.read_text().splitlines()]
    index.write_text("".join(json.dumps({**line, "name": f"log-{LATE}"}) + "\n" for line in lines))
    REDACTOR.register(LATE)

    assert withhold(folder) == ["evidence/dump", "evidence/index.ndjson", "wrapped.txt"]
    assert {path.name for path in folder.iterdir()} == {"journal.ndjson", "evidence"}
    assert build(folder, read(folder)).fields.evidence[0].names == ["log-[redacted]"]


def test_a_signed_folder_is_looked_through_too(folder):
    """What gc goes on with may hold what is known only now."""
    signed_run.sign(folder)
    REDACTOR.register("Happy Helming")
    leave(folder)
    assert b"Happy Helming" not in everything(folder)
    assert verify(folder, KeyStore().own()).status is VerifyStatus.INTACT
