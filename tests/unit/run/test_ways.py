"""Restores asked for in other ways count only by what was seen of them."""

from types import SimpleNamespace

import judged
import pytest

from hopsdrill.proof.key import Key
from hopsdrill.proof.prints import printed
from hopsdrill.run import in_place, installation, repeated, told, unending, unready
from hopsdrill.run.installation import InVain
from hopsdrill.run.repeated import Answer
from hopsdrill.run.unending import Unended


KEY = Key()
JOBS = ["restore-1", "setup-1"]


def refused(left, named, code=1, own=None):
    """An answer that names one marker."""
    return Answer(tuple(left), code, f"Job {named} has ended", own if own is not None else f"Job {left[0]} says")


def test_every_marker_has_to_stand_in_the_way():
    """Refused twice, each time by another one, by helm and by hopsdrill."""
    good = (refused(JOBS, "restore-1"), refused(["setup-1"], "setup-1"))
    assert repeated.faults(good, JOBS) == []


@pytest.mark.parametrize(
    ("answers", "fault"),
    [
        ((refused(JOBS, "restore-1"), refused(["setup-1"], "setup-1", code=0)), "1 markers left: accepted"),
        ((refused(JOBS, "another"),), "2 markers left: refused without naming one"),
        ((refused(JOBS, "restore-1", own="nothing of it"),), "2 markers left: hopsdrill would have let it pass"),
        ((refused(JOBS, "restore-1"),), "setup-1: never stood in the way"),
    ],
)
def test_a_repetition_that_one_marker_does_not_hinder_is_red(answers, fault):
    """Each for itself."""
    assert fault in repeated.faults(answers, JOBS)


def restored(**seen):
    """A restore of which this was seen."""
    said = {"velero": {}, "gave_up": "exit code 1: timed out", "under_way": JOBS[:1], "serving": object(), **seen}
    backup = SimpleNamespace(main={"metadata": {"name": "main-2"}}, users={"metadata": {"name": "users-2"}})
    return SimpleNamespace(backup=backup, restored=SimpleNamespace(**said))


def velero(*names):
    """Restores of these Backups."""
    return {f"restore-{name}": {"spec": {"backupName": name}} for name in names}


@pytest.mark.parametrize(
    ("taken", "passed"),
    [(("main-2", "users-2"), True), (("main-1", "users-2"), False), (("main-2",), False), ((), False)],
)
def test_velero_has_to_restore_just_the_wanted_backups(taken, passed):
    """Another one, one less, none."""
    site = judged.site()
    in_place.prove_velero(site, restored(velero=velero(*taken)), named=True)
    assert site.proofs["velero-took-the-named-backups"][0] is passed


@pytest.mark.parametrize("but", [{"gave_up": ""}, {"under_way": []}, {"serving": None}])
def test_a_timeout_needs_helm_to_give_up_jobs_at_work_and_a_good_end(but):
    """Each of the three."""
    site = judged.site()
    in_place.prove_gave_up(site, restored())
    assert site.proofs["helm-gave-up-while-the-restore-went-on"][0]
    other = judged.site()
    in_place.prove_gave_up(other, restored(**but))
    assert not other.proofs["helm-gave-up-while-the-restore-went-on"][0]


@pytest.mark.parametrize(
    ("seen", "passed"),
    [
        ({"hopsfs-inplace-restore-2": "complete"}, True),
        ({"hopsfs-inplace-restore-2": "failed"}, False),
        ({"hopsfs-inplace-restore-1": "complete"}, False),
        ({"hopsfs-inplace-restore-1": "complete", "hopsfs-inplace-restore-2": "complete"}, False),
        ({}, False),
    ],
)
def test_the_file_system_follows_the_global_id_alone(monkeypatch, seen, passed):
    """Its Job under another ID, beside it or instead, is red."""
    monkeypatch.setattr(in_place.markers, "standing", lambda *_: seen)
    site = judged.site()
    in_place.prove_global_id(site, "2", "1")
    assert site.proofs["file-system-followed-the-global-id"][0] is passed


@pytest.mark.parametrize(
    ("said", "left", "differences", "passed"),
    [
        ("JOB is under way", "running", ["document lost"], (True, True)),
        ("", "running", ["document lost"], (False, True)),
        ("JOB is under way", "complete", ["document lost"], (False, True)),
        ("JOB is under way", "running", [], (True, False)),
    ],
)
def test_a_restore_that_did_not_end_is_told_as_such(monkeypatch, said, left, differences, passed):
    """Taken for ended, or all there: red."""
    job = "opensearch-restore-default-default-7"
    backup = SimpleNamespace(others={"opensearch": SimpleNamespace(id="7")})
    aim = SimpleNamespace(backup=backup, snapshot=SimpleNamespace(contents={"opensearch": {}}))
    monkeypatch.setattr(unending, "content_differences", lambda *_: ({}, differences))
    site = judged.site()
    unending.prove_unended(site, aim, Unended(said.replace("JOB", job), 90.0, {job: left}), KEY)
    names = ("restore-is-told-as-not-ended", "documents-have-not-come-back")
    assert tuple(site.proofs[name][0] for name in names) == passed


@pytest.mark.parametrize(("own", "passed"), [("the backups cannot be reached", True), ("", False), ("else", False)])
def test_a_lack_is_refused_for_its_own_reason(own, passed):
    """Let pass, or for another reason: red."""
    site = judged.site()
    lacking = SimpleNamespace(said="cannot be reached")
    unready.prove_own(site, SimpleNamespace(lacking=lacking, own=own))
    assert site.proofs["refused-before-anything-was-asked"][0] is passed


@pytest.mark.parametrize(
    ("found", "passed"),
    [(["table[7] amount"], True), ([], False), (["another"], False), (["table[7] amount", "another"], False)],
)
def test_the_comparison_names_what_was_planted_and_nothing_else(found, passed):
    """Nothing, something else, and something more are red."""
    site = judged.site()
    told.prove_named(site, "table[7] amount", found)
    assert site.proofs["comparison-names-what-was-planted"][0] is passed


RECORD = "ConfigMap hopsworks/rondb-backups-metadata data"


def test_only_a_backup_recorded_after_the_recovery_point_is_no_difference():
    """An entry that was lost or changed is one, and so is one of before."""
    lines = [
        f'{RECORD}.2: absent -> "x"',
        f'{RECORD}.1: "x" -> absent',
        f'{RECORD}.2: "x" -> "y"',
        f'{RECORD}.0: absent -> "x"',
    ]
    assert told.without_later_backups(lines, {"2"}) == lines[1:]


DATABASE = "the bucket holds no such backup of the database"
SEARCH = "the search engine's Job says that there is no such snapshot"


@pytest.mark.parametrize(
    ("why", "seen", "passed"),
    [
        (DATABASE, InVain("Refused: the bucket b holds nothing of rondb below rondb_backup/100110000/.", {}), True),
        (DATABASE, InVain("something else", {}), False),
        (DATABASE, InVain("opensearch: there is no snapshot 100110000", {}), False),
        (SEARCH, InVain("Job x failed: opensearch: there is no snapshot 1", {}), True),
        (SEARCH, InVain("it timed out", {}), False),
        (DATABASE, InVain("", {"hopsfs": ["file lost"]}), False),
        ("files are missing", InVain("", {"hopsfs": ["file lost"]}), True),
        ("files are missing", InVain("", {"hopsfs": [], "opensearch": ["document lost"]}), False),
        ("files are missing", InVain("it failed", {}), False),
    ],
)
def test_an_installation_in_vain_is_told_by_its_own_reason(why, seen, passed):
    """Another reason, another store, a good end: red."""
    site = judged.site()
    installation.prove_told(site, seen, why)
    assert site.proofs["installation-is-told-as-no-restore"][0] is passed


def test_what_the_payload_leaves_out_must_not_be_there_and_all_else_must(monkeypatch):
    """Left out by nobody, or something more left out: red."""
    index = installation.LEFT_OUT
    whole = {title: printed({"a": title}, KEY) for title in (f"index {index}", f"document {index}/1", "index projects")}
    recovered = SimpleNamespace(snapshot=SimpleNamespace(contents={"opensearch": whole}))
    rest = {"index projects": whole["index projects"]}
    for live, wrong, passed in ((rest, [], True), (whole, [], False), ({}, ["index projects: lost"], False)):
        monkeypatch.setattr(installation, "content_differences", lambda *_, found=live, bad=wrong: (found, bad))
        site = judged.site()
        installation.prove_left_out(site, recovered, KEY)
        assert site.proofs["documents-but-those-left-out-match-the-snapshot"][0] is passed
