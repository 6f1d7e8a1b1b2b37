"""How fast keys are rolled back, beside bare parallel calls of boto3 and s3-pit-restore (PyPI) in the same run.

``python bench/rollback.py [--keys 3000,50000] [--kind mixed|copied|uncovered|hidden] [--rounds N] [--pit-up-to N]
[--write docs/reference/performance-objects.md]``. Each contender gets a bucket of its own, filled alike: so many changed keys, and as many that
were not changed. The bare calls list by folders, decide, copy with as many threads as ours, and set and remove markers by the thousand; they
keep no ledger and prove nothing. s3-pit-restore is installed into a folder of its own and removed with it.
"""

import argparse
import os
import statistics
import subprocess
import tempfile
import venv
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby
from pathlib import Path
from typing import Any

from shelves import THREADS, Shelf, apart, between, etag, key, section, shelf, slope, spread, tell, timed, write

from hopsdrill.adapters.credentials import read_credentials
from hopsdrill.core.clock import parse_utc
from hopsdrill.recovery.rollback import Ledger, Rollback
from hopsdrill.recovery.rollback.work import COPIERS


TITLE = "Rolling back"
OLD, NEW = b"old", b"newer"
KINDS = {"mixed": ("copied", "uncovered", "hidden"), **{kind: (kind,) for kind in ("copied", "uncovered", "hidden")}}
HEAD = [
    "| changed keys, as many unchanged | by | changed keys per second | bare / this, by time | keys as they were | peak MiB |",
    "|---|---|---|---|---|---|",
]
BOUNDS = "Bounds: 5,000 per second or a ratio of 0.85; 300 MiB at every size."


def fill(made: Shelf, size: int, kind: str) -> str:
    """Keys of which so many were changed after a time; gives that time."""
    kinds = KINDS[kind]
    numbers = {each: range(place, size, len(kinds)) for place, each in enumerate(kinds)}
    names = {each: [key(number, each[0]) for number in found] for each, found in numbers.items()}
    there = [name for each in ("copied", "uncovered") for name in names.get(each, [])]
    made.fill([*there, *(key(number, "s") for number in range(size))], OLD)
    at = between()
    made.fill([*names.get("copied", []), *names.get("hidden", [])], NEW)
    made.delete(names.get("uncovered", []))
    return at.isoformat()


def right(made: Shelf) -> int:
    """How many keys are as they were, by their first entry: what a listing says, whoever made it so."""
    found = 0
    for page in made.versioned.pages(""):
        for each in page:
            if each.latest:
                found += each.marker if "/h" in each.key else each.etag == etag(OLD)
    return found


def ours(made: Shelf, at: str) -> dict[str, float]:
    """Plan, change, enter; and then prove."""
    with tempfile.TemporaryDirectory() as folder, Ledger(Path(folder)) as ledger:
        order = Rollback(made.versioned, "", parse_utc(at), ledger, lambda _: None)
        seconds, _ = timed(order.carry_out)
        proof, found = timed(order.prove)
    return {
        "seconds": seconds,
        "proof": proof,
        "wrong": sum(found.count[kind] for kind in ("lost", "refused", "changed")),
    }


def bare(made: Shelf, at: str) -> dict[str, float]:
    """The same calls, and nothing else."""
    client, moment = made.client, parse_utc(at)

    def planned(prefix: str) -> dict[str, list[Any]]:
        todo: dict[str, list[Any]] = defaultdict(list)
        pages = client.get_paginator("list_object_versions").paginate(Bucket=made.name, Prefix=prefix)
        entries = [each for page in pages for each in [*page.get("Versions", []), *page.get("DeleteMarkers", [])]]
        entries.sort(key=lambda each: (each["Key"], -each["LastModified"].timestamp()))
        for name, group in groupby(entries, key=lambda each: each["Key"]):
            versions = list(group)
            wanted = next((each for each in versions if each["LastModified"] <= moment), None)
            above = versions[: versions.index(wanted)] if wanted else versions
            if wanted is None:
                todo["hide"].append({"Key": name})
            elif above and all("ETag" not in each for each in above):
                todo["uncover"] += [{"Key": name, "VersionId": each["VersionId"]} for each in above]
            elif above:
                todo["copy"].append({"Bucket": made.name, "Key": name, "VersionId": wanted["VersionId"]})
        return todo

    def body() -> None:
        pages = client.get_paginator("list_objects_v2").paginate(Bucket=made.name, Delimiter="/")
        folders = [each["Prefix"] for page in pages for each in page.get("CommonPrefixes", [])]
        with ThreadPoolExecutor(THREADS) as pool, ThreadPoolExecutor(COPIERS) as copiers:
            done = []
            for todo in pool.map(planned, folders):
                done += [
                    copiers.submit(client.copy_object, Bucket=made.name, Key=each["Key"], CopySource=each)
                    for each in todo["copy"]
                ]
                for each in ("uncover", "hide"):
                    parts = [todo[each][start : start + 1000] for start in range(0, len(todo[each]), 1000)]
                    done += [
                        pool.submit(client.delete_objects, Bucket=made.name, Delete={"Objects": part}) for part in parts
                    ]
            for each in done:
                each.result()

    return {"seconds": timed(body)[0]}


def pit(made: Shelf, at: str, program: str) -> dict[str, float]:
    """s3-pit-restore onto the same bucket, with as many threads."""
    access, secret = read_credentials(made.ref.credentials_file)
    env = {**os.environ, "AWS_ACCESS_KEY_ID": access, "AWS_SECRET_ACCESS_KEY": secret}
    env |= {"AWS_ENDPOINT_URL_S3": made.ref.endpoint, "AWS_DEFAULT_REGION": made.ref.region}
    words = [program, "-b", made.name, "-B", made.name, "-t", at, "--max-workers", str(COPIERS)]
    run = lambda: subprocess.run(words, env=env, check=False, capture_output=True)  # noqa: E731
    return {"seconds": timed(run)[0]}


def contest(size: int, kind: str, rounds: int, program: str) -> tuple[list[str], float]:
    """Lines of the table, and our seconds."""
    found: dict[str, list[dict[str, float]]] = defaultdict(list)
    for _ in range(rounds):
        for name in ["ours", "bare", *(["s3-pit-restore"] if program else [])]:
            with shelf() as made:
                at = fill(made, size, kind)
                if name == "s3-pit-restore":
                    told = pit(made, at, program)
                else:
                    told = apart("--measure", name, "--bucket", made.name, "--at", at)
                found[name].append({**told, "right": right(made)})
    return [line(size, kind, name, each, found["bare"]) for name, each in found.items()], _median(found["ours"])


def line(size: int, kind: str, name: str, found: list[dict[str, float]], plain: list[dict[str, float]]) -> str:
    """One contender."""
    rate = spread([size / each["seconds"] for each in found], ".0f")
    ratio = spread([theirs["seconds"] / each["seconds"] for each, theirs in zip(found, plain, strict=True)])
    kept, peak = min(each["right"] for each in found), max(each.get("mib", 0) for each in found)
    if name == "ours":
        proved = spread([size / (each["seconds"] + each["proof"]) for each in found], ".0f")
        rate += f"; with its proof {proved}"
        assert not any(each["wrong"] for each in found)  # noqa: S101 - a bench of a wrong result is none
    return f"| {size} {kind} | {name} | {rate} | {ratio} | {kept:.0f} of {2 * size} | {f'{peak:.0f}' if peak else 'not measured'} |"


def _median(found: list[dict[str, float]]) -> float:
    return statistics.median(each["seconds"] for each in found)


def installed(folder: str) -> str:
    """s3-pit-restore in an environment of its own."""
    venv.create(folder, with_pip=True)
    subprocess.run([f"{folder}/bin/pip", "install", "-q", "s3-pit-restore"], check=True, stdin=subprocess.DEVNULL)
    return f"{folder}/bin/s3-pit-restore"


def main() -> None:
    """Measure, print, and write the section where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keys", default="3000")
    parser.add_argument("--kind", choices=list(KINDS), default="mixed")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--pit-up-to", type=int, default=3000, help="keys up to which s3-pit-restore is measured, too")
    parser.add_argument("--write", type=Path)
    for name in ("--measure", "--bucket", "--at"):
        parser.add_argument(name, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.measure:
        made = Shelf(asked.bucket)
        tell(**(ours(made, asked.at) if asked.measure == "ours" else bare(made, asked.at)))
        return
    before, lines, times = os.getloadavg(), list(HEAD), {}
    with tempfile.TemporaryDirectory() as folder:
        sizes = [int(each) for each in asked.keys.split(",")]
        program = installed(folder) if min(sizes) <= asked.pit_up_to else ""
        for size in sizes:
            made, times[size] = contest(size, asked.kind, asked.rounds, program if size <= asked.pit_up_to else "")
            lines += made
    lines += [
        "",
        f"{BOUNDS} Time grows with the power {slope(times)}. Median of {asked.rounds} rounds, lowest and highest in brackets.",
    ]
    text = section(f"{TITLE}, {asked.kind}", lines, before)
    print(text)
    if asked.write:
        write(asked.write, f"{TITLE}, {asked.kind}", text)


if __name__ == "__main__":
    main()
