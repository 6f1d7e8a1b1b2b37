"""Whoever holds a run's folder and a public key finds any change to it, and any verdict that does not follow."""

import json
import random
import shutil
import sys

import journal_tape as tape
import pytest
import sample_journal as sample
import signed_run

from hopsdrill.integrity import VerifyStatus, attest, sign_off, verify
from hopsdrill.integrity.manifest import ATTESTATION, NAME
from hopsdrill.journal import read
from hopsdrill.journal.withhold import INTENT
from hopsdrill.model import events as ev
from hopsdrill.report import build


KEYS = [signed_run.known(name) for name in ("runner", "approver")]
RANDOM_PLACES = 1000
SHARES = 4  # of the sweep, so that it is dealt to several processes


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    """A signed folder; tests work on copies."""
    return signed_run.make(tmp_path_factory.mktemp("signed") / "run")


@pytest.fixture(scope="module")
def other(tmp_path_factory):
    """Another run of the same plan, with the same evidence, signed by the same key."""
    return signed_run.make(tmp_path_factory.mktemp("other") / "run", begun_with("another"))


@pytest.fixture
def folder(original, tmp_path):
    """A copy to spoil."""
    return shutil.copytree(original, tmp_path / "run")


def begun_with(challenge: str) -> list[tape.Timed]:
    """The passing run, begun with an auditor's challenge."""
    first, *rest = sample.passing()
    return [first._replace(event=first.event.model_copy(update={"challenge": challenge})), *rest]


def statuses(folder, keys=KEYS, challenge=""):
    """All that is wrong, by file."""
    return {(fault.status, fault.file) for fault in verify(folder, keys, challenge).faults}


def test_an_untouched_folder_is_intact(folder):
    """Nothing is found, and the verdict is computed again."""
    found = verify(folder, KEYS)
    assert (found.status, found.faults, found.verdict, found.signer) == (VerifyStatus.INTACT, [], "PASS", "runner")


def test_every_file_is_listed(folder):
    """Journal, intent, reports, evidence and its index."""
    paths = {each["path"] for each in json.loads((folder / NAME).read_text())["files"]}
    assert paths >= {
        "journal.ndjson",
        INTENT,
        "report.json",
        "report.html",
        "report.md",
        "junit.xml",
        "evidence/index.ndjson",
    }
    assert len(paths) == 7 + len(sample.EVIDENCE)


def flip(data: bytes, place: int, _: random.Random) -> bytes:
    """One bit another way."""
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]


def drop(data: bytes, place: int, _: random.Random) -> bytes:
    """One byte less."""
    return data[:place] + data[place + 1 :]


def truncate(data: bytes, place: int, _: random.Random) -> bytes:
    """Everything from here on is gone."""
    return data[:place]


def add(data: bytes, place: int, _: random.Random) -> bytes:
    """One byte more."""
    return data[:place] + b" " + data[place:]


def reorder(data: bytes, place: int, chance: random.Random) -> bytes:
    """Two lines, or two bytes, change places."""
    lines = data.splitlines(keepends=True)
    if len(lines) > 1:
        first, second = chance.sample(range(len(lines)), 2)
        lines[first], lines[second] = lines[second], lines[first]
        return b"".join(lines)
    return data[:place][::-1] + data[place:]


def splice(data: bytes, place: int, chance: random.Random) -> bytes:
    """A piece from elsewhere in the file stands here too."""
    other = chance.randrange(len(data))
    return data[:place] + data[other : other + 40] + data[place:]


WAYS = [flip, drop, truncate, add, reorder, splice]


def files_of(folder):
    """Every file, by its path in the folder."""
    return sorted(path.relative_to(folder) for path in folder.rglob("*") if path.is_file())


def places(folder, share):
    """Every file with each way of spoiling it, and then random places: a share of them."""
    chance = random.Random(4711 + share)  # noqa: S311 - a repeatable sweep
    files = files_of(folder)
    every = [(file, way) for file in files for way in WAYS][share::SHARES]
    every += [(chance.choice(files), chance.choice(WAYS)) for _ in range(RANDOM_PLACES // SHARES)]
    for file, way in every:
        yield file, way, chance.randrange((folder / file).stat().st_size), chance


@pytest.mark.parametrize("share", range(SHARES))
def test_a_sweep_over_every_file_and_a_thousand_places_finds_every_change(folder, share):
    """Flipped, dropped, truncated, added to, reordered, spliced: none passes for intact, a sign-off's file no more than others."""
    sign_off(folder, "approver", "seen", signed_run.signer("approver"))
    assert verify(folder, KEYS).status is VerifyStatus.INTACT
    tried, missed = 0, []
    for file, way, place, chance in places(folder, share):
        path, data = folder / file, (folder / file).read_bytes()
        spoiled = way(data, place, chance)
        if spoiled == data:
            continue
        path.write_bytes(spoiled)
        tried += 1
        if verify(folder, KEYS).status is VerifyStatus.INTACT:
            missed.append((file, way.__name__, place))
        path.write_bytes(data)
    assert missed == []
    assert tried > RANDOM_PLACES // SHARES


def test_no_file_of_another_run_is_taken_for_this_ones(folder, other):
    """Each that differs, put in the place of its namesake, is named; of a foreign attestation, what does not fit it is."""
    differing = [file for file in files_of(folder) if (folder / file).read_bytes() != (other / file).read_bytes()]
    assert {"journal.ndjson", INTENT, ATTESTATION, NAME, "report.json"} <= {str(file) for file in differing}
    for file in differing:
        held = (folder / file).read_bytes()
        shutil.copy(other / file, folder / file)
        named = "journal.ndjson" if str(file) == ATTESTATION else str(file)
        assert (VerifyStatus.CHANGED, named) in statuses(folder), file
        (folder / file).write_bytes(held)


def test_entries_of_another_run_do_not_continue_this_one(folder, other):
    """The beginning of one journal with the end of another, of whichever length: the first foreign entry is named."""
    path = folder / "journal.ndjson"
    lines, foreign = (each.read_bytes().splitlines(keepends=True) for each in (path, other / "journal.ndjson"))
    for place in range(1, len(lines), 7):
        path.write_bytes(b"".join(lines[:place] + foreign[place:]))
        faults = [fault for fault in verify(folder, KEYS).faults if fault.file == "journal.ndjson"]
        assert [fault.status for fault in faults] == [VerifyStatus.CHANGED]
        assert f"line {place + 1}:" in faults[0].text


def test_evidence_that_changes_places_is_found(folder):
    """Each file's content is some file's, but not its own."""
    one, two, *_ = (path for path in files_of(folder) if path.parent.name == "evidence" and path.suffix == "")
    held = (folder / one).read_bytes()
    shutil.copy(folder / two, folder / one)
    (folder / two).write_bytes(held)
    assert statuses(folder) == {(VerifyStatus.CHANGED, str(one)), (VerifyStatus.CHANGED, str(two))}


def test_a_whole_folder_of_another_run_is_that_run(other, tmp_path):
    """An older run in place of this one is as it was signed; only the challenge tells."""
    assert verify(other, KEYS).status is VerifyStatus.INTACT
    assert statuses(other, challenge="this-one") == {(VerifyStatus.OTHER_CHALLENGE, "journal.ndjson")}


@pytest.mark.parametrize("file", ["report.html", "evidence/index.ndjson", "junit.xml", INTENT])
def test_a_missing_file_is_named(folder, file):
    """Whatever it is."""
    (folder / file).unlink()
    assert (VerifyStatus.CHANGED, file) in statuses(folder)


def test_a_file_more_is_named(folder):
    """Also in a folder of its own."""
    (folder / "evidence" / "extra").write_text("planted")
    (folder / "note.txt").write_text("planted")
    assert statuses(folder) == {(VerifyStatus.UNLISTED, "evidence/extra"), (VerifyStatus.UNLISTED, "note.txt")}


def test_a_link_is_no_file(folder, tmp_path):
    """Its target could change without the folder changing."""
    (folder / "link").symlink_to(tmp_path)
    assert statuses(folder) == {(VerifyStatus.UNLISTED, "link")}


def test_a_journal_without_its_end_is_truncated(folder):
    """The chain is whole up to there; the attestation knows how long it was."""
    path = folder / "journal.ndjson"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:-3]))
    found = verify(folder, KEYS)
    assert (VerifyStatus.TRUNCATED, "journal.ndjson") in {(fault.status, fault.file) for fault in found.faults}
    assert f"after entry {len(lines) - 3} of {len(lines)}" in str(found.faults)


def test_a_changed_entry_is_named_by_its_line(folder):
    """The first bad one."""
    path = folder / "journal.ndjson"
    lines = path.read_bytes().splitlines(keepends=True)
    lines[4] = lines[4].replace(b'"seq":4', b'"seq":5')
    path.write_bytes(b"".join(lines))
    faults = [fault for fault in verify(folder, KEYS).faults if fault.file == "journal.ndjson"]
    assert [fault.status for fault in faults] == [VerifyStatus.CHANGED]
    assert "line 5" in faults[0].text


def test_no_signature_is_told_apart(folder):
    """Anybody may have written this."""
    (folder / ATTESTATION).unlink()
    assert statuses(folder) == {(VerifyStatus.UNSIGNED, ATTESTATION)}


def test_an_unknown_key_is_told_apart(folder):
    """Whoever made the whole folder anew cannot make the runner's signature."""
    signed_run.sign(folder, "stranger")
    assert statuses(folder) == {(VerifyStatus.UNKNOWN_KEY, ATTESTATION)}
    assert verify(folder, KEYS).status is VerifyStatus.UNKNOWN_KEY


def test_a_signer_who_forges_the_verdict_is_found_out(folder):
    """A report that says PASS over a journal that says otherwise, properly signed: the verdict does not follow."""
    failing = [
        each._replace(event=each.event.model_copy(update={"status": ev.Status.FAILED}))
        if isinstance(each.event, ev.ProofRecorded) and each.event.proof == "rows-match-the-snapshot"
        else each
        for each in sample.passing()
    ]
    forged = signed_run.make(folder.with_name("forged"), failing)
    assert verify(forged, KEYS).verdict == "FAIL"
    for name in ("report.json", "report.html", "report.md", "junit.xml"):
        shutil.copy(folder / name, forged / name)
    told = build(folder, read(folder))
    attest(forged, told, read(forged), signed_run.signer("runner"))
    found = verify(forged, KEYS)
    assert found.status is VerifyStatus.VERDICT_DIFFERS
    assert (found.verdict, {fault.file for fault in found.faults}) == (
        "FAIL",
        {"report.json", "report.html", "report.md", "junit.xml", ATTESTATION},
    )


def test_the_challenge_is_signed_before_the_run(tmp_path):
    """The right one passes, another is told apart."""
    folder = signed_run.make(tmp_path / "run", begun_with("n-7781"))
    assert statuses(folder, challenge="n-7781") == set()
    assert statuses(folder, challenge="n-9999") == {(VerifyStatus.OTHER_CHALLENGE, "journal.ndjson")}


def test_an_intent_of_another_run_is_found(tmp_path):
    """The statement signed before the run has to be about this journal's beginning."""
    folder, other = (signed_run.make(tmp_path / name, begun_with(name)) for name in ("one", "two"))
    shutil.copy(other / INTENT, folder / INTENT)
    signed_run.sign(folder)
    assert statuses(folder) == {(VerifyStatus.CHANGED, INTENT)}


def test_a_report_that_tells_another_story_is_found(folder):
    """A signer's own report, signed, with the right verdict and a better story: it is not what the journal makes it."""
    page = folder / "report.html"
    page.write_text(page.read_text().replace("not installed in this lab", "restored in this lab"))
    attest(folder, build(folder, read(folder)), read(folder), signed_run.signer("runner"))
    assert statuses(folder) == {(VerifyStatus.VERDICT_DIFFERS, "report.html")}


def test_what_was_not_compared_is_said(folder, monkeypatch):
    """The report of a long journal unless asked for, and one that another version wrote."""
    checks = sys.modules["hopsdrill.integrity.verify"]  # the package has a function of that name
    monkeypatch.setattr(checks, "COMPARED", 10)
    found = verify(folder, KEYS)
    assert (found.status, len(found.unchecked)) == (VerifyStatus.INTACT, 1)
    assert "--full" in found.unchecked[0]
    assert verify(folder, KEYS, full=True).unchecked == []
    monkeypatch.setattr(checks, "__version__", "99")
    assert "and this is 99" in verify(folder, KEYS, full=True).unchecked[0]
