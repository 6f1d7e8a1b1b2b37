"""What tests on the lab share: running the command line, waiting for a journal, looking for leftovers."""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import yaml

from hopsdrill.adapters.kube import Kube
from hopsdrill.adapters.s3 import ObjectStore
from hopsdrill.core.paths import data_dir
from hopsdrill.plan.loader import load_named_profile


DRILLS = Path(__file__).parents[1] / "lab" / "drills"


@dataclass
class Ended:
    """A command that ended."""

    code: int
    out: str
    err: str

    @property
    def told(self):
        """Its standard output as JSON."""
        return json.loads(self.out)


def command(*words) -> list[str]:
    """The command line in this interpreter."""
    return [sys.executable, "-m", "hopsdrill", *map(str, words)]


def hopsdrill(*words, timeout: float = 600, env: dict[str, str] | None = None) -> Ended:
    """Run it to its end."""
    done = subprocess.run(
        command(*words),
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
        stdin=subprocess.DEVNULL,
        env={**os.environ, **(env or {})},
    )
    return Ended(done.returncode, done.stdout, done.stderr)


@contextlib.contextmanager
def under_way(reports: Path, *words):
    """A run in the background, killed at the end if it is still there; gives the process."""
    reports.mkdir(parents=True, exist_ok=True)
    with (reports / "stderr.txt").open("w") as log:
        child = subprocess.Popen(
            command("run", *words, "--reports", reports),
            stdout=subprocess.DEVNULL,
            stderr=log,
            stdin=subprocess.DEVNULL,
        )
        try:
            yield child
        finally:
            if child.poll() is None:
                child.kill()
            child.wait()


def run_folder(reports: Path) -> Path:
    """The one run's folder."""
    folders = [path.parent for path in reports.glob("*/journal.ndjson")]
    assert len(folders) == 1, f"{len(folders)} runs in {reports}"
    return folders[0]


def wait_until_journalled(reports: Path, text: str, seconds: float = 180) -> None:
    """Wait until a run's journal holds a text."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = list(reports.glob("*/journal.ndjson"))
        if found and text in found[0].read_text():
            return
        time.sleep(0.1)
    raise AssertionError(
        f"{text!r} was not journalled within {seconds} s: " + (reports / "stderr.txt").read_text()[-2000:]
    )


def leftovers(kube: Kube, bucket: ObjectStore) -> list[str]:
    """Everything a drill could leave behind in cluster and bucket."""
    found = [f"namespace {each['metadata']['name']}" for each in kube.list("v1/Namespace", labels="hopsdrill.io/run")]
    for kind in ("Backup", "Restore", "Schedule", "BackupStorageLocation"):
        found += [f"{kind} {each['metadata']['name']}" for each in kube.list(f"velero.io/v1/{kind}", "velero")]
    found += [f"Secret {each['metadata']['name']}" for each in kube.list("v1/Secret", "velero", "hopsdrill.io/run")]
    found += [
        f"object {each.key}"
        for prefix in load_named_profile("hopsworks-standin").bucket_prefixes
        for each in bucket.entries(prefix)
    ]
    return found


def tailored(folder: Path, binding: str, feature: str, profile: dict | None = None, **plan: object) -> Path:
    """The packaged plan and profile with changes, in a folder of its own; gives the plan's file."""
    own = yaml.safe_load((data_dir("profiles") / "hopsworks-standin.yaml").read_text())
    (folder / "profile.yaml").write_text(yaml.safe_dump({**own, **(profile or {})}))
    for name in (binding, feature):
        if (DRILLS / name).exists():
            shutil.copy(DRILLS / name, folder)
    made = yaml.safe_load((data_dir("drills") / "in-place-restore.yaml").read_text())
    made |= {"profile": "profile.yaml", "binding": binding, "features": [feature], **plan}
    (folder / "plan.yaml").write_text(yaml.safe_dump(made))
    return folder / "plan.yaml"
