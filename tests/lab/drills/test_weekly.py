"""Bind the first drill's main scenario alone."""

from pytest_bdd import scenarios

from hopsdrill.core.paths import data_dir


scenarios(str(data_dir("features") / "in_place_restore" / "weekly_backup.feature"))
