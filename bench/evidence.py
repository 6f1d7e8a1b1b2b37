"""How fast evidence is written, checked and reported, beside the plainest way to do the like without hopsdrill.

``python bench/evidence.py [--entries N] [--rounds N] [--write docs/reference/performance-evidence.md]``. It needs no lab. Every figure is of
processes of their own, whole from start to end; a ratio is of two that ran right after one another, and there is one for each round.
"""

import argparse
import itertools
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from hopsdrill import __version__
from hopsdrill.integrity import attest, declare_intent
from hopsdrill.journal import EvidenceStore, Journal, Recorder, read, scan
from hopsdrill.journal.writer import NAME
from hopsdrill.model import events as ev
from hopsdrill.report import write
from hopsdrill.signing import KeyStore


HEAD = """# Performance of evidence

Written by `bench/evidence.py`; run it to have the figures of your machine. Ratios are of two things done right after one another on one machine, so they travel; seconds do not.

{day}, {cores} cores, load average at the start {load}, Python {python}. The journal has {entries} entries and {mib:.0f} MiB: ten steps with a proof each, and all else
operations, which is what makes a journal long. Median of {rounds} rounds, and in brackets the least and the most. Memory is the most a process had resident.
{busy}
"""
BUSY = """
The machine was busy with other things: wall times and rates are those of a share of it, and the bounds, which are for an idle one, cannot be held against them. Processor time and memory can.
"""
SCENARIO = "made_up.feature::One"
STEPS = 10
AT_ONCE = 64  # threads that append at the same time; and entries that are given together
# the plainest checking of a folder: every file's digest, and every line of the journal is JSON
BY_HAND_VERIFY = (
    "find . -type f -print0 | sort -z | xargs -0 sha256sum >/dev/null && "
    f"{sys.executable} -c 'import json\nfor line in open(\"{NAME}\"): json.loads(line)'"
)
BY_HAND_REPORT = f"{sys.executable} -m json.tool --json-lines {NAME} >/dev/null"


def events(entries: int) -> Iterator[ev.Event]:
    """A made-up passing run of about as many events."""
    yield ev.RunStarted(
        run_id="bench", tool_version=__version__, plan_file="p", plan_digest="0" * 64, plan={}, command=[], host={}
    )
    yield ev.EnvironmentSeen(
        cluster="none", context="none", cluster_uid="0", created_by_lab=True, components=[], stand_ins=[]
    )
    proofs, steps = [f"proof-{number}" for number in range(STEPS)], [f"it is so, {number}" for number in range(STEPS)]
    yield ev.ScenarioPlanned(
        scenario=SCENARIO, feature="made_up.feature", tags=[], steps=steps, proofs=proofs, actions=[]
    )
    yield ev.ScenarioStarted(scenario=SCENARIO)
    numbers = itertools.count(1)
    for index, (step, proof) in enumerate(zip(steps, proofs, strict=True)):
        yield ev.StepStarted(scenario=SCENARIO, index=index, keyword="Then", text=step, line=index + 3)
        for number in itertools.islice(numbers, entries // (2 * STEPS)):
            yield from operation(number)
        yield ev.ProofRecorded(
            scenario=SCENARIO, proof=proof, store="rondb", status=ev.Status.PASSED, expected="1", observed="1"
        )
        yield ev.StepFinished(scenario=SCENARIO, index=index, status=ev.Status.PASSED)
    yield ev.ScenarioFinished(scenario=SCENARIO, status=ev.Status.PASSED)
    yield ev.CleanupFinished(leftovers=[])
    yield ev.RunFinished()


def operation(number: int) -> tuple[ev.OperationStarted, ev.OperationFinished]:
    """One operation, as long as those of a drill."""
    call = f"read the rows {number} to {number + 999} of fraud.fg_transactions_1, ordered by their key"
    said = f"1000 rows, the last of them acknowledged as number {number + 999}"
    return (
        ev.OperationStarted(operation=number, name="read rows", call=call, target="rondb", destructive=False),
        ev.OperationFinished(operation=number, status=ev.Status.PASSED, outcome=said, seconds=0.012),
    )


def make(folder: Path, entries: int) -> None:
    """A signed run's folder."""
    journal, coming = Journal(folder), events(entries)
    while some := list(itertools.islice(coming, 1000)):
        journal.append_all(some)
    signer = KeyStore().runner()
    declare_intent(Recorder(journal, EvidenceStore(folder)), next(scan(folder)), signer)
    journal.close()
    attest(folder, write(folder), read(folder), signer)


class Cost(NamedTuple):
    """What a process took: wall seconds, processor seconds, MiB resident at most."""

    wall: float
    cpu: float
    mib: float


def of_process(*argv: str, cwd: Path) -> Cost:
    """Run a process to its good end, and measure it whole."""
    started = time.monotonic()
    child = subprocess.Popen(argv, cwd=cwd, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        sys.exit(f"{' '.join(argv)} ended with {child.returncode}")
    return Cost(time.monotonic() - started, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def rate(body: str, entries: int) -> float:
    """Entries a second that one way of appending reaches, in a process of its own and a new folder."""
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:  # not in memory: the disk is what is measured
        done = subprocess.run(
            [sys.executable, __file__, "--append", body, "--entries", str(entries), "--folder", folder],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
    return float(done.stdout)


def append(how: str, folder: Path, entries: int) -> float:
    """Append in one of the ways; gives entries a second."""
    given = [each for number in range(entries // 2) for each in operation(number)]
    plain = [json.dumps(each.model_dump(mode="json")).encode() + b"\n" for each in given]
    started = time.monotonic()
    if how.startswith("plain"):
        size = 1 if how == "plain" else AT_ONCE
        with (folder / NAME).open("wb") as file:
            for place in range(0, len(plain), size):
                file.write(b"".join(plain[place : place + size]))
                file.flush()
                os.fsync(file.fileno())
    else:
        _append(how, Journal(folder), given)
    return len(given) / (time.monotonic() - started)


def _append(how: str, journal: Journal, given: list[ev.OperationStarted | ev.OperationFinished]) -> None:
    if how == "one":
        for each in given:
            journal.append(each)
    elif how == "together":
        for place in range(0, len(given), AT_ONCE):
            journal.append_all(given[place : place + AT_ONCE])
    else:
        shares = [given[number::AT_ONCE] for number in range(AT_ONCE)]
        threads = [threading.Thread(target=_append, args=("one", journal, share)) for share in shares]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    if threading.current_thread() is threading.main_thread():
        journal.close()


def spread(values: list[float], form: str) -> str:
    """The median, and the least and the most."""
    return f"{statistics.median(values):{form}} ({min(values):{form}} to {max(values):{form}})"


def appending(rounds: int, entries: int) -> list[str]:
    """Rows of the table of appending."""
    rows = []
    for what, ours, theirs, bound in (
        ("one thread, each entry on disk before the next", "one", "plain", ""),
        (f"{AT_ONCE} threads, which share an fsync", "threads", "plain", "5000"),
        (f"{AT_ONCE} entries given together", "together", "plain-together", "5000"),
    ):
        count = entries if bound else entries // 10
        pairs = [
            (rate(ours, count), rate(theirs, entries if "together" in theirs else entries // 10)) for _ in range(rounds)
        ]
        own, other = ([pair[side] for pair in pairs] for side in (0, 1))
        ratio = spread([one / two for one, two in pairs], ".2f")
        rows.append(f"| {what} | {spread(own, '.0f')} | {bound} | {spread(other, '.0f')} | {ratio} |")
    return rows


def checking(rounds: int, folder: Path, key: Path) -> list[str]:
    """Rows of the table of reading."""
    tool = [sys.executable, "-m", "hopsdrill", "report"]
    rows = []
    for what, ours, theirs, bound in (
        ("`report verify`", [*tool, "verify", ".", "--key", str(key)], BY_HAND_VERIFY, "5 s, 200 MiB"),
        ("`report verify --full`", [*tool, "verify", ".", "--key", str(key), "--full"], BY_HAND_VERIFY, ""),
        ("`report build`", [*tool, "build", "."], BY_HAND_REPORT, "15 s"),
    ):
        pairs = [
            (of_process(*ours, cwd=folder), of_process("/bin/bash", "-c", theirs, cwd=folder)) for _ in range(rounds)
        ]
        own, hand = ([pair[side] for pair in pairs] for side in (0, 1))
        cells = [
            what,
            f"{spread([each.wall for each in own], '.1f')} s",
            f"{spread([each.cpu for each in own], '.1f')} s",
            f"{max(each.mib for each in own):.0f} MiB",
            bound,
            f"{spread([each.wall for each in hand], '.1f')} s, {max(each.mib for each in hand):.0f} MiB",
            spread([one.wall / two.wall for one, two in pairs], ".2f"),
        ]
        rows.append(f"| {' | '.join(cells)} |")
    return rows


def page(rounds: int, entries: int) -> str:
    """Measure everything."""
    loads = os.getloadavg()
    load = " ".join(f"{each:.2f}" for each in loads)
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as scratch:
        os.environ["HOPSDRILL_CONFIG"] = f"{scratch}/config"
        folder = Path(scratch) / "run"
        # in a process of its own: what is measured would begin with the memory of the one that starts it
        subprocess.run([sys.executable, __file__, "--make", folder, "--entries", str(entries)], check=True)
        mib = (folder / NAME).stat().st_size / 2**20
        count = sum(1 for _ in scan(folder))
        checked = checking(rounds, folder, Path(scratch) / "config/keys/runner.pub")
    head = HEAD.format(
        day=f"{datetime.now(UTC):%Y-%m-%d}", cores=os.cpu_count(), load=load, python=sys.version.split()[0],
        entries=f"{count:,}", mib=mib, rounds=rounds,
        busy=BUSY if loads[0] > (os.cpu_count() or 1) else "",
    )  # fmt: skip
    return head + "\n".join(
        [
            "## Checking and reporting",
            "",
            "| what | wall | processor | memory | bound | by hand | wall, ours / by hand |",
            "|---|---|---|---|---|---|---|",
            *checked,
            "",
            "By hand: `sha256sum` of every file and `json.loads` of every line, which finds no forged verdict and no bad signature; for the report, `python -m json.tool --json-lines`.",
            "",
            "## Appending",
            "",
            "| what | entries a second | bound | plain lines a second | ours / plain |",
            "|---|---|---|---|---|",
            *appending(rounds, min(entries, 20_000)),
            "",
            "Plain: the same JSON, made before, written and fsynced line by line, or as many lines together; without redaction, without a chain.",
            "",
        ]
    )


def main() -> None:
    """Measure, print, and write the page where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--entries", type=int, default=100_000)
    parser.add_argument("--write", type=Path)
    parser.add_argument("--append", help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--make", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.make:
        make(asked.make, asked.entries)
        return
    if asked.append:
        print(append(asked.append, asked.folder, asked.entries))
        return
    text = page(asked.rounds, asked.entries)
    if asked.write:
        asked.write.write_text(text)
    print(text)


if __name__ == "__main__":
    main()
