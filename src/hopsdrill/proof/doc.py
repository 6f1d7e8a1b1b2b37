"""The published page of what is compared: ``python -m hopsdrill.proof.doc > docs/reference/fingerprints.md``."""

import sys
from collections.abc import Mapping

from hopsdrill.journal.recorder import SHOWN_DIFFERENCES
from hopsdrill.proof import documents, files, offsets, sums
from hopsdrill.proof.kubernetes import normal
from hopsdrill.proof.rondb import compare, fingerprint


HEAD = f"""\
# What is compared, and what is left out

Generated from the code that compares (`python -m hopsdrill.proof.doc`); a test fails when this page is out of date.

Every store is read by its own public protocol. Whatever is not named below as left out is compared; each difference is named with
the old and the new value, a Secret's with digests. The first {SHOWN_DIFFERENCES} stand in the report, all of them in its evidence. Digests are
keyed with a random key of the run's own, so that a report cannot be searched for values that somebody guesses.
The drill's own canaries are left out in every store, by their owner and nothing else with them, for they are accounted for write by write.

## rondb: rows, definitions, accounts

The database adds up a hash of 64 bits (from SHA-256) of every row, by ranges of {fingerprint.RANGE_ROWS:,} keys, two ranges at a time; digests of ranges
add up to that of a table, so that several machines can share one. A comparison asks for the sums of {compare.SPAN} ranges at once, halves where
they differ, and reads rows only of the ranges that do. Two tables that differ are taken for equal with a chance of 1 in 2^{sums.DIGITS * 4}.

| rows of a table | a difference is named by |
|---|---|
| up to {fingerprint.KEPT_ROWS:,} | key, column, old and new value |
| up to {fingerprint.HASHED_ROWS:,} | key, old and new hash of the row |
| more | range of keys, count and digest then and now |

Only functions that MySQL (and so RonDB) and MariaDB share are used. A table without a primary key is compared by all its columns; equal
rows count as often as they are there. Definitions are compared clause by clause, accounts by their grants and the hash of their password.
Left out: the next number of an AUTO_INCREMENT, which a restore may round up; databases, tables and accounts that the platform's profile names, each with its
reason there; rows of the drill's canaries in other services' tables, by a condition that the profile gives.

## hopsfs: files, folders, and the objects of their blocks

Of a file: every byte as it is read, the checksum that the file system keeps, size, owner, group, permission, time of its last change. Of a
folder: owner, group, permission. Of each block: its objects in the bucket, by size and by the store's own digest; which version is
current is told by that digest, for a rollback that copies gives the same bytes another version's ID.

"""
SEARCH = """\
## opensearch: documents, mappings, aliases, settings

Every document with each of its fields, every part of every mapping, alias and setting by its path.

"""
KUBERNETES = """\
## kubernetes: objects

Every field of every Secret, ConfigMap, ServiceAccount, Role and RoleBinding by its path, but for these:

"""
OBJECTS = """
Whole objects that are left out:

"""
REST = """
## registry: images

Every tag's digest, and every blob's bytes against the digest that names it. Nothing is left out.

## kafka: messages and offsets

The oldest offset of each partition, each message that was there (up to {most:,} of a topic), and the offset that each group has confirmed: of a
group that stands still the same one, of the platform's own consumer none before it and none beyond the end.

"""


def page() -> str:
    """The whole page, as Markdown."""
    ignored = {f"{kind} {name}": why for (kind, name), why in normal.IGNORED.items()}
    return "".join(
        [
            *(HEAD, _table(files.LEFT_OUT), "\n"),
            *(SEARCH, _table(documents.VOLATILE), "\n"),
            *(KUBERNETES, _table(normal.VOLATILE), OBJECTS, _table(ignored)),
            *(REST.format(most=offsets.MOST), _table(offsets.LEFT_OUT)),
        ]
    )


def _table(left_out: Mapping[str, str]) -> str:
    rows = [f"| `{name}` | {why} |" for name, why in left_out.items()]
    return "\n".join(["| left out | because |", "|---|---|", *rows]) + "\n"


if __name__ == "__main__":
    sys.stdout.write(page())
