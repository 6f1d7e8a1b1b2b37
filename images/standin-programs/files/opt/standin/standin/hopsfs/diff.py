"""What the metadata knows against what the bucket has: the comparison of a block report, without either store."""

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from standin.hopsfs.blocks import Block
from standin.hopsfs.keys import KINDS, BlockName, Keys


class Found(NamedTuple):
    """A block with something wrong, and what that is."""

    block: Block
    reason: str


class Difference(NamedTuple):
    """The outcome of a comparison."""

    missing: list[Found]
    corrupt: list[Found]
    waiting: list[Found]  # would be missing, but are younger than the grace period
    orphaned: list[str]  # keys
    safe: int


Sizes = dict[str, int]  # of a block's objects, by kind


def by_block(objects: dict[str, int], keys: Keys) -> dict[int, dict[BlockName, Sizes]]:
    """Objects by block and generation; what is no block's object is left out."""
    found: dict[int, dict[BlockName, Sizes]] = defaultdict(lambda: defaultdict(dict))
    for key, size in objects.items():
        if parsed := keys.parse(key):
            name, kind = parsed
            found[name.block_id][name][kind] = size
    return found


def judge(block: Block, generations: dict[BlockName, Sizes], bucket: str) -> tuple[str, str]:
    """``("safe" | "missing" | "corrupt", reason)`` for one block."""
    if block.bucket != bucket:
        return "corrupt", f"cloud bucket mismatch: the metadata names {block.bucket}, this is {bucket}"
    sizes = generations.get(block.name, {})
    absent = [kind for kind in KINDS if kind not in sizes]
    others = sorted(name.generation for name in generations if name != block.name)
    if len(absent) == len(KINDS) and others:
        return "corrupt", f"generation stamp mismatch: the metadata has {block.generation}, the bucket has {others}"
    if absent:
        return "missing", f"no .{' and no .'.join(absent)} object"
    if sizes["data"] != block.size:
        return "corrupt", f"size mismatch: the metadata has {block.size}, the object {sizes['data']} bytes"
    return "safe", ""


def compare(  # noqa: PLR0913 - the two views and how to judge them
    known: Iterable[Block],
    objects: dict[str, int],
    keys: Keys,
    *,
    bucket: str,
    written: set[BlockName] | None = None,
    grace_before: int,
) -> Difference:
    """Compare.

    Args:
        known: the metadata's blocks.
        objects: sizes of the bucket's objects by key, listed before the metadata was read.
        keys: how objects are named.
        bucket: the bucket's name.
        written: blocks under construction, which are left alone.
        grace_before: milliseconds since 1970; blocks written later are not called missing yet.
    """
    written = written or set()
    found = by_block(objects, keys)
    difference = Difference([], [], [], [], 0)
    blocks = {block.block_id: block for block in known}
    safe = 0
    for block in blocks.values():
        verdict, reason = judge(block, found.get(block.block_id, {}), bucket)
        if verdict == "safe":
            safe += 1
        elif verdict == "corrupt":
            difference.corrupt.append(Found(block, reason))
        else:
            (difference.missing if block.time < grace_before else difference.waiting).append(Found(block, reason))
    evidence = {each.block.block_id for each in difference.corrupt}
    for block_id, generations in found.items():
        for name, sizes in generations.items():
            mine = block_id in blocks and blocks[block_id].name == name
            if not mine and name not in written and block_id not in evidence:
                difference.orphaned.extend(keys.key(name, kind) for kind in KINDS if kind in sizes)
    return difference._replace(orphaned=sorted(difference.orphaned), safe=safe)
