"""Bind the features by which a release is qualified."""

from pytest_bdd import scenarios

from hopsdrill.core.paths import data_dir


scenarios(str(data_dir("features") / "qualification"))
