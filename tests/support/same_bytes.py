"""Reports written in processes of their own, so that machine and interpreter can be varied."""

import os
import shutil
import subprocess
from pathlib import Path


FORMS = ("report.json", "report.html", "report.md", "junit.xml")
WRITE = "import pathlib, sys; from hopsdrill.report import write; write(pathlib.Path(sys.argv[1]))"


def written(python: str, run: Path, place: Path, **settings: str) -> dict[str, bytes]:
    """The bytes of every form, written anew by an interpreter from a copy of a run's journal and evidence.

    Args:
        python: the interpreter; hopsdrill is installed in it.
        run: the folder of a run.
        place: where the copy is made.
        settings: variables of the environment.
    """
    place.mkdir(parents=True)
    shutil.copy(run / "journal.ndjson", place)
    shutil.copytree(run / "evidence", place / "evidence")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "LANG", "PYTHON", "TZ"))}
    done = subprocess.run(
        [python, "-c", WRITE, str(place)],
        env=kept | settings,
        cwd=place.parent,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return {name: (place / name).read_bytes() for name in FORMS}
