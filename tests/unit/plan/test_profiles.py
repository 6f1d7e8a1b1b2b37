"""The packaged profiles: the product's own names, and what of them is not confirmed."""

from functools import reduce

import pytest

from hopsdrill.core.errors import PlanError
from hopsdrill.core.paths import data_dir
from hopsdrill.plan.loader import load_given_profile, load_named_profile


@pytest.mark.parametrize("name", sorted(path.stem for path in data_dir("profiles").glob("*.yaml")))
def test_what_is_not_confirmed_is_a_name_of_the_profile(name):
    """A misspelt one would silently be taken for confirmed."""
    profile = load_named_profile(name)
    for dotted in profile.unconfirmed:
        assert isinstance(reduce(getattr, dotted.split("."), profile), str)


def test_the_products_profile_has_the_products_names():
    """As its documentation and its public chart have them."""
    profile = load_named_profile("hopsworks")
    assert (profile.chart, profile.release, profile.namespace) == ("hopsworks/hopsworks", "hopsworks", "hopsworks")
    assert profile.rondb.cronjob == "create-rondb-backup"
    assert profile.rondb.metadata_selector == "app=backups-metadata,service=rondb"
    assert profile.rondb.consistency_point == "backup-end"
    names = profile.kubernetes
    assert (names.storage_location, names.bucket_prefix) == ("hopsworks-bsl", "k8s_backup")
    assert (names.main_schedule, names.users_schedule) == ("k8s-backups-main", "k8s-backups-users-resources")
    assert {"rondb_id", "opensearch_id", "velero_main", "velero_users"} <= profile.restore_values.keys()


def test_a_profile_is_named_or_a_file(tmp_path):
    """As on the command line."""
    path = tmp_path / "mine.yaml"
    path.write_text(
        (data_dir("profiles") / "hopsworks.yaml").read_text().replace("namespace: hopsworks", "namespace: mine")
    )
    assert load_given_profile(str(path)).namespace == "mine"
    assert load_given_profile("hopsworks").namespace == "hopsworks"
    with pytest.raises(PlanError, match="There is no profile nobody"):
        load_given_profile("nobody")
