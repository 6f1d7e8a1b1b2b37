"""Bind the features of the in-place restore."""

from pytest_bdd import scenarios

from hopsdrill.core.paths import data_dir


scenarios(str(data_dir("features") / "in_place_restore"))
