"""Names, paths, checksums, bodies and spans: what needs no store."""

import hashlib
import io
import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standin.hopsfs import checksum, paths
from standin.hopsfs.blocks import Block
from standin.hopsfs.body import Body
from standin.hopsfs.errors import InvalidError
from standin.hopsfs.files import pieces, spans
from standin.hopsfs.keys import BlockName, Keys
from standin.say import StandinError


def test_a_key_says_set_block_and_generation():
    """As in the contract."""
    assert Keys(500).key(BlockName(1234, 1007), "meta") == "hopsfs-blocks-set-2/blk_1234_1007.meta"


@given(st.integers(0, 2**62), st.integers(0, 2**62), st.integers(1, 10_000), st.sampled_from(["data", "meta"]))
def test_a_key_reads_back(block_id, generation, prefix_size, kind):
    """Whatever the size of a set."""
    keys, name = Keys(prefix_size), BlockName(block_id, generation)
    assert keys.parse(keys.key(name, kind)) == (name, kind)


@pytest.mark.parametrize(
    "key", ["rondb_backup/1/users.sql", "hopsfs-blocks-set-0/blk_1_2.tmp", "x/hopsfs-blocks-set-0/blk_1_2.data"]
)
def test_other_objects_are_no_blocks(key):
    """They are left alone."""
    assert Keys(500).parse(key) is None


def test_a_changed_set_size_is_refused():
    """Else every block would look orphaned."""
    with pytest.raises(StandinError, match="prefixSize of 100 puts it"):
        Keys(100).parse("hopsfs-blocks-set-0/blk_400_1.data")


@pytest.mark.parametrize(
    ("given_path", "names"), [("/", ()), ("//a///b/", ("a", "b")), ("/ä b/c%2", ("ä b", "c%2")), ("/a /a", ("a ", "a"))]
)
def test_paths_have_components(given_path, names):
    """Double and trailing slashes do not matter, blanks do."""
    assert paths.names(given_path) == names


@pytest.mark.parametrize("path", ["", "a", "/a/../b", "/./a", "/" + "ä" * 128, "/a\0b"])
def test_odd_paths_are_refused(path):
    """Relative ones, dots, too long ones, zeros."""
    with pytest.raises(InvalidError):
        paths.names(path)


@pytest.mark.parametrize(("text", "mode"), [("644", 0o644), ("1777", 0o1777), ("0", 0)])
def test_modes_are_octal(text, mode):
    """Up to the sticky bit."""
    assert paths.permission(text) == mode


@pytest.mark.parametrize("text", ["888", "-1", "2000", "rwx", ""])
def test_what_is_no_mode_is_refused(text):
    """With the name of the parameter."""
    with pytest.raises(InvalidError, match="permission"):
        paths.permission(text)


def test_the_file_checksum_is_made_as_in_hdfs():
    """The MD5 of the blocks' MD5s of their CRCs; 4 bytes, 8 bytes and the MD5 in the bytes."""
    first, second = b"a" * 1024, b"b" * 700
    md5s = [
        hashlib.md5(struct.pack(">II", *(zlib.crc32(part) for part in (block[:512], block[512:])))).digest()  # noqa: S324
        for block in (first, second)
    ]
    found = checksum.of_file([checksum.meta(1, 1001, first), checksum.meta(2, 1002, second)])
    whole = hashlib.md5(b"".join(md5s)).hexdigest()  # noqa: S324
    assert found == {"algorithm": "MD5-of-2MD5-of-512CRC32", "bytes": f"00000200{2:016x}{whole}", "length": 28}
    assert checksum.of_file([checksum.meta(2, 1002, second)])["algorithm"] == "MD5-of-0MD5-of-512CRC32"
    assert checksum.of_file([])["bytes"].endswith("70bc8f4b72a86921468bf8e8441dce51")


@given(st.binary(max_size=300), st.lists(st.integers(1, 50), max_size=6), st.integers(1, 64))
def test_a_chunked_body_is_its_bytes(data, cuts, size):
    """However it is cut; the next request's bytes stay where they are."""
    wire, rest = b"", data
    for cut in cuts:
        if part := rest[:cut]:
            wire += b"%x;x=y\r\n%b\r\n" % (len(part), part)
        rest = rest[cut:]
    wire += (b"%x\r\n%b\r\n" % (len(rest), rest) if rest else b"") + b"0\r\nTrailer: 1\r\n\r\nGET"
    stream = io.BytesIO(wire)
    body = Body(stream, {"Transfer-Encoding": "chunked"})
    assert b"".join(pieces(body.read, size)) == data
    assert body.drain()
    assert stream.read() == b"GET"


def test_a_body_that_ends_early_is_refused():
    """Never taken for a whole one."""
    body = Body(io.BytesIO(b"abc"), {"Content-Length": "5"})
    with pytest.raises(InvalidError, match="2 bytes early"):
        body.read(10)


@given(st.binary(max_size=200), st.binary(max_size=15), st.integers(16, 64))
def test_pieces_are_full_but_the_last(data, head, size):
    """With what was there before at the front of the first."""
    found = list(pieces(io.BytesIO(data).read, size, head))
    assert b"".join(found) == head + data
    assert all(len(each) == size for each in found[:-1])


@given(st.lists(st.binary(min_size=1, max_size=9), max_size=6), st.integers(0, 60), st.integers(0, 60))
def test_spans_are_the_bytes_asked_for(contents, offset, length):
    """Across blocks, and beyond the end."""
    blocks = [Block(place, 1, 1, place, len(data), "b", "", 0) for place, data in enumerate(contents)]
    whole = b"".join(contents)
    stop = min(offset + length, len(whole))
    found = b"".join(contents[block.block_id][span.start : span.stop] for block, span in spans(blocks, offset, stop))
    assert found == whole[offset:stop]
