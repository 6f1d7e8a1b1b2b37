"""Bind the features of the quarterly drill."""

from pytest_bdd import scenarios

from hopsdrill.core.paths import data_dir


FEATURES = data_dir("features")
scenarios(
    str(FEATURES / "configuration" / "status.feature"),
    str(FEATURES / "backup" / "whole.feature"),
    str(FEATURES / "new_cluster_restore" / "lost_cluster.feature"),
)
