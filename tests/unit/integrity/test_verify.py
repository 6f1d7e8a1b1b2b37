"""Whoever holds a run's folder and a public key finds any change to it, and any verdict that does not follow."""

import json
import random
import shutil

import journal_tape as tape
import pytest
import sample_journal as sample
import signed_run

from hopsdrill.integrity import VerifyStatus, attest, verify
from hopsdrill.integrity.attest import INTENT
from hopsdrill.integrity.manifest import ATTESTATION, NAME
from hopsdrill.journal import read
from hopsdrill.model import events as ev
from hopsdrill.report import build


KEYS = [signed_run.known("runner")]
RANDOM_PLACES = 1000


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    """A signed folder; tests work on copies."""
    return signed_run.make(tmp_path_factory.mktemp("signed") / "run")


@pytest.fixture
def folder(original, tmp_path):
    """A copy to spoil."""
    return shutil.copytree(original, tmp_path / "run")


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


def places(folder):
    """Every file with each way of spoiling it, and then random places."""
    chance = random.Random(4711)  # noqa: S311 - a repeatable sweep
    files = sorted(path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    for file in files:
        for way in WAYS:
            yield file, way, chance.randrange((folder / file).stat().st_size), chance
    for _ in range(RANDOM_PLACES):
        file = chance.choice(files)
        yield file, chance.choice(WAYS), chance.randrange((folder / file).stat().st_size), chance


def test_a_sweep_over_every_file_and_a_thousand_places_finds_every_change(folder):
    """Flipped, dropped, truncated, added to, reordered, spliced: none passes for intact."""
    tried, missed = 0, []
    for file, way, place, chance in places(folder):
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
    assert tried > RANDOM_PLACES


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


def begun_with(challenge: str) -> list[tape.Timed]:
    """The passing run, begun with an auditor's challenge."""
    first, *rest = sample.passing()
    return [first._replace(event=first.event.model_copy(update={"challenge": challenge})), *rest]


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
