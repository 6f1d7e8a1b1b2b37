"""The examples' reports, written by other minor versions of Python: byte for byte what was signed.

Not part of ``make check``: each interpreter gets an environment of its own from requirements.lock. It never skips: without
another interpreter it fails, because then it has shown nothing.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from examples import EXAMPLES
from same_bytes import FORMS, written


ROOT = Path(__file__).parents[2]
WANTED = ((3, 11), (3, 12), (3, 13), (3, 14))  # what the package supports
PLACES = [*os.environ.get("PATH", "").split(":"), *map(str, Path.home().glob(".pyenv/versions/*/bin"))]
NAMES = sorted(path.name for path in EXAMPLES.iterdir() if path.is_dir())


def version_of(python: Path) -> tuple[int, int] | None:
    """Major and minor version of an interpreter; None where it does not run."""
    said = subprocess.run([python, "--version"], capture_output=True, text=True, check=False).stdout
    match = re.match(r"Python (\d+)\.(\d+)", said)
    return (int(match[1]), int(match[2])) if match else None


def others() -> dict[tuple[int, int], Path]:
    """One interpreter of each other supported minor version that this machine has."""
    found: dict[tuple[int, int], Path] = {}
    for place in PLACES:
        for python in sorted(Path(place).glob("python3.[0-9]*")):
            version = version_of(python) if re.fullmatch(r"python3\.\d+", python.name) else None
            if version in WANTED and version != sys.version_info[:2]:
                found.setdefault(version, python)
    return found


FOUND = others()


def test_there_is_another_python():
    """Else nothing below has run."""
    assert FOUND, f"none of {WANTED} but this one is in {PLACES}"


@pytest.fixture(scope="module", params=sorted(FOUND), ids=lambda version: f"{version[0]}.{version[1]}")
def python(request, tmp_path_factory):
    """An environment from the lock file, as `make setup` makes it."""
    folder = tmp_path_factory.mktemp("environment") / "venv"
    subprocess.run([FOUND[request.param], "-m", "venv", folder], check=True)
    pip = [folder / "bin" / "python", "-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-deps"]
    subprocess.run([*pip, "--require-hashes", "-r", ROOT / "requirements.lock"], check=True)
    subprocess.run([*pip, "--no-build-isolation", "-e", ROOT], check=True)
    return str(folder / "bin" / "python")


@pytest.mark.parametrize("name", NAMES)
def test_the_same_journal_gives_the_same_bytes(python, tmp_path, name):
    """As they lie in the repository."""
    there = written(python, EXAMPLES / name, tmp_path / name)
    assert [form for form in FORMS if there[form] != (EXAMPLES / name / form).read_bytes()] == []
