"""Bind the one feature of the smoke drill."""

from pytest_bdd import scenarios

from hopsdrill.core.paths import data_dir


scenarios(str(data_dir("features") / "in_place_restore" / "weekly_backup.feature"))
