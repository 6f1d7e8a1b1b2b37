"""Which files of a shared repository belong to one snapshot."""

import zlib

import pytest

from hopsdrill.core.snapshots import COMMIT, data_files, own_files, unpacked


ONE, TWO, HELD = "__" + "a1-_" * 5 + "bc", "__" + "Z" * 22, "v__" + "h" * 22
BODY = b"\xfasnapshot\x00" + b"W".join(each.encode() for each in (ONE, HELD, TWO)) + b"segments_1a\x86\xfb"


def packed(body: bytes) -> bytes:
    """As OpenSearch writes it: a header, the mark of a deflated body, the body, a footer."""
    deflate = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return (
        b"\x3f\xd7\x6c\x17\x08snapshot\x00\x00\x00\x01DFL\x00" + deflate.compress(body) + deflate.flush() + b"\x00" * 16
    )


@pytest.mark.parametrize("data", [BODY, packed(BODY)])
def test_a_shards_description_names_its_files_and_its_commit(data):
    """Deflated or plain; a file that the description holds itself is no object."""
    body = unpacked(data)
    assert data_files(body) == {ONE, TWO}
    assert COMMIT.search(body)[1] == b"1a"


def test_a_description_that_is_damaged_or_none_is_told():
    """No files is not an empty shard: that one has a commit."""
    with pytest.raises(ValueError, match="unpacked"):
        unpacked(packed(BODY)[:40])
    with pytest.raises(ValueError, match="unpacked"):
        unpacked(b"DFL\x00\xff\xff\xff")
    with pytest.raises(ValueError, match="no data file"):
        data_files(b"")


CATALOGUE = {
    "snapshots": [
        {"name": "new", "uuid": "U2", "state": 1, "index_metadata_lookup": {"I": "uuid-h-1-2-3", "J": "other-h-1-1-1"}},
        {"name": "old", "uuid": "U1", "state": 1},
    ],
    "indices": {
        "projects": {"id": "I", "snapshots": ["U1", "U2"], "shard_generations": ["a"]},
        "features": {"id": "J", "snapshots": ["U2"], "shard_generations": ["b"]},
    },
    "index_metadata_identifiers": {"uuid-h-1-2-3": "M1", "other-h-1-1-1": "M2"},
}


def test_a_snapshot_has_its_own_and_its_indices_descriptions():
    """Those of newer repositories by their own IDs, those of older ones by the snapshot's."""
    assert own_files(CATALOGUE, "new") == (
        "U2",
        {"features": "indices/J", "projects": "indices/I"},
        {"snap-U2.dat", "meta-U2.dat", "indices/I/meta-M1.dat", "indices/J/meta-M2.dat"},
    )
    assert own_files(CATALOGUE, "old")[2] == {"snap-U1.dat", "meta-U1.dat", "indices/I/meta-U1.dat"}
    with pytest.raises(ValueError, match="no snapshot none"):
        own_files(CATALOGUE, "none")
