"""Bind the features of the in-place restore."""

from pytest_bdd import scenarios

from hopsdrill.core.paths import data_dir


FEATURES = data_dir("features") / "in_place_restore"
scenarios(str(FEATURES / "weekly_backup.feature"), str(FEATURES / "refusals.feature"))
