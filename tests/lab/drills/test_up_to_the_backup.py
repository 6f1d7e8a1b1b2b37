"""Bind the scenario that ends with a backup."""

from pathlib import Path

from pytest_bdd import scenarios


scenarios(str(Path(__file__).parent / "up_to_the_backup.feature"))
