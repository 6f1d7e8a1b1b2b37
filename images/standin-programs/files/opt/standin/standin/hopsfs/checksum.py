"""Checksums of blocks and files: SHA-256 for ourselves, and HDFS' own MD5 of MD5s of CRCs for clients."""

import hashlib
import struct
import zlib
from typing import Any


BYTES_PER_CRC = 512


def sha256(data: bytes) -> str:
    """In hex."""
    return hashlib.sha256(data).hexdigest()


def _md5(data: bytes) -> bytes:
    return hashlib.md5(data, usedforsecurity=False).digest()


def crc_md5(data: bytes) -> str:
    """The MD5 of a block's CRC32s, one for every 512 bytes, in hex."""
    starts = range(0, len(data), BYTES_PER_CRC)
    crcs = [zlib.crc32(data[start : start + BYTES_PER_CRC]) for start in starts]
    return _md5(struct.pack(f">{len(crcs)}I", *crcs)).hex()


def meta(block_id: int, generation: int, data: bytes) -> dict[str, Any]:
    """The content of a block's ``.meta`` object."""
    return {
        "block_id": block_id,
        "generation_stamp": generation,
        "length": len(data),
        "sha256": sha256(data),
        "bytes_per_crc": BYTES_PER_CRC,
        "crc_type": "CRC32",
        "crc_md5": crc_md5(data),
    }


def of_file(metas: list[dict[str, Any]]) -> dict[str, Any]:
    """HDFS' FileChecksum of a file from its blocks' metas; as there, one block counts no CRCs per block."""
    per_crc = BYTES_PER_CRC if metas else 0
    per_block = -(-metas[0]["length"] // BYTES_PER_CRC) if len(metas) > 1 else 0
    # an empty file: HDFS hashes its buffer of 32 zeros
    digest = _md5(b"".join(bytes.fromhex(each["crc_md5"]) for each in metas) if metas else bytes(32))
    content = struct.pack(">IQ", per_crc, per_block) + digest
    algorithm = f"MD5-of-{per_block}MD5-of-{per_crc}CRC32"
    return {"algorithm": algorithm, "bytes": content.hex(), "length": len(content)}
