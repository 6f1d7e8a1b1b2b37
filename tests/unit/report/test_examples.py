"""The example under reports/examples is what the present code writes."""

import shutil
from pathlib import Path

import journal_tape as tape
import sample_journal as sample

from hopsdrill.report import write


EXAMPLE = Path(__file__).parents[3] / "reports" / "examples" / "made-up-pass"


def make(folder):
    """Write the example: a made-up journal, and the artefacts that follow from it."""
    shutil.rmtree(folder, ignore_errors=True)
    write(tape.write(folder, sample.passing(), sample.EVIDENCE))


def files(folder):
    """Everything in a folder, by name."""
    return {str(path.relative_to(folder)): path.read_text() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_the_example_is_current(tmp_path):
    """Write it anew when this fails: python tests/unit/report/test_examples.py."""
    make(tmp_path / "made-up-pass")
    assert files(EXAMPLE) == files(tmp_path / "made-up-pass")


if __name__ == "__main__":
    make(EXAMPLE)
