"""Pure parts of the stores' proofs: blocks against the bucket, rows in flight, backups that lack something."""

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from hopsdrill.adapters.s3 import Entry
from hopsdrill.plan.loader import load_named_profile
from hopsdrill.proof.completeness import images_lacking, newest_catalogue, snapshot_lacking
from hopsdrill.proof.files import Block, reconcile
from hopsdrill.proof.stream import account


HOPSFS = load_named_profile("hopsworks-standin").hopsfs
NOW = datetime(2026, 1, 1, tzinfo=UTC)
BLOCK = Block(1001, 7, 10, "bucket")
DATA, META = "hopsfs-blocks-set-2/blk_1001_7.data", "hopsfs-blocks-set-2/blk_1001_7.meta"
WHOLE = {DATA: 10, META: 4}


def reconciled(sizes, block=BLOCK):
    """One block against a bucket."""
    return reconcile([block], [Entry(key, size, NOW) for key, size in sizes.items()], "bucket", HOPSFS)


def test_a_whole_block_is_right():
    """Both objects, the size, the bucket."""
    assert reconciled(WHOLE).wrong == []
    assert reconciled(WHOLE).orphaned == []


@pytest.mark.parametrize(
    ("sizes", "block", "said"),
    [
        ({META: 4}, BLOCK, f"block 1001: {DATA} is missing"),
        ({DATA: 10}, BLOCK, f"block 1001: {META} is missing"),
        ({**WHOLE, DATA: 9}, BLOCK, f"block 1001: {DATA} has 9 bytes, the metadata says 10"),
        (
            WHOLE,
            Block(1001, 7, 10, "elsewhere"),
            "block 1001: the metadata names bucket elsewhere, the platform uses bucket",
        ),
        ({"hopsfs-blocks-set-2/blk_1001_6.data": 10, META: 4}, BLOCK, f"block 1001: {DATA} is missing"),
    ],
)
def test_each_defect_of_a_block_is_named(sizes, block, said):
    """Missing data, missing checksum, another size, another bucket, another generation."""
    assert said in reconciled(sizes, block).wrong


def test_objects_of_no_block_are_orphans():
    """They are not wrong, for the platform's own block report removes them."""
    found = reconciled({**WHOLE, "hopsfs-blocks-set-0/blk_5_1.data": 1, "rondb_backup/1/users.sql": 2})
    assert (found.wrong, found.orphaned) == ([], ["hopsfs-blocks-set-0/blk_5_1.data"])


@dataclass(frozen=True)
class Sent:
    """A row."""

    id: int
    arrived: bool


ROWS = [Sent(1, arrived=True), Sent(2, arrived=True), Sent(3, arrived=False), Sent(4, arrived=False)]


def test_rows_in_flight_are_expected_to_be_lost():
    """What had arrived is there, what was in flight is not."""
    found = account(ROWS, [1, 2])
    assert (found.kept, found.expected_lost, found.unexpected_lost, found.unexpected_kept) == (2, [3, 4], [], [])


def test_any_other_loss_is_unexpected():
    """A row that had arrived is gone; one that was in flight is there."""
    found = account(ROWS, [2, 3])
    assert (found.expected_lost, found.unexpected_lost, found.unexpected_kept) == ([4], [1], [3])


CATALOGUE = {
    "snapshots": [{"name": "264731200", "uuid": "U"}, {"name": "264731100", "uuid": "OLD"}],
    "indices": {
        "projects": {"id": "P", "snapshots": ["U", "OLD"], "shard_generations": ["a", "b"]},
        "dropped": {"id": "D", "snapshots": ["OLD"], "shard_generations": ["c"]},
    },
}
KEYS = ["index-3", "snap-U.dat", "meta-U.dat", "indices/P/0/snap-U.dat", "indices/P/1/snap-U.dat"]


def test_a_whole_snapshot_lacks_nothing():
    """Every shard of every index that is in it, and of no other."""
    assert snapshot_lacking(KEYS, CATALOGUE, "264731200") == []


@pytest.mark.parametrize("gone", KEYS[1:])
def test_each_missing_file_of_a_snapshot_is_named(gone):
    """One at a time."""
    assert snapshot_lacking([key for key in KEYS if key != gone], CATALOGUE, "264731200") == [f"{gone} is missing"]


def test_a_snapshot_nobody_knows_is_lacking():
    """A name the catalogue does not have; a snapshot without an index."""
    assert "names no snapshot" in snapshot_lacking(KEYS, CATALOGUE, "1")[0]
    empty = {"snapshots": CATALOGUE["snapshots"], "indices": {}}
    assert snapshot_lacking(KEYS, empty, "264731200") == ["it holds no index"]


def test_the_newest_catalogue_goes_by_its_number():
    """10 comes after 9."""
    assert newest_catalogue(["index-9", "index-10", "index.latest", "indices/x"]) == "index-10"
    assert newest_catalogue(["snap-U.dat"]) is None


def test_an_image_part_without_an_object_is_named():
    """By its digest."""
    assert images_lacking(["sha256:a", "sha256:b"], ["sha256:b"]) == ["nothing in the backup has the digest sha256:a"]
