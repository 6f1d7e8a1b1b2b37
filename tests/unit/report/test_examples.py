"""The example under reports/examples is what the present code writes."""

import shutil
from pathlib import Path

import signed_run

from hopsdrill.integrity import VerifyStatus, verify
from hopsdrill.signing.keys import KnownKey, public_key


EXAMPLES = Path(__file__).parents[3] / "reports" / "examples"
EXAMPLE = EXAMPLES / "made-up-pass"
KEY = EXAMPLES / "made-up-runner.pub"


def make(folder):
    """Write the example: a made-up journal, the artefacts that follow from it, and the signatures of a made-up key."""
    shutil.rmtree(folder, ignore_errors=True)
    signed_run.make(folder)


def files(folder):
    """Everything in a folder, by name."""
    return {str(path.relative_to(folder)): path.read_text() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_the_example_is_current(tmp_path):
    """Write it anew when this fails: python tests/unit/report/test_examples.py."""
    make(tmp_path / "made-up-pass")
    assert files(EXAMPLE) == files(tmp_path / "made-up-pass")


def test_the_example_can_be_verified():
    """With the public key beside it, as a newcomer tries it."""
    found = verify(EXAMPLE, [KnownKey("example", public_key(KEY), own=False)])
    assert (found.status, found.faults) == (VerifyStatus.INTACT, [])


if __name__ == "__main__":
    make(EXAMPLE)
    KEY.write_bytes(signed_run.public_pem("runner"))
