"""Seals: what a backup set was when it was sealed, signed; and whether it still is.

``body`` writes and reads a seal's file, ``objects`` tells which objects differ from it, ``prints`` puts fingerprints into it and
takes them out again. A seal of any size is written and read in bounded memory: a line for each object, in order.
"""

from hopsdrill.proof.seal.body import Seal, Writer, opened
from hopsdrill.proof.seal.model import Head, Item, Part, Record, Thing, Unknown
from hopsdrill.proof.seal.objects import Found, Judgement, judge
from hopsdrill.proof.seal.status import SealError, SealStatus


__all__ = [
    "Found",
    "Head",
    "Item",
    "Judgement",
    "Part",
    "Record",
    "Seal",
    "SealError",
    "SealStatus",
    "Thing",
    "Unknown",
    "Writer",
    "judge",
    "opened",
]
