"""Names of blocks' objects: ``hopsfs-blocks-set-<id // prefixSize>/blk_<id>_<generation stamp>.{data,meta}``."""

import re
from typing import NamedTuple

from standin.say import StandinError


ROOT = "hopsfs-blocks-set-"  # at the root of the bucket
KINDS = ("data", "meta")
KEY = re.compile(r"hopsfs-blocks-set-(\d+)/blk_(-?\d+)_(\d+)\.(data|meta)")


class BlockName(NamedTuple):
    """A block and the generation of its content; a change of the content is a new generation, never an overwrite."""

    block_id: int
    generation: int


class Keys:
    """Names for one size of a set; the size must not change while there are blocks."""

    def __init__(self, prefix_size: int) -> None:
        self.prefix_size = prefix_size

    def key(self, block: BlockName, kind: str) -> str:
        """The key of a block's ``data`` or ``meta``."""
        return f"{ROOT}{block.block_id // self.prefix_size}/blk_{block.block_id}_{block.generation}.{kind}"

    def both(self, block: BlockName) -> list[str]:
        """The keys of a block's two objects."""
        return [self.key(block, kind) for kind in KINDS]

    def parse(self, key: str) -> tuple[BlockName, str] | None:
        """The block and the kind of a key; None when it is no block's.

        Raises:
            StandinError: it is in another set than ours, so every other block would be looked for in the wrong place.
        """
        found = KEY.fullmatch(key)
        if not found:
            return None
        block, kind = BlockName(int(found[2]), int(found[3])), found[4]
        if self.key(block, kind) != key:
            message = (
                f"object {key} is not where a prefixSize of {self.prefix_size} puts it ({self.key(block, kind)});"
                " give the value the blocks were written with"
            )
            raise StandinError(message)
        return block, kind
