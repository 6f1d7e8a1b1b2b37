"""The proofs of the scenarios about Velero: each is red for its own wrong observation, and green without one."""

import io
import json
import tarfile
from dataclasses import replace
from types import SimpleNamespace

import pytest
from plain_velero import Cluster, backup, site

from hopsdrill.core.errors import OperationError, VerificationError
from hopsdrill.faults import archive
from hopsdrill.proof.key import Key
from hopsdrill.recovery.location import Location, Synced
from hopsdrill.recovery.velero import State
from hopsdrill.run import corner as corners
from hopsdrill.run import listing, locations, objects_of, synced, velero_ends, velero_objects
from hopsdrill.run.corner import Corner
from hopsdrill.run.listing import Answer, Records
from hopsdrill.run.locations import Tried
from hopsdrill.run.synced import Waited
from hopsdrill.run.velero_ends import Ended
from hopsdrill.run.velero_objects import Refused


KEY = Key()
PLACE = Location("bsl", "k8s", "secret")
CORNER = Corner(
    "c",
    PLACE,
    {"main": "p", "users": "q"},
    {"newer": {"main": "m2", "users": "u2"}, "older": {"main": "m1", "users": "u1"}},
)


def ended(phase, said="why", *, refused=None, seconds=1.0, deadline=60.0) -> Ended:
    """A backup that ended, told as velero.await_end tells it."""
    state = State(phase, said)
    text = f"ended as {state}" if phase != "Completed" else ""
    return Ended("Backup", "b", state, text if refused is None else refused, seconds, deadline, {})


@pytest.mark.parametrize(
    ("seen", "phase", "said", "green"),
    [
        (ended("Failed"), "Failed", "why", True),
        (ended("Completed", "1 warnings"), "Completed", "1 warnings", True),
        (ended("PartiallyFailed"), "Failed", "why", False),
        (ended("Failed", "something else"), "Failed", "why", False),
        (ended("Failed", refused=""), "Failed", "why", False),
        (ended("Completed", refused="refused: Completed: why"), "Completed", "why", False),
        (ended("Failed", seconds=61), "Failed", "why", False),
    ],
)
def test_an_end_is_told_with_its_reason_in_time_and_only_completed_is_a_success(seen, phase, said, green):
    """Another phase, another reason, a success that is none, a refusal that is none, or too late."""
    here = site(Cluster())
    velero_ends.prove_end(here, seen, phase, said)
    assert here.recorder.proofs == {"end-is-told-with-its-reason": green}


@pytest.mark.parametrize(
    ("found", "green"),
    [
        ([backup("users", "b", phase="Failed")], True),
        ([backup("users", "b")], False),
        ([], False),
    ],
)
def test_a_backup_that_is_counted_is_found(found, green):
    """It must be there, too, or there would be nothing to count."""
    here = site(Cluster(Backup=found))
    velero_ends.prove_not_counted(here, CORNER, ended("Failed"))
    assert here.recorder.proofs == {"backup-is-not-counted": green}


@pytest.mark.parametrize(
    ("seen", "green"),
    [
        (ended("InProgress", refused="last seen: InProgress", seconds=4, deadline=4), True),
        (ended("InProgress", refused="last seen: InProgress", seconds=1, deadline=4), False),
        (ended("InProgress", refused="last seen: InProgress", seconds=9, deadline=4), False),
        (ended("Failed", seconds=4, deadline=4), False),
        (ended("Completed", seconds=4, deadline=4), False),
    ],
)
def test_what_is_under_way_is_neither_an_end_nor_a_success(seen, green):
    """Too early, too late, or an end."""
    here = site(Cluster())
    velero_ends.prove_under_way(here, seen)
    assert here.recorder.proofs == {"under-way-is-no-end": green}


def test_an_end_afterwards_that_is_not_completed_is_red():
    """Cut short by somebody."""
    for phase, green in (("Completed", True), ("Failed", False)):
        here = site(Cluster(Backup=[backup("users", "b", phase=phase)]))
        velero_ends.prove_own_end(here, ended("InProgress"))
        assert here.recorder.proofs == {"it-went-on-to-its-own-end": green}


def tried(phase, said="", seconds=10.0, before=()) -> Tried:
    """A location that was awaited for ten seconds."""
    return Tried(PLACE, State(phase, "m"), said, seconds, 10.0, before)


def keys(*names):
    """A bucket with these keys."""
    return SimpleNamespace(
        entries=lambda prefix: [SimpleNamespace(key=name) for name in names if name.startswith(prefix)]
    )


@pytest.mark.parametrize(
    ("seen", "green"),
    [(tried("Available"), True), (tried("Unavailable", "Unavailable"), False), (tried("Available", seconds=30), False)],
)
def test_a_location_that_is_not_available_in_time_is_red(seen, green):
    """By phase and time."""
    here = site(Cluster())
    locations.prove_available(here, seen)
    assert here.recorder.proofs == {"location-is-available": green}


FOLDER = CORNER.root


@pytest.mark.parametrize(
    ("seen", "there", "greens"),
    [
        (tried("Unavailable", "Unavailable: NoSuchBucket"), [], (True, True)),
        (tried("Unavailable", "Unavailable: something else"), [], (False, True)),
        (tried("Unavailable", "NoSuchBucket"), [], (False, True)),
        (tried("Available"), [], (False, True)),
        (tried("Unavailable", "Unavailable: NoSuchBucket", seconds=2), [], (False, True)),
        (tried("Unavailable", "Unavailable: NoSuchBucket", seconds=60), [], (False, True)),
        (tried("Unavailable", "Unavailable: NoSuchBucket"), [f"{FOLDER}x"], (True, False)),
        (tried("Unavailable", "Unavailable: NoSuchBucket", before=(f"{FOLDER}x",)), [f"{FOLDER}x"], (True, True)),
    ],
)
def test_a_wait_for_an_unusable_location_must_end_in_time_with_phase_and_reason(seen, there, greens):
    """And nothing may have been written."""
    here = site(Cluster(), keys(*there))
    locations.prove_unavailable(here, CORNER, seen, "NoSuchBucket")
    assert tuple(here.recorder.proofs.values()) == greens


@pytest.mark.parametrize(
    ("known", "phase", "green"),
    [
        ({"main": "m2", "users": "u2"}, "Completed", True),
        ({"main": "m1", "users": "u2"}, "Completed", False),
        ({"main": "m2", "users": "u2"}, "Failed", False),
    ],
)
def test_other_backups_than_the_latest_completed_ones_are_not_the_wanted_ones(known, phase, green):
    """The older one, or one that failed."""
    here = site(Cluster(Backup=[backup("main", "m2", phase=phase), backup("users", "u2")]))
    synced.prove_synced(here, CORNER, Synced(known, known), "newer")
    assert here.recorder.proofs == {"latest-backups-are-known": green}


@pytest.mark.parametrize(
    ("seconds", "said", "green"),
    [(5.0, "nothing", True), (1.0, "nothing", False), (60.0, "nothing", False), (5.0, "", False)],
)
def test_a_wait_for_backups_that_never_come_ends_at_its_deadline(seconds, said, green):
    """With what was seen."""
    here = site(Cluster())
    synced.prove_ended(here, Waited(said, seconds, frozenset()), "nothing")
    assert here.recorder.proofs == {"wait-ended-with-what-was-seen": green}


def test_a_restore_that_was_made_is_found():
    """By the Restores there are."""
    for before, green in ((frozenset({"r"}), True), (frozenset(), False)):
        here = site(Cluster(Restore=[{"metadata": {"name": "r"}}]))
        synced.prove_no_restore(here, Waited("", 0, before))
        assert here.recorder.proofs == {"no-restore-was-made": green}


# --- objects ---------------------------------------------------------------------------------------------------------


def config_map(space, version):
    """The ConfigMap that tells versions apart."""
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": corners.SETTINGS, "namespace": space},
        "data": {"version": version},
    }


class Archives:
    """A bucket with archives."""

    ref = SimpleNamespace(bucket="b")

    def __init__(self, **objects) -> None:
        self.files = {f"k8s/backups/{name}/{name}.tar.gz": packed(each) for name, each in objects.items()}

    def get(self, key):
        """An object's bytes."""
        return self.files.get(key)

    def put(self, key, data):
        """Write one."""
        self.files[key] = data


def packed(found) -> bytes:
    """An archive as Velero writes it, with one object."""
    made, text = io.BytesIO(), json.dumps(found).encode()
    meta = found["metadata"]
    with tarfile.open(fileobj=made, mode="w:gz") as tar:
        for folder in ("resources/configmaps", "resources/configmaps/v1-preferredversion"):
            member = tarfile.TarInfo(f"{folder}/namespaces/{meta['namespace']}/{meta['name']}.json")
            member.size = len(text)
            tar.addfile(member, io.BytesIO(text))
    return made.getvalue()


ARCHIVES = {
    f"{stem}{number}": config_map(space, version)
    for stem, space in (("m", "p"), ("u", "q"))
    for number, version in ((1, "older"), (2, "newer"))
}


class Spaces(Cluster):
    """A cluster whose ConfigMaps are in two namespaces."""

    def list(self, api, namespace="", _labels=""):
        """Objects of one namespace."""
        return [each for each in super().list(api) if each["metadata"].get("namespace") == namespace]


def restored(main, users, *, first="1", second="2"):
    """Two Restores."""
    return {
        "main": {"spec": {"backupName": main}, "status": {"startTimestamp": first, "phase": "Completed"}},
        "users": {"spec": {"backupName": users}, "status": {"startTimestamp": second, "phase": "Completed"}},
    }


@pytest.mark.parametrize(
    ("live", "took", "greens"),
    [
        ("newer", restored("m2", "u2"), (True, True)),
        ("older", restored("m2", "u2"), (True, False)),
        ("newer", restored("m1", "u2"), (False, True)),
        ("newer", restored("m2", "u2", first="3"), (False, True)),
        ("", restored("m2", "u2"), (True, False)),
    ],
)
def test_objects_of_another_backup_or_taken_in_another_order_are_red(live, took, greens):
    """Whatever Velero says it took."""
    found = [config_map(space, live) for space in ("p", "q")] if live else []
    here = site(Spaces(ConfigMap=found), Archives(**ARCHIVES))
    velero_objects.prove_version(here, CORNER, took, "newer", KEY)
    assert tuple(here.recorder.proofs.values()) == greens


def test_backups_that_hold_the_same_cannot_be_told_apart_and_are_red():
    """Else the proof would be green whichever was restored."""
    same = {"u1": config_map("q", "newer"), "u2": config_map("q", "newer")}
    here = site(Spaces(ConfigMap=[config_map("q", "newer")]), Archives(**same))
    assert not objects_of.prove_objects_of(here, "u2", ["u1"], ["q"], KEY, prefix="k8s")


def test_a_backup_without_objects_proves_nothing():
    """An empty archive equals an empty namespace."""
    here = site(Spaces(), Archives(u2=config_map("elsewhere", "newer")))
    assert not objects_of.prove_objects_of(here, "u2", [], ["q"], KEY, prefix="k8s")


def test_a_restore_that_left_nothing_out_is_no_incomplete_one():
    """The comparison must be red, and there must be something to compare."""
    expected = objects_of.expected_of(site(Cluster(), Archives(**ARCHIVES)), "u2", ["q"], KEY, prefix="k8s")
    for live, wanted, green in (("older", expected, True), ("newer", expected, False), ("older", {}, False)):
        here = site(Spaces(ConfigMap=[config_map("q", live)]))
        velero_ends.prove_not_restored(here, CORNER, replace(ended("Failed"), expected=wanted), KEY)
        assert here.recorder.proofs == {"incomplete-restore-is-found": green}


@pytest.mark.parametrize(
    ("live", "green"), [(("newer", "stale"), True), (("newer", "newer"), False), (("stale", "stale"), False)]
)
def test_just_the_stale_object_must_be_found(live, green):
    """None, or another one beside it."""
    here = site(Spaces(ConfigMap=[config_map("p", live[0]), config_map("q", live[1])]), Archives(**ARCHIVES))
    velero_objects.prove_stale_found(here, CORNER, "newer", KEY)
    assert here.recorder.proofs == {"stale-object-is-found": green}


def test_a_restore_that_does_not_warn_of_the_object_is_red():
    """Completed alone is not what the scenario is about."""
    here = site(Cluster())
    velero_objects.prove_completed_with_warning(here, restored("m2", "u2"))
    assert here.recorder.proofs == {"velero-says-completed": False}


NONE = frozenset()


@pytest.mark.parametrize(
    ("asked", "green"),
    [
        (Refused("no Backup", "refused: FailedValidation", (NONE, NONE)), True),
        (Refused("", "refused: FailedValidation", (NONE, NONE)), False),
        (Refused("no Backup", "refused: FailedValidation", (NONE, frozenset({"r"}))), False),
        (Refused("no Backup", "Completed: FailedValidation", (NONE, NONE)), False),
        (Refused("no Backup", "refused: Failed", (NONE, NONE)), False),
    ],
)
def test_a_name_that_is_none_is_refused_by_us_and_by_them(asked, green):
    """Not refused, a Restore made, or another answer."""
    here = site(Cluster())
    velero_objects.prove_refused(here, asked, "no Backup", "FailedValidation")
    assert here.recorder.proofs == {"refused-before-anything-was-made": green}


def test_a_namespace_that_came_back_is_found():
    """Something was restored all the same."""
    for found, green in (([], True), ([{"metadata": {"name": "q"}}], False)):
        here = site(Cluster(Namespace=found))
        velero_objects.prove_nothing_restored(here, CORNER)
        assert here.recorder.proofs == {"nothing-was-restored": green}


# --- lists -----------------------------------------------------------------------------------------------------------


def answer(*ids, code=0, not_listed=("bad: FAILED",), store="rondb") -> Answer:
    """A list as the command tells it."""
    return Answer(store, code, {"backups": [{"id": each} for each in ids], "not_listed": list(not_listed)})


@pytest.mark.parametrize(
    ("told", "green"),
    [
        (answer("1", "2"), True),
        (answer("2", "1"), False),
        (answer("1"), False),
        (answer("1", "2", "foreign"), False),
        (answer("1", "2", code=1), False),
        (answer("1", "2", not_listed=()), False),
        (answer("1", "2", not_listed=("bad: FAILED", "foreign: FAILED")), False),
    ],
)
def test_a_list_in_another_order_or_of_other_backups_is_red(told, green):
    """Misordered, incomplete, too long, or silent about what it passes over."""
    here = site(Cluster())
    listing.prove_listed(here, Records(["1", "2"], ["bad"], "foreign"), told)
    assert here.recorder.proofs == {"backups-are-listed-by-time": green}


@pytest.mark.parametrize(
    ("ids", "passed_over", "green"),
    [
        (("u2", "m2"), ("m1: PartiallyFailed", "u1: PartiallyFailed"), True),
        (("m2", "u2"), ("m1: PartiallyFailed", "u1: PartiallyFailed"), False),
        (("u2", "m2"), ("m1: PartiallyFailed",), False),
        (("u2", "m2", "m1"), ("m1: PartiallyFailed", "u1: PartiallyFailed"), False),
    ],
)
def test_velero_s_list_is_by_start_and_of_completed_ones_alone(ids, passed_over, green):
    """The older corner version plays the partially failed one."""
    found = [backup("main", "m2", start="2026-01-01T00:00:00Z"), backup("users", "u2", start="2026-01-02T00:00:00Z")]
    here = site(Cluster(Backup=found))
    told = answer(*ids, not_listed=passed_over, store="kubernetes")
    listing.prove_velero_listed(here, CORNER, told, ["newer"], "older")
    assert here.recorder.proofs == {"velero-backups-are-listed-by-time": green}


@pytest.mark.parametrize(
    ("code", "unread", "said", "green"),
    [
        (8, "403: forbidden", "The backups of rondb are not known", True),
        (1, "403: forbidden", "The backups of rondb are not known", False),
        (8, "", "The backups of rondb are not known", False),
        (8, "403: forbidden", "There is no backup of any store.", False),
    ],
)
def test_an_answer_that_there_is_no_backup_is_not_unknown(code, unread, said, green):
    """By its exit code, its JSON and its words."""
    here = site(Cluster())
    listing.prove_unknown(here, Answer("rondb", code, {"unread": unread}, said))
    assert here.recorder.proofs == {"unknown-is-not-absent": green}


# --- what scenarios ask for ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "ask",
    [
        lambda here: locations.try_wrong(here, CORNER, "upside down"),
        lambda here: synced.hold(here, CORNER, "upside down"),
        lambda here: velero_ends.back_up(here, CORNER, "upside down"),
        lambda here: velero_ends.restore(here, CORNER, "upside down", KEY),
        lambda here: velero_objects.ask_for(here, CORNER, "upside down"),
    ],
)
def test_words_of_a_scenario_that_nobody_knows_are_refused_with_the_known_ones(ask):
    """Before anything is made."""
    here = site(Cluster(), Archives(**ARCHIVES))
    here.store.ref = SimpleNamespace(internal_endpoint="http://10.0.0.1:9000", bucket="b", region="r")
    made = here.kube.made
    with pytest.raises(VerificationError) as error:
        ask(here)
    assert "known: " in error.value.hint
    assert made == []


def test_an_archive_is_damaged_where_it_was_meant_to_be():
    """Both copies of the object, and nothing else; what is not there cannot be damaged."""
    store = Archives(**ARCHIVES)
    path = "k8s/backups/u2/u2.tar.gz"
    with pytest.raises(OperationError, match=r"holds no other\.json"):
        archive.damage(store, path, "other.json")
    with pytest.raises(OperationError, match="no archive"):
        archive.damage(store, "k8s/backups/x/x.tar.gz", "settings.json")
    assert archive.damage(store, path, "settings.json") == 2
    with pytest.raises(OperationError, match="cannot be read"):
        objects_of.expected_of(site(Cluster(), store), "u2", ["q"], KEY, prefix="k8s")
