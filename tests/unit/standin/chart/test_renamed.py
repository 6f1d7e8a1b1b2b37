"""The test chart with other names: nothing keeps an old one, and no program has one written into it."""

import ast
import re

import pytest
import renamed_chart
import yaml

from hopsdrill.core.paths import data_dir
from hopsdrill.model.profile import Profile


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The chart and its profile."""
    return renamed_chart.make(tmp_path_factory.mktemp("renamed"))


def strings(source):
    """Every text a program holds, docstrings aside."""
    tree = ast.parse(source)
    notes = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef) and isinstance(node.body[0], ast.Expr)
    }
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in notes
    ]


def test_no_old_name_stands_in_the_chart_or_the_profile(made):
    """But for verbs of the programs, and a label."""
    names = renamed_chart.NAMES.keys() - renamed_chart.verbs() - {*renamed_chart.BEGINNINGS}
    old = re.compile(rf"(?<![\w-])({'|'.join(map(re.escape, names))})(?![A-Za-z0-9_])")
    for path in [*made.chart.rglob("templates/*"), *made.chart.rglob("values.yaml"), made.profile]:
        assert not old.findall(path.read_text(encoding="utf-8")), path


def test_the_profile_is_a_profile_with_other_names(made):
    """All that the issue asks to differ: release, namespace, Secret, ConfigMap's selector aside, CronJob and Job names."""
    found = Profile.model_validate(yaml.safe_load(made.profile.read_text(encoding="utf-8")))
    own = Profile.model_validate(
        yaml.safe_load((data_dir("profiles") / "hopsworks-standin.yaml").read_text(encoding="utf-8"))
    )
    assert (found.release, found.namespace) == (renamed_chart.RELEASE, renamed_chart.NAMESPACE)
    assert found.rondb.service == "sqlfront"
    assert found.rondb.cronjob == "nightly-db-dump"
    assert found.rondb.restore_jobs == ["db-rows-restore-{id}", "db-accounts-restore-{id}"]
    assert found.rondb.credentials_secret == "db-logins"
    assert found.store_secret.name == "bucket-keys"
    assert found.kubernetes.storage_location == "lighthouse-location"
    assert not set(found.hook_jobs) & set(own.hook_jobs)
    assert found.restore_values == own.restore_values


def test_no_program_has_such_a_name_written_into_it():
    """The chart has to give it, by an argument or by the environment."""
    root = data_dir("images") / "standin-programs/files/opt/standin/standin"
    names = renamed_chart.NAMES.keys() - renamed_chart.verbs() - {*renamed_chart.BEGINNINGS}
    old = re.compile(rf"(?<![\w-])({'|'.join(map(re.escape, names))})(?![A-Za-z0-9_])")
    hosts = re.compile(rf"(?<![\w-])({'|'.join(renamed_chart.WORDS)})(-0|:\d+)")  # a pod, or a Service with its port
    known = {
        (str(path.relative_to(root)), text)
        for path in root.rglob("*.py")
        for text in strings(path.read_text(encoding="utf-8"))
        if old.search(text) or hosts.search(text)
    }
    assert known == set()


def test_every_store_of_the_profile_has_other_names(made):
    """No name or place of a store is the first platform's, but for what the product's contract fixes."""
    own = yaml.safe_load((data_dir("profiles") / "hopsworks-standin.yaml").read_text(encoding="utf-8"))
    found = yaml.safe_load(made.profile.read_text(encoding="utf-8"))
    fixed = {("hopsfs", "bucket_prefix")}  # blocks lie at the bucket's root
    keys = (
        "service",
        "cronjob",
        "metadata_selector",
        "bucket_prefix",
        "restore_jobs",
        "advertised",
        "consumer",
        "group",
    )
    keys += ("credentials_secret", "data_pods", "volume_claims", "storage_location", "main_schedule", "users_schedule")
    same = {
        (store, key)
        for store, values in own.items()
        if isinstance(values, dict)
        for key in keys
        if key in values and values[key] == found[store][key]
    }
    assert same == fixed
    assert own.keys() == found.keys()
