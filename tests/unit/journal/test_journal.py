"""The journal: written ahead, chained, and refused when it was changed."""

import json
import os
import signal
import subprocess
import sys
import threading
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from journal_tape import write
from sample_journal import passing

from hopsdrill.core.errors import JournalError
from hopsdrill.core.redact import REDACTOR
from hopsdrill.journal import Journal, read
from hopsdrill.journal.chain import GENESIS, canonical, sha256
from hopsdrill.journal.writer import NAME
from hopsdrill.model import events as ev
from hopsdrill.verdict import Verdict, judge


def note(text):
    """A remark."""
    return ev.Noted(topic="diagnosis", text=text)


def test_what_is_written_is_read_back(tmp_path):
    """Every event of a whole run comes back equal, numbered from 0, and judged alike."""
    journal = Journal(tmp_path)
    for timed in passing():
        journal.append(timed.event)
    journal.close()

    entries = read(tmp_path)
    assert [entry.event for entry in entries] == [timed.event for timed in passing()]
    assert [entry.seq for entry in entries] == list(range(len(entries)))
    assert judge(entries).verdict is Verdict.PASS


def test_a_journal_from_before_a_field_was_added_is_read(tmp_path):
    """Its chain is that of what was written then, and a journal that was a pass stays one."""
    before, lines = GENESIS, []
    for number, timed in enumerate(passing()):
        event = timed.event.model_dump(mode="json")
        event.pop("share" if event["type"] == "run.started" else "objectives", None)
        body = {"seq": number, "at": "2026-11-26T12:00:00.000Z", "mono_ms": timed.ms, "event": event, "prev": before}
        before = sha256(canonical(body))
        lines.append(canonical({**body, "hash": before}))
    (tmp_path / NAME).write_bytes(b"\n".join(lines) + b"\n")
    assert judge(read(tmp_path)).verdict is Verdict.PASS


@pytest.mark.parametrize("change", [(b":", b": "), (b'"seq":', b'"seq":0,"seq":')])
def test_a_line_that_says_the_same_in_other_bytes_is_refused(tmp_path, change):
    """With a space, or a key said twice."""
    folder = write(tmp_path / "run", passing())
    path = folder / NAME
    path.write_bytes(path.read_bytes().replace(*change, 1))
    with pytest.raises(JournalError, match="line 1"):
        read(folder)


def test_sample_covers_the_events_of_a_good_run():
    """The sample journal has every kind of event but those of a bad end, of a time-stamp service and of somebody's word."""
    kinds = {type(timed.event) for timed in passing()}

    other = {
        ev.NotConducted,
        ev.RunInterrupted,
        ev.InternalFailure,
        ev.ArtefactWithheld,
        ev.TimeStamped,
        ev.PhaseAttested,
    }
    assert set(ev.Event.__origin__.__args__) - kinds == other


def test_entry_is_on_disk_when_append_returns(tmp_path):
    """Another process killed right after append has left the entry behind."""
    code = (
        "import os, signal, sys; from pathlib import Path; from hopsdrill.journal import Journal;"
        "from hopsdrill.model.events import Noted;"
        "Journal(Path(sys.argv[1])).append(Noted(topic='diagnosis', text='last words'));"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    ended = subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False)

    assert ended.returncode == -signal.SIGKILL
    assert [entry.event.text for entry in read(tmp_path)] == ["last words"]


def test_torn_last_line_is_left_out(tmp_path):
    """What a kill leaves of a line is no entry, and no error."""
    path = write(tmp_path, passing()) / "journal.ndjson"
    whole = len(read(tmp_path))
    path.write_bytes(path.read_bytes()[:-7])

    assert len(read(tmp_path)) == whole - 1


def test_second_journal_in_a_folder_is_refused(tmp_path):
    """A run never continues another's journal."""
    Journal(tmp_path).close()

    with pytest.raises(JournalError, match="File exists"):
        Journal(tmp_path)


def test_missing_journal_says_what_to_name(tmp_path):
    """The hint names the folder of a run."""
    with pytest.raises(JournalError, match="reports/<run-id>"):
        read(tmp_path)


@pytest.mark.parametrize("change", ["drop", "swap", "repeat", "forge"])
def test_changed_journal_is_refused_with_its_line(tmp_path, change):
    """A dropped, swapped, repeated or rewritten line breaks the chain, and its number is named."""
    path = write(tmp_path, passing()) / "journal.ndjson"
    lines = path.read_bytes().splitlines(keepends=True)
    if change == "drop":
        del lines[5]
    elif change == "swap":
        lines[5], lines[6] = lines[6], lines[5]
    elif change == "repeat":
        lines.insert(5, lines[4])
    else:
        lines[5] = lines[5].replace(b'"proofs":[', b'"proofs":["x",', 1)
    path.write_bytes(b"".join(lines))

    with pytest.raises(JournalError, match="line 6"):
        read(tmp_path)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_any_flipped_bit_is_found(tmp_path, data):
    """One bit changed anywhere in a journal never goes unnoticed, unless it only tears off the last line."""
    folder = tmp_path / "run"
    path = write(folder, passing()[:6]) / "journal.ndjson"
    original, before = bytearray(path.read_bytes()), read(folder)
    place = data.draw(st.integers(0, len(original) - 1))
    original[place] ^= 1 << data.draw(st.integers(0, 7))
    path.write_bytes(original)

    try:
        after = read(folder)
    except JournalError:
        return
    assert after == before[: len(after)]
    assert place == len(original) - 1


def test_secret_never_reaches_the_disk(tmp_path, monkeypatch):
    """A registered value is masked in the entry and in the file."""
    monkeypatch.setattr(REDACTOR, "_forms", set())
    REDACTOR.register("correct-horse-battery")
    journal = Journal(tmp_path)
    entry = journal.append(note("the password is correct-horse-battery"))
    journal.close()

    assert entry.event.text == "the password is [redacted]"
    assert b"correct-horse" not in (tmp_path / "journal.ndjson").read_bytes()


def test_threads_share_one_chain(tmp_path):
    """Writers in several threads interleave whole entries."""
    journal = Journal(tmp_path)
    threads = [
        threading.Thread(target=lambda name=name: [journal.append(note(f"{name}-{n}")) for n in range(25)])
        for name in "abcd"
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    journal.close()

    texts = [entry.event.text for entry in read(tmp_path)]
    assert len(texts) == 100
    assert [text for text in texts if text.startswith("a-")] == [f"a-{n}" for n in range(25)]


def test_full_disk_is_an_error_of_ours(tmp_path):
    """A disk that refuses stops the run with a message, not a traceback of the system's; nothing is appended after it."""
    journal = Journal(tmp_path)
    journal._file.close()
    journal._file = open("/dev/full", "wb")  # noqa: SIM115, PTH123 - as the journal holds its own

    with pytest.raises(JournalError, match="No space left"):
        journal.append(note("no room"))
    with pytest.raises(JournalError, match="could not be written before"):
        journal.append(note("still no room"))
    with pytest.raises(OSError, match="No space"):
        journal._file.close()


def test_a_refused_fsync_is_nobodys_success(tmp_path, monkeypatch):
    """The system tells of it once; whoever shares that fsync, or comes later, hears of it too."""
    journal, asked = Journal(tmp_path), []

    def refuse(descriptor):
        asked.append(descriptor)
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("hopsdrill.journal.writer.os.fsync", refuse)
    for _ in range(2):
        with pytest.raises(JournalError):
            journal.append(note("lost"))
    journal.close()
    assert len(asked) == 1


def test_entries_given_together_have_one_fsync(tmp_path, monkeypatch):
    """A hundred at once cost the disk what one costs; threads at once share theirs."""
    synced, real = [], os.fsync
    journal = Journal(tmp_path)
    monkeypatch.setattr("hopsdrill.journal.writer.os.fsync", lambda file: synced.append(file) or real(file))

    journal.append_all([note(str(number)) for number in range(100)])
    assert len(synced) == 1
    threads = [threading.Thread(target=journal.append, args=(note("at once"),)) for _ in range(40)]
    with journal._disk:  # while one fsync goes on, forty entries are written
        for thread in threads:
            thread.start()
        while journal._written < 140:
            time.sleep(0.001)
    for thread in threads:
        thread.join()
    journal.close()

    assert len(synced) == 2
    assert len(read(tmp_path)) == 140


def test_lines_are_canonical_json(tmp_path):
    """Sorted keys, no spaces: the same entry always has the same bytes."""
    path = write(tmp_path, passing()) / "journal.ndjson"

    for line in path.read_text().splitlines():
        assert line == json.dumps(json.loads(line), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
