"""Pure parts of the stores' proofs: blocks against the bucket, rows in flight, backups that lack something."""

from dataclasses import dataclass
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from hopsdrill.adapters.s3 import Entry
from hopsdrill.adapters.webhdfs import FileStatus
from hopsdrill.core.errors import ConnectionLost, OperationError
from hopsdrill.core.snapshots import newest_catalogue, snapshot_lacking
from hopsdrill.plan.loader import load_named_profile
from hopsdrill.proof import documents, files, images
from hopsdrill.proof.completeness import images_lacking
from hopsdrill.proof.files import Block, reconcile
from hopsdrill.proof.key import Key
from hopsdrill.proof.prints import compare
from hopsdrill.proof.stream import account
from hopsdrill.workload.changed import Changed


KEY = Key()
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


def test_a_row_nobody_sent_is_unexpected():
    """It is there and should not be."""
    assert account(ROWS, [1, 2, 77]).unexpected_kept == [77]


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


@pytest.mark.parametrize(
    ("gone", "said"),
    [
        ("snap-U.dat", "snap-U.dat is missing"),
        ("meta-U.dat", "meta-U.dat is missing"),
        ("indices/P/1/snap-U.dat", "index projects: shard 1 is missing"),
    ],
)
def test_each_missing_file_of_a_snapshot_is_named(gone, said):
    """One at a time."""
    assert snapshot_lacking([key for key in KEYS if key != gone], CATALOGUE, "264731200") == [said]


def test_a_partial_snapshot_and_a_missing_index_are_named():
    """Its state, an index that should be in it, an index without shards."""
    partial = {**CATALOGUE, "snapshots": [{"name": "1", "uuid": "U", "state": 3}]}
    assert snapshot_lacking(KEYS, partial, "1") == ["the repository says its state is PARTIAL"]
    assert snapshot_lacking(KEYS, CATALOGUE, "264731200", ["projects", "boards"]) == ["index boards is not in it"]
    hollow = {**CATALOGUE, "indices": {"projects": {"id": "P", "snapshots": ["U"]}}}
    assert snapshot_lacking(KEYS, hollow, "264731200") == ["index projects: the catalogue names no shard of it"]


def test_a_snapshot_nobody_knows_is_lacking():
    """A name the catalogue does not have."""
    assert "names no snapshot" in snapshot_lacking(KEYS, CATALOGUE, "1")[0]


def test_the_newest_catalogue_goes_by_its_number():
    """10 comes after 9."""
    assert newest_catalogue(["index-9", "index-10", "index.latest", "indices/x"]) == "index-10"
    assert newest_catalogue(["snap-U.dat"]) is None


def test_an_image_part_without_an_object_is_named():
    """By its digest."""
    assert images_lacking(["sha256:a", "sha256:b"], ["sha256:b"]) == ["nothing in the backup has the digest sha256:a"]


def test_a_tag_without_a_manifest_is_no_empty_image():
    """A listed tag that cannot be read is an error, never a digest of nothing."""
    hollow = SimpleNamespace(tags=lambda: [("fraud/python-environment", "1")], manifest=lambda *_: None)
    with pytest.raises(OperationError, match="fraud/python-environment:1"):
        images.read(hollow, Key())
    with pytest.raises(OperationError, match="fraud/python-environment:1"):
        images.digests(hollow)


def failing(error):
    """A file system with one file, whose reading ends so."""

    def read(_):
        raise error

    one = FileStatus("/p/f", "file", 3, "o", "644")
    return SimpleNamespace(exists=lambda _: True, walk=lambda _: [one], read=read, checksum=read)


def test_an_unreadable_file_is_a_difference_and_a_lost_connection_is_not():
    """The file system's own refusal belongs to the file; a tunnel that broke says nothing about it."""
    found = files.read(failing(OperationError("checksum")), "/p", Key())
    assert "cannot be read" in found["file /p/f"].shown["content"]
    assert "cannot be read" in found["file /p/f"].shown["checksum"]
    with pytest.raises(ConnectionLost):
        files.read(failing(ConnectionLost("gone")), "/p", Key())


def test_each_change_must_be_seen():
    """A change, a removal and an addition, none of which the comparison shows."""
    made = Changed(changed=("file /a",), deleted=("file /b",), added=("file /c",))
    assert made.unseen(["file /a content: x -> y", "file /b: missing"], ["file /c"]) == []
    assert made.unseen([], []) == ["file /a", "file /b", "file /c"]


def test_an_object_of_a_block_is_told_by_size_and_digest_and_orphans_by_nothing():
    """What the bucket holds for the blocks that the metadata knows; the same size does not hide another version."""
    listed = [
        Entry(DATA, 10, NOW, "a"),
        Entry(META, 4, NOW, "b"),
        Entry("hopsfs-blocks-set-0/blk_5_1.data", 1, NOW, "c"),
    ]
    before = files.objects([BLOCK], listed, HOPSFS, KEY)
    assert set(before) == {f"object {DATA}", f"object {META}"}
    other = files.objects([BLOCK], [listed[0], Entry(META, 4, NOW, "x")], HOPSFS, KEY)
    assert compare(before, other).differences == [f'object {META} etag: "b" -> "x"']
    assert compare(before, files.objects([BLOCK], listed[:1], HOPSFS, KEY)).differences == [f"object {META}: missing"]


INDEX = {
    "mappings": {
        "properties": {"text": {"type": "text", "fields": {"keyword": {"type": "keyword", "ignore_above": 256}}}}
    },
    "aliases": {"boards": {}},
    "settings": {"index": {"number_of_shards": "1", "uuid": "U", "creation_date": "1", "version": {"created": "1"}}},
}


def engine(**more):
    """An engine with one index and one document."""
    index = {name: more.get(name, part) for name, part in INDEX.items()}
    source = more.get("source", {"text": "a"})
    return SimpleNamespace(indices=lambda: {"projects": index}, documents=lambda _: [{"_id": "1", "_source": source}])


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"source": {"text": "b"}}, ['document projects/1 text: "a" -> "b"']),
        ({"aliases": {}}, ["index projects aliases.boards: {} -> absent"]),
        (
            {"mappings": {"properties": {"text": {"type": "text"}}}},
            ["ignore_above: 256 -> absent", 'keyword.type: "keyword" -> absent'],
        ),
        ({"settings": {"index": {"number_of_shards": "2"}}}, ['index projects settings.number_of_shards: "1" -> "2"']),
        (
            {
                "settings": {
                    "index": {"number_of_shards": "1", "uuid": "V", "history_uuid": "H", "version": {"created": "2"}}
                }
            },
            [],
        ),
    ],
)
def test_each_part_of_an_index_is_compared_by_its_path(more, said):
    """Documents, aliases, mappings and settings; what the engine stamps on every index it makes is not."""
    profile = load_named_profile("hopsworks-standin").opensearch
    before, after = documents.read(engine(), profile, KEY), documents.read(engine(**more), profile, KEY)
    found = compare(before, after).all
    assert len(found) == len(said)
    assert all(any(part in line for line in found) for part in said), found
