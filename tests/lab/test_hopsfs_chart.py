"""HopsFS' chart by itself: it goes by the global ID, and what it renders for each way of restoring."""

import json

import pytest
import yaml
from on_lab import Ended

from hopsdrill.core.paths import data_dir
from hopsdrill.core.process import run
from hopsdrill.lab import program


UMBRELLA = data_dir("charts") / "hopsworks-standin"
ID = "254811200"
RESTORE = {"backupId": ID}
IN_PLACE = {"backupId": ID, "inPlace": True, "forceDataClear": True}


def template(tmp_path, restore=None, *, upgrade=False, **values) -> Ended:
    """Render it with the umbrella's global values, a bucket, and these."""
    given = yaml.safe_load((UMBRELLA / "values.yaml").read_text())["global"]
    given["_hopsworks"]["managedObjectStorage"]["s3"]["bucket"]["name"] = "hopsworks"
    given["_hopsworks"]["restoreFromBackup"].update(restore or {})
    file = tmp_path / "values.json"
    file.write_text(json.dumps({"global": given, **values}))
    words = ["template", "x", UMBRELLA / "charts" / "hopsfs", "--values", file, *(["--is-upgrade"] if upgrade else [])]
    done = run([program("helm"), *words], timeout=30, check=False)
    return Ended(done.returncode, done.stdout, done.stderr)


def objects(rendered: Ended) -> dict[tuple[str, str], dict]:
    """What was rendered, by kind and name."""
    assert rendered.code == 0, rendered.err
    found = [each for each in yaml.safe_load_all(rendered.out) if each]
    return {(each["kind"], each["metadata"]["name"]): each for each in found}


def pod(rendered: dict) -> dict:
    """The namenode's pod."""
    return rendered["Deployment", "namenode"]["spec"]["template"]["spec"]


def test_without_a_restore_nothing_is_brought_back(tmp_path):
    """No init container, no Job, no account in the pod; one writer at a time."""
    rendered = objects(template(tmp_path))
    assert "initContainers" not in pod(rendered)
    assert pod(rendered)["automountServiceAccountToken"] is False
    assert rendered["Deployment", "namenode"]["spec"]["strategy"] == {"type": "Recreate"}
    assert [name for kind, name in rendered if kind == "Job"] == []


def test_a_new_cluster_brings_blocks_back_before_it_serves(tmp_path):
    """In an init container, by the global ID."""
    (container,) = pod(objects(template(tmp_path, RESTORE)))["initContainers"]
    assert (container["name"], container["command"]) == ("restore-deleted-blocks", ["standin", "hopsfs-restore", ID])


def test_in_place_a_job_does_it_and_the_namenode_waits(tmp_path):
    """The Job waits for the database's; it stays. The hook stops the namenode before the database is (weight -5)."""
    rendered = objects(template(tmp_path, IN_PLACE, upgrade=True))
    job, hook = rendered["Job", f"hopsfs-inplace-restore-{ID}"], rendered["Job", "hopsfs-inplace-restore-shutdown"]
    assert job["metadata"]["annotations"]["helm.sh/resource-policy"] == "keep"
    assert job["spec"]["template"]["spec"]["initContainers"][0]["command"][2] == f"setup-mysqld-dont-remove-{ID}"
    assert pod(rendered)["initContainers"][0]["command"][:3] == [
        "standin",
        "wait-for-job",
        f"hopsfs-inplace-restore-{ID}",
    ]
    assert hook["metadata"]["annotations"]["helm.sh/hook-weight"] == "-6"
    assert rendered["Role", "hopsfs-inplace-restore-role"]["metadata"]["annotations"]["helm.sh/hook-weight"] == "-10"


def test_bringing_back_can_be_switched_off(tmp_path):
    """The namenode is stopped in place nevertheless."""
    off = {"objectStorage": {"restoreFromBackup": False}}
    assert "initContainers" not in pod(objects(template(tmp_path, RESTORE, **off)))
    rendered = objects(template(tmp_path, IN_PLACE, upgrade=True, **off))
    assert [name for kind, name in rendered if kind == "Job"] == ["hopsfs-inplace-restore-shutdown"]


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"objectStorage": {"restoreFromBackup": True}}, "set global._hopsworks.restoreFromBackup.backupId"),
        ({"objectStorage": {"storeSmallFilesInDB": True}}, "storeSmallFilesInDB"),
        ({"objectStorage": {"provider": "AZURE"}}, "provider"),
        ({"objectStorage": {"blockReportDeley": 1}}, "blockReportDeley"),
        ({"blockSize": 1}, "blockSize"),
    ],
)
def test_what_cannot_be_played_is_refused(tmp_path, values, reason):
    """At render time, by name."""
    rendered = template(tmp_path, **values)
    assert rendered.code != 0
    assert reason in rendered.err


@pytest.mark.parametrize(("versioning", "required"), [(None, "true"), (False, "false")])
def test_versioning_is_required_while_backups_are_enabled(tmp_path, versioning, required):
    """Unless it is said otherwise."""
    rendered = objects(template(tmp_path, objectStorage={"s3": {"bucket": {"versioning": versioning}}}))
    env = {each["name"]: each.get("value") for each in pod(rendered)["containers"][0]["env"]}
    assert env["REQUIRE_VERSIONING"] == required
