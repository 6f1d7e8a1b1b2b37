"""Bind the planted defects."""

from pathlib import Path

from pytest_bdd import scenarios


scenarios(str(Path(__file__).parent / "planted.feature"))
