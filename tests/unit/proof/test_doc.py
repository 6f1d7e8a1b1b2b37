"""The page of what is compared."""

from pathlib import Path

import pytest

from hopsdrill.proof import documents, files, offsets
from hopsdrill.proof.doc import page
from hopsdrill.proof.kubernetes import normal


PUBLISHED = Path(__file__).parents[3] / "docs" / "reference" / "fingerprints.md"
LEFT_OUT = {**files.LEFT_OUT, **documents.VOLATILE, **normal.VOLATILE, **offsets.LEFT_OUT}


def test_published_page_is_current():
    """Run ``python -m hopsdrill.proof.doc > docs/reference/fingerprints.md`` when this fails."""
    assert PUBLISHED.read_text() == page()


@pytest.mark.parametrize("name", sorted(LEFT_OUT))
def test_everything_that_is_left_out_is_there_with_its_reason(name):
    """A line of its own, with a reason of more than one word."""
    assert f"| `{name}` | {LEFT_OUT[name]} |" in page()
    assert " " in LEFT_OUT[name]
