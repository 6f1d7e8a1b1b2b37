"""Bind all features but those of the release qualification, which say the same of other versions, and of a set somebody else took."""

from pytest_bdd import scenarios

from hopsdrill.core.paths import data_dir


OTHERS = ("qualification", "sealed_set")
scenarios(*(str(file) for file in sorted(data_dir("features").rglob("*.feature")) if file.parent.name not in OTHERS))
