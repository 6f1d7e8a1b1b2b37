"""The examples under reports/examples: four small drills on a real lab cluster, each with the verdict its folder is named for.

``python tests/lab/make_examples.py --cluster second pass fail breached invalid`` conducts them; ``--renew`` writes the reports of
those that are there anew from their journals, when the form of a report has changed. Either way they are signed with a key whose
private half is thrown away; its public half stays beside the example. Machine and home of whoever runs this are not in them.
"""

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import yaml


HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "support"))

from examples import EXAMPLES, LARGEST, personal  # noqa: E402 - of tests/support
from no_op_chart import no_op_chart  # noqa: E402
from on_lab import command, run_folder, tailored  # noqa: E402

from hopsdrill.core.paths import data_dir  # noqa: E402
from hopsdrill.integrity import attest  # noqa: E402
from hopsdrill.journal import read  # noqa: E402
from hopsdrill.report import write  # noqa: E402
from hopsdrill.signing import KeyStore  # noqa: E402


WANTED = {"pass": "PASS", "fail": "FAIL", "breached": "BREACHED", "invalid": "INVALID"}
SMALL = ("test_database_only.py", "database_only.feature")
SILENT = ("test_silent.py", "silent.feature")
ROWS = {
    "rows": 10000,
    "tables": 7,
    "files": 20,
    "documents": 50,
    "objects": 12,
    "in_flight": 5,
    "writes_per_second": 10,
}
GOVERNANCE = {
    "roles": {"owner": "Platform team", "operator": "the runner of this example"},
    "severity": "major",
    "plausibility": "operator error",
    "confidentiality": "public",
}


def passing(folder: Path) -> dict:
    """Nothing is wrong."""
    del folder
    return {"title": "Example: the database is restored in place from its weekly backup"}


def failing(folder: Path) -> dict:
    """A part of the backup vanished, and the platform restores the rest without a word: rows are missing."""
    del folder
    values = yaml.safe_load((data_dir("profiles") / "hopsworks-standin.yaml").read_text())["values"]
    values["rondb"] = {"rondb": {"restoreFromBackup": {"silentPartialRestore": True}}}
    # a lost parent of other tables would be noticed by their foreign keys
    data = ROWS | {"tables": 1}
    return {"title": "Example: a restore that loses rows in silence", "profile": {"values": values}, "data": data}


def late(folder: Path) -> dict:
    """Everything comes back, later than was allowed."""
    del folder
    wanted = {
        "rto": {"within": "1s", "source": "set so that this example misses it"},
        "rpo": {"within": "8d", "source": "weekly schedule plus a day to notice a failed backup"},
    }
    return {"title": "Example: a restore that takes longer than allowed", "objectives": wanted}


def without_effect(folder: Path) -> dict:
    """The restore's programs do nothing; its Jobs are Complete."""
    chart = no_op_chart(folder)
    return {"title": "Example: a restore that does nothing", "profile": {"chart": chart.name}}


PLANS: dict[str, Callable[[Path], dict]] = {
    "pass": passing,
    "fail": failing,
    "breached": late,
    "invalid": without_effect,
}


def conduct(name: str, cluster: str) -> None:
    """One example: the run itself, in a folder of its own with relative paths, signed by a key that is made for it."""
    scratch = Path(tempfile.mkdtemp(prefix=f"example-{name}-"))  # stays where something went wrong
    folder, keys = scratch / "drill", scratch / "keys"
    folder.mkdir()
    plan = {"name": f"example-{name}", "target": {"lab_cluster": cluster}, "data": ROWS, "governance": GOVERNANCE}
    plan |= PLANS[name](folder)
    tailored(folder, *(SILENT if name == "fail" else SMALL), profile=plan.pop("profile", None), **plan)
    words = command("run", "plan.yaml", "--json", "--reports", "reports")
    own = {**os.environ, "HOPSDRILL_CONFIG": str(keys)}
    told = json.loads(subprocess.run(words, cwd=folder, env=own, stdout=subprocess.PIPE, check=False).stdout)
    if told["verdict"] != WANTED[name]:
        sys.exit(f"{name} ended as {told['verdict']}: {told['summary']['recovered']}\nIt is in {folder}.")
    keep(run_folder(folder / "reports"), name, KeyStore(keys), "")
    shutil.rmtree(scratch)


def renew(name: str) -> None:
    """The report anew from the journal, which stays as it is; what was signed before the run stays signed by the run's own key."""
    with tempfile.TemporaryDirectory() as scratch:
        copy = Path(shutil.copytree(EXAMPLES / name, Path(scratch) / name))
        keys = KeyStore(Path(scratch) / "keys")
        attest(copy, write(copy), read(copy), keys.runner())
        keep(copy, name, keys, "-renewed")


def keep(folder: Path, name: str, keys: KeyStore, sort: str) -> None:
    """Put a run's folder among the examples if it is small and tells nothing of this machine."""
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    found = (
        [] if sort else personal(folder, [platform.node(), str(HERE.parents[1]), f"{tempfile.gettempdir()}/example-"])
    )
    if size > LARGEST or found:
        sys.exit(f"{name} in {folder}: {size} bytes, {LARGEST} allowed; tells of this machine: {found}")
    shutil.rmtree(EXAMPLES / name, ignore_errors=True)
    shutil.copytree(folder, EXAMPLES / name)
    shutil.copy(keys.folder / "keys" / "runner.pub", EXAMPLES / f"{name}{sort}.pub")
    if not sort:
        (EXAMPLES / f"{name}-renewed.pub").unlink(missing_ok=True)
    sys.stdout.write(f"{EXAMPLES / name}: {size} bytes\n")


def main() -> None:
    """Read the command line."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("names", nargs="*", choices=[*WANTED, []], help="which; all without")
    asked.add_argument("--cluster", default="drill", help="the lab's cluster they run on")
    asked.add_argument("--renew", action="store_true", help="conduct nothing: write the reports anew from the journals")
    given = asked.parse_args()
    there = [name for name in WANTED if (EXAMPLES / name).is_dir()]
    for name in given.names or (there if given.renew else WANTED):
        renew(name) if given.renew else conduct(name, given.cluster)


if __name__ == "__main__":
    main()
