"""Charts made from the stand-in's source: two versions of it, and one with other names."""

import re

import pytest
import renamed_chart
import yaml

from hopsdrill.adapters.helm import Helm
from hopsdrill.core.errors import OperationError
from hopsdrill.core.paths import data_dir
from hopsdrill.core.process import run
from hopsdrill.lab import program


CHART = data_dir("charts") / "hopsworks-standin"
GLOBAL = "global._hopsworks"
BASE = [
    f"{GLOBAL}.managedObjectStorage.s3.bucket.name=hopsworks",
    f"{GLOBAL}.managedObjectStorage.s3.endpoint=http://store:9000",
]
IN_PLACE = [
    f"{GLOBAL}.restoreFromBackup.{each}" for each in ("backupId=254811200", "inPlace=true", "forceDataClear=true")
]


@pytest.fixture
def packer(tmp_path):
    """Helm without a cluster: packing needs none."""
    return Helm(program("helm"), tmp_path / "no-kubeconfig", "nowhere")


def rendered(chart, release, namespace, sets, *, upgrade=False):
    """Everything a chart renders without a cluster."""
    flags = [word for each in sets for word in ("--set-string" if "backupId" in each else "--set", each)]
    words = ["template", release, chart, "--namespace", namespace, *(["--is-upgrade"] if upgrade else [])]
    done = run([program("helm"), *words, *flags], timeout=60)
    return [each for each in yaml.safe_load_all(done.stdout) if each]


def images(found):
    """Every image in a rendered chart."""
    return set(re.findall(r"^\s*-? ?image: (\S+)$", yaml.safe_dump_all(found), re.MULTILINE))


def test_one_source_gives_two_versions_with_the_same_images(packer, tmp_path):
    """The package says its version; what runs is the same, so that only the exact-version rule can tell them apart."""
    shown, ran = {}, {}
    for version in ("0.1.0", "0.2.0"):
        (tmp_path / version).mkdir()
        package = packer.package(CHART, version, tmp_path / version)
        assert package.name == f"hopsworks-standin-{version}.tgz"
        shown[version] = yaml.safe_load(run([program("helm"), "show", "chart", package], timeout=30).stdout)
        ran[version] = images(rendered(package, "hopsworks", "hopsworks", BASE))
    assert {version: (each["version"], each["appVersion"]) for version, each in shown.items()} == {
        "0.1.0": ("0.1.0", "0.1.0"),
        "0.2.0": ("0.2.0", "0.2.0"),
    }
    assert ran["0.1.0"] == ran["0.2.0"]
    assert any(each.startswith("hopsdrill.local/standin-programs:") for each in ran["0.1.0"])


@pytest.mark.parametrize(("chart", "version"), [("nowhere", "0.1.0"), (CHART, "newest")])
def test_what_cannot_be_packed_is_an_error_of_ours(packer, tmp_path, chart, version):
    """With helm's words."""
    with pytest.raises(OperationError, match="helm package"):
        packer.package(tmp_path / chart, version, tmp_path)


@pytest.mark.parametrize("upgrade", [False, True])
def test_a_chart_with_other_names_shares_none_a_drill_knows(tmp_path, upgrade):
    """Secrets, ConfigMaps, CronJobs, Jobs, Services and Velero's objects all differ; there are as many as before."""
    made = renamed_chart.make(tmp_path)
    sets = [*BASE, *(IN_PLACE if upgrade else [])]
    own = rendered(CHART, "hopsworks", "hopsworks", sets, upgrade=upgrade)
    other = rendered(made.chart, renamed_chart.RELEASE, renamed_chart.NAMESPACE, sets, upgrade=upgrade)
    kinds = {"Secret", "ConfigMap", "CronJob", "Job", "Schedule", "BackupStorageLocation", "Service", "Deployment"}
    names = [
        {(each["kind"], each["metadata"]["name"]) for each in found if each["kind"] in kinds} for found in (own, other)
    ]
    assert names[0] & names[1] == set()
    assert [each["kind"] for each in own] == [each["kind"] for each in other]
    assert images(own) == images(other)


def test_what_a_renamed_chart_refers_to_is_there_under_that_name(tmp_path):
    """Secrets, ConfigMaps and accounts of pods are rendered, but for the bucket's keys, which exist beforehand."""
    made = renamed_chart.make(tmp_path)
    found = rendered(made.chart, renamed_chart.RELEASE, renamed_chart.NAMESPACE, [*BASE, *IN_PLACE[:1]])
    text = yaml.safe_dump_all(found)
    names = {(each["kind"], each["metadata"]["name"]) for each in found}
    secrets = set(re.findall(r"secretKeyRef:\n\s+key: \S+\n\s+name: (\S+)", text)) - {"bucket-keys"}
    maps = set(re.findall(r"configMap:\n\s+name: (\S+)", text))
    accounts = set(re.findall(r"serviceAccountName: (\S+)", text))
    assert secrets
    assert maps
    assert {("Secret", each) for each in secrets} <= names
    assert {("ConfigMap", each) for each in maps} <= names
    assert {("ServiceAccount", each) for each in accounts} <= names
