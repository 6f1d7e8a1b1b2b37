"""How fast the versions of a bucket are listed and planned, beside bare parallel calls of boto3 in the same run.

``python bench/versions.py [--sizes 10000,100000,1000000] [--rounds N] [--write docs/reference/performance-objects.md]``. It fills buckets on the
lab's object store and removes them. Both divide the listing by folders and read several at once; ours puts versions and markers into
their order, finds the state of each key at a time, and counts; the bare calls only count what boto3 hands out.
"""

import argparse
import os
import statistics
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from shelves import THREADS, Shelf, apart, between, key, section, shelf, slope, spread, tell, timed, write

from hopsdrill.core.clock import parse_utc
from hopsdrill.recovery.rollback import Ledger, Rollback


TITLE = "Listing versions"
HEAD = [
    "| versions | ours, per second | bare parallel calls, per second | ratio | ours, peak MiB | bare, peak MiB |",
    "|---|---|---|---|---|---|",
]
BOUNDS = "Bounds: 20,000 per second or a ratio of 0.85; 300 MiB at every size."


def ours(made: Shelf, at: str) -> int:
    """List and plan; gives how many versions and markers."""
    with tempfile.TemporaryDirectory() as folder, Ledger(Path(folder)) as ledger:
        return Rollback(made.versioned, "", parse_utc(at), ledger, lambda _: None).plan().entries


def bare(made: Shelf) -> int:
    """List by folders with boto3 alone."""
    client = made.client
    pages = client.get_paginator("list_objects_v2").paginate(Bucket=made.name, Delimiter="/")
    folders = [each["Prefix"] for page in pages for each in page.get("CommonPrefixes", [])]

    def listed(prefix: str) -> int:
        pages = client.get_paginator("list_object_versions").paginate(Bucket=made.name, Prefix=prefix)
        return sum(len(page.get("Versions", [])) + len(page.get("DeleteMarkers", [])) for page in pages)

    with ThreadPoolExecutor(THREADS) as pool:
        return sum(pool.map(listed, folders))


def fill(made: Shelf, size: int) -> str:
    """About so many entries, half of the keys with two versions, a tenth deleted; gives a time before the second."""
    keys = [key(number) for number in range(size * 10 // 16)]
    made.fill(keys, b"old")
    at = between()
    made.fill(keys[::2], b"newer")
    made.delete(keys[::10])
    return at.isoformat()


def measured(size: int, rounds: int) -> tuple[str, float]:
    """A line of the table, and our seconds."""
    own, other = [], []
    with shelf() as made:
        at = fill(made, size)
        for _ in range(rounds):
            own.append(apart("--measure", "ours", "--bucket", made.name, "--at", at))
            other.append(apart("--measure", "bare", "--bucket", made.name))
    seen = {each["entries"] for each in own + other}
    if len(seen) > 1:
        sys.exit(f"both are to see all of the same bucket; they saw {sorted(seen)}")
    entries = seen.pop()
    rates = [[each["entries"] / each["seconds"] for each in found] for found in (own, other)]
    ratio = [theirs["seconds"] / mine["seconds"] for mine, theirs in zip(own, other, strict=True)]
    peaks = [max(each["mib"] for each in found) for found in (own, other)]
    line = f"| {entries} | {spread(rates[0], '.0f')} | {spread(rates[1], '.0f')} | {spread(ratio)} | {peaks[0]:.0f} | {peaks[1]:.0f} |"
    return line, statistics.median(each["seconds"] for each in own)


def main() -> None:
    """Measure, print, and write the section where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="10000,100000")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--write", type=Path)
    for name in ("--measure", "--bucket", "--at"):
        parser.add_argument(name, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.measure:
        made = Shelf(asked.bucket)
        body = (lambda: ours(made, asked.at)) if asked.measure == "ours" else (lambda: bare(made))
        seconds, entries = timed(body)
        tell(seconds=seconds, entries=entries)
        return
    before, lines, times = os.getloadavg(), list(HEAD), {}
    for size in map(int, asked.sizes.split(",")):
        line, times[size] = measured(size, asked.rounds)
        lines.append(line)
    lines += [
        "",
        f"{BOUNDS} Time grows with the power {slope(times)}. Median of {asked.rounds} rounds, lowest and highest in brackets.",
    ]
    text = section(TITLE, lines, before)
    print(text)
    if asked.write:
        write(asked.write, TITLE, text)


if __name__ == "__main__":
    main()
