"""Going on with a killed run's journal."""

import journal_tape as tape
import pytest
import sample_journal as sample

from hopsdrill.core.errors import JournalError
from hopsdrill.journal import read, resume
from hopsdrill.model import events as ev


def test_a_torn_journal_goes_on_where_it_was_whole(tmp_path):
    """The torn line is cut, the chain goes on, times go on."""
    folder = tape.write(tmp_path / "run", sample.passing()[:30])
    with (folder / "journal.ndjson").open("ab") as file:
        file.write(b'{"seq": 30')
    journal = resume(folder)
    journal.append(ev.Noted(topic="diagnosis", text="later"))
    journal.close()
    entries = read(folder)
    assert [entry.seq for entry in entries] == list(range(31))
    assert entries[30].mono_ms >= entries[29].mono_ms


def test_a_tampered_journal_is_not_continued(tmp_path):
    """Nobody writes on behind a broken chain."""
    folder = tape.write(tmp_path / "run", sample.passing()[:30])
    path = folder / "journal.ndjson"
    path.write_bytes(path.read_bytes().replace(b"10000", b"99999"))
    with pytest.raises(JournalError, match="broken"):
        resume(folder)


def test_an_empty_journal_is_not_continued(tmp_path):
    """There is nothing to go on with."""
    (tmp_path / "journal.ndjson").write_bytes(b'{"torn')
    with pytest.raises(JournalError, match="no whole entry"):
        resume(tmp_path)
