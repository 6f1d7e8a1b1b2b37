"""Bind the feature of the restore into a new cluster."""

from pytest_bdd import scenarios

from hopsdrill.core.paths import data_dir


scenarios(str(data_dir("features") / "new_cluster_restore" / "lost_cluster.feature"))
