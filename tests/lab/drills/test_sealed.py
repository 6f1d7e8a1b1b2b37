"""Bind the feature of sealed sets."""

from pytest_bdd import scenarios

from hopsdrill.core.paths import data_dir


scenarios(str(data_dir("features") / "sealed_set" / "restore.feature"))
