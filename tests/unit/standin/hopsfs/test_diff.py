"""Block reports and restores as comparisons, without either store."""

from datetime import UTC, datetime, timedelta

import pytest
from standin.hopsfs.blocks import Block
from standin.hopsfs.diff import compare
from standin.hopsfs.keys import BlockName, Keys
from standin.hopsfs.objects import Version
from standin.hopsfs.undelete import plan


KEYS = Keys(500)
NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)


def block(block_id=1, generation=1001, **changes):
    """A block of 10 bytes, written long ago."""
    return Block(block_id, generation, 7, 0, 10, "bucket", "", 0)._replace(**changes)


def objects(*names, data=10, meta=50):
    """Both objects of some blocks."""
    return {KEYS.key(name, kind): {"data": data, "meta": meta}[kind] for name in names for kind in ("data", "meta")}


def report(known, found, **more):
    """A comparison whose grace period is long over."""
    return compare(known, found, KEYS, **{"bucket": "bucket", "grace_before": 1000, **more})


def test_what_agrees_is_safe():
    """And nothing else is said."""
    found = report([block(), block(2)], objects(BlockName(1, 1001), BlockName(2, 1001)))
    assert (found.safe, found.missing, found.corrupt, found.orphaned, found.waiting) == (2, [], [], [], [])


@pytest.mark.parametrize(
    ("gone", "reason"), [("data", "no .data object"), ("meta", "no .meta object")], ids=["data", "meta"]
)
def test_one_object_of_two_is_missing(gone, reason):
    """A block needs both; the other one is not an orphan."""
    found = objects(BlockName(1, 1001))
    del found[KEYS.key(BlockName(1, 1001), gone)]
    outcome = report([block()], found)
    assert [each.reason for each in outcome.missing] == [reason]
    assert (outcome.orphaned, outcome.safe) == ([], 0)


def test_a_young_block_is_not_missing_yet():
    """Before the grace period is over it is only waited for."""
    outcome = report([block(time=1000)], {})
    assert (outcome.missing, len(outcome.waiting)) == ([], 1)


@pytest.mark.parametrize(
    ("known", "size", "reason"),
    [
        (block(size=11), 10, "size mismatch"),
        (block(generation=1002), 10, "generation stamp mismatch"),
        (block(bucket="other"), 10, "cloud bucket mismatch"),
    ],
    ids=["size", "generation", "bucket"],
)
def test_what_differs_is_corrupt_and_kept(known, size, reason):
    """The objects are evidence, not orphans."""
    outcome = report([known], objects(BlockName(1, 1001), data=size))
    assert outcome.corrupt[0].reason.startswith(reason)
    assert outcome.orphaned == []


def test_unknown_objects_are_orphans_unless_being_written():
    """An older generation beside the known one is one, too; what is no block's object is not."""
    found = objects(BlockName(1, 1001), BlockName(1, 1000), BlockName(2, 1), BlockName(3, 1)) | {"rondb_backup/x": 1}
    outcome = report([block()], found, written={BlockName(3, 1)})
    assert outcome.orphaned == sorted(objects(BlockName(1, 1000), BlockName(2, 1)))
    assert outcome.safe == 1


def version(number, *, marker, latest=False, key="k"):
    """A version or marker, as many minutes after noon as its number."""
    return Version(key, f"v{number}", NOON + timedelta(minutes=number), 10, marker, latest)


def test_all_markers_on_top_of_the_newest_version_go():
    """Several on top of each other; one below it stays."""
    versions = [
        version(5, marker=True, latest=True),
        version(4, marker=True),
        version(3, marker=False),
        version(2, marker=True),
        version(1, marker=False),
    ]
    todo = plan(["k"], versions)
    assert [each.version_id for each in todo.markers] == ["v5", "v4"]
    assert (todo.deleted, todo.present, todo.lost) == (1, 0, [])


def test_what_is_there_is_left_alone():
    """Also where an older marker lies below."""
    todo = plan(["k"], [version(3, marker=False, latest=True), version(2, marker=True)])
    assert (todo.markers, todo.deleted, todo.present) == ([], 0, 1)


def test_a_key_without_versions_is_lost():
    """Whether only a marker is left or nothing at all; other keys' versions do not count."""
    todo = plan(["k", "l"], [version(2, marker=True, latest=True), version(1, marker=False, key="m")])
    assert todo.lost == ["k", "l"]
