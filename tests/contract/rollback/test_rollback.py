"""`hopsdrill rollback` on the lab's object store: the state a bucket had is brought back, and no version of it is removed."""

import subprocess
import time
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from on_lab import command
from version_history import OFF, ON, SUSPENDED, History
from version_shelf import Shelf, at

from hopsdrill.adapters import bucket_admin
from hopsdrill.adapters.version_page import NULL
from hopsdrill.adapters.versioned import VersionedBucket
from hopsdrill.core.clock import utc_text
from hopsdrill.recovery.rollback import Deed, Ledger, Rollback
from hopsdrill.recovery.rollback import parts as parting
from hopsdrill.recovery.rollback.parts import divide, plans
from hopsdrill.recovery.rollback.plan import Moment


NOTHING = {"kept": 0, "uncovered": 0, "copied": 0, "hidden": 0, "lost": 0}


def ways(shelf):
    """Every way in which a key can have changed after second 5."""
    for key in ("a/kept", "a/over", "a/gone", "b/mixed", "b/back +%ä", "c/twice"):
        shelf.put(key, "old", 1)
    shelf.put("a/over", "new", 10)
    shelf.delete("a/gone", 10)
    shelf.put("b/mixed", "new", 10)
    shelf.delete("b/mixed", 11)
    shelf.delete("b/back +%ä", 2)
    shelf.put("b/back +%ä", "newer", 10)
    shelf.put("odd \n\x01", "new", 10)
    shelf.put("c/twice", "newer", 5)  # an equal time: the last written counts
    shelf.put("c/again", "old", 5)
    shelf.delete("c/again", 5)
    shelf.put("c/again", "new", 10)
    shelf.put("c/described", "old", 1)
    shelf.put("c/described", "old", 10, Metadata={"by": "somebody"})


def test_every_way_a_key_can_have_changed_is_undone_and_doing_it_again_changes_nothing(shelf):
    """The dry run tells exactly what is then done; versions only grow in number."""
    ways(shelf)
    before = shelf.items()
    dry = shelf.rollback(5)
    assert shelf.items() == before
    wanted = {**NOTHING, "kept": 2, "uncovered": 1, "copied": 3, "hidden": 3}
    assert (dry["keys"], dry["markers"], dry["bytes"]) == (wanted, 1, 9)

    done = shelf.rollback(5, "--apply")
    assert done["keys"] == dry["keys"]
    assert done["proof"]["keys"] == {**NOTHING, "kept": 9}
    assert shelf.content() == {
        **dict.fromkeys(("a/kept", "a/over", "a/gone", "b/mixed", "c/described"), "old"),
        "c/twice": "newer",
    }
    assert shelf.client.head_object(Bucket=shelf.name, Key="c/described")["Metadata"] == {}
    after = shelf.items()
    assert {each.id for each in before if not each.marker} <= {each.id for each in after}
    assert [each for each in after if each.key == "a/kept"] == [each for each in before if each.key == "a/kept"]

    assert shelf.rollback(5, "--apply")["keys"] == {**NOTHING, "kept": 9}
    assert shelf.items() == after
    assert shelf.rollback(5, "--ledger", shelf.folder / "none")["keys"] == {**NOTHING, "kept": 9}  # without the ledger


EVENT = st.tuples(st.integers(0, 2), st.sampled_from("kl"), st.sampled_from(["a", "b", "c", "", ""]))
PHASES = st.lists(st.tuples(st.sampled_from([OFF, ON, SUSPENDED, ON]), st.lists(EVENT, max_size=8)), max_size=4)


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(phases=PHASES, back=st.integers(0, 20))
def test_random_histories_end_as_the_reference_saw_them(phases, back, tmp_path_factory):
    """Writes, deletes, equal times, versioning off, on and suspended: right, or named as lost where a version was replaced."""
    shelf = Shelf("", tmp_path_factory.mktemp("history"))
    try:
        histories, since = happened(shelf, phases)
        shelf.versioning("Enabled")
        back = max(back, since)
        with Ledger(shelf.folder / "ledger") as ledger:
            order = Rollback(shelf.versioned, "", at(back), ledger, lambda _: None)
            listed = shelf.items()
            order.carry_out()
            found = order.prove()
        lost = {each.key for each in found.named["lost"]}
        replaced = {each.key for each in listed if each.id == NULL and each.modified > utc_text(at(back))}
        assert lost <= replaced
        assert not found.count["changed"] + found.count["refused"]
        seen = {key: history.state_at(back)[0] for key, history in histories.items() if key not in lost}
        now = {key: content for key, content in shelf.content().items() if key not in lost}
        assert now == {key: content for key, content in seen.items() if content}
        assert {each.id for each in listed if not each.marker} <= {each.id for each in shelf.items()}
    finally:
        bucket_admin.remove_bucket(shelf.ref)


def happened(shelf, phases):
    """Have a history happen in a bucket and in the reference; gives it with the step at which versions were first kept."""
    histories, step, state, since = {key: History(key) for key in "kl"}, 0, OFF, 0
    for what, events in phases:
        if what != OFF and (what == ON or state != OFF):
            state = what
            shelf.versioning("Enabled" if what == ON else "Suspended")
        for later, key, content in events:
            step += later
            histories[key].state = state
            if content:
                shelf.put(key, content, step)
                histories[key].put(step, content)
            else:
                shelf.delete(key, step)
                histories[key].delete(step)
            since = step if state == OFF else since
    return histories, since


@pytest.mark.parametrize("folders", [1024, 1])
def test_parts_read_what_one_listing_reads_whatever_the_pages_size(shelf, monkeypatch, folders):
    """Folders in which everything is deleted, keys beside folders, and versions of one key over several pages."""
    monkeypatch.setattr(parting, "FOLDERS", folders)
    for key in ("a/x/1", "a/x/2", "a/y/1", "b", "b0", "c/1", "d/1"):
        for step in range(3):
            shelf.put(key, f"{step}", step)
    for key in ("a/y/1", "c/1"):
        shelf.delete(key, 9)
    whole = shelf.items()
    assert len(whole) == 23
    assert shelf.items(most=2) == whole
    parts = divide(shelf.versioned, "")
    if folders > 1:
        assert {"", "a/", "a/x/", "a/y/", "c/", "d/"} == {part.prefix for part in parts}
    seen = []
    found = [each for part in parts for each in plans(shelf.versioned, part, Moment(at(5), at(99)), seen.append)]
    assert sorted(each.key for each in found) == sorted({each.key for each in whole})
    assert sum(seen) == 23


def test_a_prefix_bounds_what_is_touched(shelf):
    """A key beside it stays as it is."""
    for key in ("in/a", "in2", "out"):
        shelf.put(key, "old", 1)
        shelf.put(key, "new", 10)
    assert shelf.rollback(5, "--apply", prefix="in/")["keys"]["copied"] == 1
    assert shelf.content() == {"in/a": "old", "in2": "new", "out": "new"}


def test_a_large_object_comes_back_in_parts_with_metadata_and_tags(shelf):
    """The limit is settable, so that five GiB need not be written."""
    body = bytes(range(256)) * 4096 * 11  # 11 MiB
    told = {"ContentType": "x/y", "Metadata": {"who": "me"}, "Tagging": "a=1&b=2", "CacheControl": "no-cache"}
    shelf.client.put_object(Bucket=shelf.name, Key="large", Body=body, **told)
    moment = shelf.client.head_object(Bucket=shelf.name, Key="large")["LastModified"] + timedelta(seconds=1)
    time.sleep(max(0.0, (moment - datetime.now(UTC)).total_seconds()) + 0.1)
    shelf.client.put_object(Bucket=shelf.name, Key="large", Body=b"small")
    time.sleep(1.1)  # until the time is past by the store's clock, which tells whole seconds
    step = (moment - at(0)).total_seconds()
    done = shelf.rollback(step, "--apply", "--large", "5")
    assert (done["keys"]["copied"], done["bytes"]) == (1, len(body))
    back = shelf.client.get_object(Bucket=shelf.name, Key="large")
    assert back["ETag"].endswith('-3"')
    assert back["Body"].read() == body
    assert {name: back[name] for name in ("ContentType", "Metadata", "CacheControl")} == {
        name: told[name] for name in ("ContentType", "Metadata", "CacheControl")
    }
    tags = shelf.client.get_object_tagging(Bucket=shelf.name, Key="large")["TagSet"]
    assert sorted((each["Key"], each["Value"]) for each in tags) == [("a", "1"), ("b", "2")]
    assert shelf.rollback(step, "--large", "5")["keys"]["kept"] == 1  # known by the ledger: its ETag is another


@pytest.mark.parametrize(
    ("versioning", "code", "said"),
    [
        ("", 4, "never kept versions"),
        (bucket_admin.SUSPENDED, 4, "is suspended"),
        (None, 4, "There is no bucket"),
        (bucket_admin.ENABLED, 2, "is not past"),
    ],
)
def test_what_cannot_be_rolled_back_is_refused(versioning, code, said, tmp_path):
    """Before anything is read of the keys."""
    shelf = Shelf(versioning or "", tmp_path)
    try:
        if versioning is None:
            bucket_admin.remove_bucket(shelf.ref)
        ahead = (datetime.now(UTC) - at(0)).total_seconds() + 600 if code == 2 else 5
        done = shelf.command(ahead, "--apply")
        assert (done.code, done.out) == (code, "")
        assert said in done.err
    finally:
        bucket_admin.remove_bucket(shelf.ref)


def test_what_a_lifecycle_may_have_removed_is_named_and_left_alone(shelf):
    """A key whose oldest version is newer than the time is not taken for one that was created later."""
    shelf.put("expired", "old", 1)
    shelf.put("expired", "new", 10)
    shelf.put("kept", "old", 1)
    (old,) = [each for each in shelf.store.versions("expired") if not each.latest]
    shelf.store.delete_version(old)  # as the rule would have
    assert shelf.rollback(5)["keys"]["hidden"] == 1
    rule = {"ID": "retention", "Status": "Enabled", "Filter": {}, "NoncurrentVersionExpiration": {"NoncurrentDays": 2}}
    shelf.store.set_lifecycle([rule])
    done = shelf.rollback(5, "--apply", code=1)
    assert done["keys"] == {**NOTHING, "kept": 1, "lost": 1}
    (named,) = done["proof"]["named"]["lost"]["keys"]
    assert named["key"] == "expired"
    assert "lifecycle rule retention removes a version 2 d after its successor" in named["why"]
    assert shelf.content()["expired"] == "new"


class Rival(VersionedBucket):
    """Somebody is at work meanwhile, on keys that are about to be copied."""

    def copy(self, item):
        """Write first, or destroy the version."""
        if item.key == "between":
            self._client.put_object(Bucket=self.name, Key=item.key, Body=b"theirs")
        if item.key == "destroyed":
            self._client.delete_object(Bucket=self.name, Key=item.key, VersionId=item.id)
        return super().copy(item)


def test_whoever_writes_meanwhile_is_found_and_the_keys_are_named(shelf):
    """Before a copy, after one, to a key that was as it should be, and a new key; whatever is current in the end."""
    for key in ("after", "between", "kept", "alone", "destroyed"):
        shelf.put(key, "old", 1)
    for key in ("after", "between", "alone", "destroyed"):
        shelf.put(key, "new", 10)
    shelf.versioned.__class__ = Rival
    with Ledger(shelf.folder / "ledger") as ledger:
        order = Rollback(shelf.versioned, "", at(5), ledger, lambda _: None)
        assert order.carry_out().deeds[Deed.COPY] == 4
        for key in ("after", "kept", "created"):
            shelf.store.put(key, b"theirs")
        found = order.prove()
    assert [each.key for each in found.named["changed"]] == ["after", "between", "created", "kept"]
    (refused,) = found.named["refused"]
    assert refused.key == "destroyed"
    assert "NoSuchVersion" in refused.why
    assert shelf.content()["between"] == "old"
    done = shelf.command(5, "--apply")  # and a further round brings all of them back
    assert done.code == 0
    assert shelf.content() == dict.fromkeys(("after", "alone", "between", "kept"), "old")


def test_a_killed_rollback_is_taken_up_where_it_was_and_copies_nothing_twice(shelf):
    """Killed with some batches done: the same command ends it."""
    keys = [f"{number % 7}/k{number:04d}" for number in range(700)]
    shelf.put_all(keys, "old", 1)
    shelf.put_all(keys, "new", 10)
    words = (
        "rollback",
        shelf.name,
        "--at",
        at(5).isoformat(),
        "--prefix",
        "",
        "--ledger",
        shelf.folder / "ledger",
        "--apply",
    )
    child = subprocess.Popen(command(*words), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    ledger = shelf.folder / "ledger" / "1"
    end = time.monotonic() + 30
    while not list(ledger.glob("*.ndjson")) and time.monotonic() < end:
        time.sleep(0.005)
    child.kill()
    child.wait()
    recorded = sum(len(path.read_text().splitlines()) for path in ledger.glob("*.ndjson"))
    assert 0 < recorded < 700
    done = shelf.rollback(5, "--apply")
    assert 0 < done["keys"]["copied"] <= 700 - recorded
    assert done["proof"]["keys"] == {**NOTHING, "kept": 700}
    assert set(shelf.content().values()) == {"old"}
    assert len(shelf.items()) == 3 * 700
