"""The page of commands."""

from pathlib import Path

from hopsdrill.cli.doc import MEANING, page
from hopsdrill.verdict import ExitStatus


def test_the_page_of_commands_is_current():
    """Write it anew when this fails: python -m hopsdrill.cli.doc > docs/reference/cli.md."""
    assert (Path(__file__).parents[3] / "docs" / "reference" / "cli.md").read_text() == page()


def test_every_exit_code_is_explained():
    """None is left out."""
    assert set(MEANING) == set(ExitStatus)
