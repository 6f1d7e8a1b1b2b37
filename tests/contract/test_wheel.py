"""What `pip install .` gives: a command that works anywhere, with features, plans, profile, chart, images and toolchain inside."""

import os
import subprocess
import sys
from pathlib import Path

import pytest


ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """The package, built as a wheel and installed into a folder of its own."""
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "-q"]
    subprocess.run(
        [*pip, "wheel", "--no-deps", "--no-build-isolation", "-w", folder, ROOT], check=True, capture_output=True
    )
    wheel = next(folder.glob("*.whl"))
    subprocess.run([*pip, "install", "--no-deps", "--target", folder / "site", wheel], check=True, capture_output=True)
    return folder / "site"


def called(installed, *words):
    """Run the installed command far from any checkout; the folder goes before the development install."""
    code = f"import sys; sys.path.insert(0, {str(installed)!r}); from hopsdrill.cli import main; main(sys.argv[1:])"
    env = {**os.environ, "PYTHONPATH": str(installed), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        [sys.executable, "-c", code, *words], capture_output=True, text=True, cwd=installed.parent, env=env, check=False
    )


def test_the_installed_command_works_without_a_checkout(installed):
    """It finds what it needs inside itself; that every packaged plan is sound, `make drill-lint` says."""
    for words, said in (
        (["--version"], "hopsdrill 0."),
        (["lint", "in-place-restore"], "scenarios, "),
        (["plan", "in-place-restore"], "DESTRUCTIVE"),
        (["schema", "profile"], "properties"),
    ):
        done = called(installed, *words)
        assert done.returncode == 0, done.stderr
        assert said in done.stdout
        assert str(ROOT / "drills") not in done.stdout
    _everything_is_inside(installed)


def _everything_is_inside(installed):
    """The lab can be built from an installed package; of one test with the above, so that it is built once."""
    data = installed / "hopsdrill" / "_data"
    for part in (
        "charts/hopsworks-standin/standins.yaml",
        "images/node/prepare.sh",
        "toolchain/velero/go.sum",
        "profiles/hopsworks-standin.yaml",
    ):
        assert (data / part).is_file(), part
    assert (installed / "hopsdrill" / "report" / "controls.yaml").is_file()
    assert os.access(data / "images/node/files/usr/local/bin/entrypoint", os.X_OK)
