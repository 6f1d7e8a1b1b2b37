"""How large and how fast the stand-in platform is: ready after `helm install`, resident memory, one whole backup set.

``python bench/size.py [--write docs/reference/platform-size.md]``. It runs the packaged drill on the lab, reads times from the
run's journal, and meanwhile adds up the resident memory of every process in the release's pods, twice a second.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
import threading
from collections import defaultdict
from pathlib import Path
from typing import Self

from hopsdrill.adapters.kube import Kube
from hopsdrill.core.errors import DrillError
from hopsdrill.core.paths import data_dir
from hopsdrill.journal import read
from hopsdrill.lab import load
from hopsdrill.model import events as ev


NAMESPACE = "hopsworks"
LIMITS = {"ready after helm install": "90 s", "resident memory, highest": "2048 MiB", "one whole backup set": "60 s"}
HEAD = """# The size of the stand-in platform

Written by `bench/size.py`, from a run of `drills/in-place-restore.yaml`: 10,000 rows in 7 tables, 500 files, 5,000 documents,
200 Kubernetes objects, two environments. Resident memory is the sum over all processes, so pages that several share count several times.

"""


def resident(uids: dict[str, str]) -> dict[str, int]:
    """KiB of every pod that runs now, by the start of its name; processes are found by their control group."""
    found: dict[str, int] = defaultdict(int)
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            group = (folder / "cgroup").read_text()
            status = (folder / "status").read_text()
        except OSError:
            continue  # it ended meanwhile
        pod = re.search(r"pod([0-9a-f_-]{36})", group)
        size = re.search(r"VmRSS:\s+(\d+) kB", status)
        if pod and size and (name := uids.get(pod[1].replace("_", "-"))):
            found[name] += int(size[1])
    return dict(found)


class Sampler:
    """Watches the release's pods until it is stopped; keeps the largest sum, and each pod's largest size."""

    def __init__(self, kube: Kube) -> None:
        self._kube, self._stop = kube, threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.highest, self.pods = 0, dict[str, int]()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(0.5):
            try:
                pods = self._kube.list("v1/Pod", NAMESPACE)
            except DrillError:
                continue
            sizes = resident({pod["metadata"]["uid"]: pod["metadata"]["name"] for pod in pods})
            self.highest = max(self.highest, sum(sizes.values()))
            for name, size in sizes.items():
                self.pods[name] = max(size, self.pods.get(name, 0))


def seconds(folder: Path, operation: str) -> list[float]:
    """Seconds of every operation of a name, in the order of the run."""
    events = [entry.event for entry in read(folder)]
    names = {event.operation: event.name for event in events if isinstance(event, ev.OperationStarted)}
    ends = [event for event in events if isinstance(event, ev.OperationFinished)]
    return [event.seconds for event in ends if names[event.operation] == operation]


def measure() -> dict[str, str]:
    """Run the drill once."""
    ref = load().clusters["drill"]
    kube = Kube(ref.kubeconfig, ref.context, uid=ref.uid)
    load_before = " ".join(f"{each:.2f}" for each in os.getloadavg())
    with tempfile.TemporaryDirectory() as reports, Sampler(kube) as seen:
        words = ["run", data_dir("drills") / "in-place-restore.yaml", "--reports", reports]
        subprocess.run([sys.executable, "-m", "hopsdrill", *map(str, words)], check=True, stdin=subprocess.DEVNULL)
        (folder,) = [path.parent for path in Path(reports).glob("*/journal.ndjson")]
        sets = [seconds(folder, name) for name in ("back up the stores", "name the project namespaces")]
        velero = [seconds(folder, f"back up {name}") for name in ("k8s-backups-main", "k8s-backups-users-resources")]
        whole = sum(each[0] for each in [*sets, *velero])
        found = {
            "load average at the start": load_before,
            "ready after helm install": f"{seconds(folder, 'install the platform')[0]:.1f} s",
            "one whole backup set": f"{whole:.1f} s",
            "restore in place, every store": f"{seconds(folder, 'restore in place')[0]:.1f} s",
            "resident memory, highest": f"{seen.highest / 1024:.0f} MiB",
        }
        largest = sorted(seen.pods.items(), key=lambda each: -each[1])
        named = {name: size for name, size in largest if re.fullmatch(r".*-\d+|(namenode|onlinefs)-.*", name)}
        return found | {f"resident, pod {name}": f"{size / 1024:.0f} MiB" for name, size in list(named.items())[:9]}


def main() -> None:
    """Measure, and print or write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", type=Path)
    given = parser.parse_args()
    rows = [f"| {name} | {value} | {LIMITS.get(name, '')} |" for name, value in measure().items()]
    text = HEAD + "\n".join(["| what | measured | bound |", "|---|---|---|", *rows]) + "\n"
    if given.write:
        given.write.write_text(text)
    print(text)


if __name__ == "__main__":
    main()
