"""After a restore each block's ``.meta`` says what the metadata says."""

import threading

import pytest
from standin.hopsfs import undelete
from standin.hopsfs.blocks import Block
from standin.hopsfs.errors import BlockMissingError
from standin.hopsfs.keys import Keys


class FakeBucket:
    """A bucket of blocks of 10 bytes with these metas."""

    def __init__(self, metas):
        self.name, self.keys, self.metas = "bucket", Keys(500), metas
        self.lock, self.now, self.most = threading.Lock(), 0, 0

    def current(self):
        """All data objects have 10 bytes."""
        return {self.keys.key(name, kind): 10 for name in self.metas for kind in ("data", "meta")}

    def meta(self, name):
        """Count how many ask at once."""
        with self.lock:
            self.now += 1
            self.most = max(self.most, self.now)
        try:
            if isinstance(self.metas[name], Exception):
                raise self.metas[name]
            return self.metas[name]
        finally:
            with self.lock:
                self.now -= 1


def block(number):
    """A block of 10 bytes."""
    return Block(number, 1, 7, 0, 10, "bucket", "aa", 0)


@pytest.mark.parametrize(
    ("meta", "reason"),
    [
        ({"length": 10, "sha256": "aa"}, None),
        ({"length": 10, "sha256": "bb"}, "sha256"),
        ({"length": 11, "sha256": "aa"}, "length"),
        ({}, "length"),
        ([], "no object of JSON"),
        (ValueError("no JSON"), "no JSON"),
        (BlockMissingError("gone"), "gone"),
    ],
)
def test_a_meta_that_differs_makes_a_block_bad(meta, reason):
    """With what differs; the others are not touched by it."""
    good, odd = block(1), block(2)
    bucket = FakeBucket({good.name: {"length": 10, "sha256": "aa"}, odd.name: meta})
    bad = undelete.defects([good, odd], bucket, set())
    assert [each for each, _ in bad] == ([odd] if reason else [])
    if reason:
        assert reason in bad[0][1]


def test_metas_are_read_a_few_at_a_time_and_only_of_blocks_that_are_there():
    """A lost block has one reason, not two."""
    known = [block(number) for number in range(200)]
    bucket = FakeBucket({each.name: {"length": 10, "sha256": "aa"} for each in known[1:]})
    bad = undelete.defects(known, bucket, set())
    assert [each.block_id for each, _ in bad] == [0]
    assert bucket.most <= undelete.AT_ONCE
