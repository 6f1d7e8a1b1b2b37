"""The stand-in chart: its guards refuse, its manifests are what the cluster's own schemas allow, its names are the contract's."""

from pathlib import Path

import pytest
import yaml
from on_lab import Ended

from hopsdrill.adapters.kubectl import Kubectl
from hopsdrill.core.paths import data_dir
from hopsdrill.core.process import run
from hopsdrill.lab import program


CHART = data_dir("charts") / "hopsworks-standin"
S3 = "global._hopsworks.managedObjectStorage.s3"
BASE = [f"{S3}.bucket.name=hopsworks", f"{S3}.endpoint=http://store:9000"]
RESTORE = "global._hopsworks.restoreFromBackup"
ID = f"{RESTORE}.backupId=254811200"
IN_PLACE, FORCE = f"{RESTORE}.inPlace=true", f"{RESTORE}.forceDataClear=true"
NAMESPACE = "labtest-chart"


def template(*sets: str, upgrade: bool = False) -> Ended:
    """Render the chart without a cluster."""
    words = ["template", "hopsworks", CHART, "--namespace", NAMESPACE, *(["--is-upgrade"] if upgrade else [])]
    flags = [word for each in [*BASE, *sets] for word in ("--set-string" if "backupId" in each else "--set", each)]
    done = run([program("helm"), *words, *flags], timeout=30, check=False)
    return Ended(done.returncode, done.stdout, done.stderr)


def objects(rendered: Ended) -> list[dict]:
    """What was rendered."""
    assert rendered.code == 0, rendered.err
    return [each for each in yaml.safe_load_all(rendered.out) if each]


SETS = {
    "default": ([], False),
    "ttl": (["global._hopsworks.backups.ttl=30d"], False),
    "restore on install": ([ID], False),
    "restore in place": ([ID, IN_PLACE, FORCE], True),
    "no backups": (["global._hopsworks.backups.enabled=false"], False),
    "two node groups": (["rondb.rondb.clusterSize.numNodeGroups=2"], False),
    "own secrets": (
        [f"{S3}.secret.create=true", f"{S3}.secret.accessKeyId=made-up", f"{S3}.secret.secretAccessKey=made-up"],
        False,
    ),
}


def test_helm_lint_is_content():
    """Strict, with a bucket."""
    flags = [word for each in BASE for word in ("--set", each)]
    run([program("helm"), "lint", "--strict", CHART, *flags], timeout=60)


REFUSED = {
    "in place on an install": ([ID, IN_PLACE, FORCE], False, "in-place restore needs an existing release"),
    "in place without an ID": ([IN_PLACE, FORCE], True, "inPlace is set but no backupId"),
    "in place without force": ([ID, IN_PLACE], True, "forceDataClear is not true"),
    "an ID on an upgrade": ([ID, FORCE], True, "a backupId is set on an upgrade without inPlace"),
    "no bucket": ([f"{S3}.bucket.name=null"], False, "A bucket is needed"),
    "a wrong ttl": (["global._hopsworks.backups.ttl=30 days"], False, "ttl"),
    "a ttl in weeks": (["global._hopsworks.backups.ttl=4w"], False, "ttl"),
    "a wrong schedule": (["global._hopsworks.backups.schedule=weekly"], False, "schedule"),
    "an ID of letters": ([f"{RESTORE}.backupId=latest"], False, "backupId"),
    "a misspelt key": (["global._hopsworks.backup.enabled=true"], False, "backup"),
    "a misspelt key below": (["rondb.rondb.backups.shedule=x"], False, "shedule"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_each_guard_refuses_before_anything_is_rendered(case):
    """The reason is in the error, and no manifest comes out."""
    sets, upgrade, reason = REFUSED[case]
    rendered = template(*sets, upgrade=upgrade)
    assert rendered.code != 0
    assert reason in rendered.err
    assert rendered.out == ""


def test_an_unquoted_id_is_refused():
    """`--set` makes a number of it; the schema wants a text."""
    done = run([program("helm"), "template", "x", CHART, "--set", f"{BASE[0]},{ID}"], timeout=30, check=False)
    assert done.returncode != 0
    assert "backupId" in done.stderr


@pytest.fixture(scope="module")
def namespace(kube):
    """A namespace to ask the API server about."""
    kube.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}})
    yield NAMESPACE
    kube.delete("v1/Namespace", NAMESPACE)


@pytest.mark.parametrize("case", SETS)
def test_the_clusters_own_schemas_accept_every_manifest(case, lab, namespace, tmp_path: Path):
    """The API server would take each object, with no unknown field, hooks included."""
    ref = lab.clusters["drill"]
    sets, upgrade = SETS[case]
    manifest = tmp_path / "manifest.yaml"
    manifest.write_text(yaml.safe_dump_all(objects(template(*sets, upgrade=upgrade))))
    kubectl = Kubectl(program("kubectl"), ref.kubeconfig, ref.context)
    kubectl.call("apply", "--dry-run=server", "--validate=strict", "-f", str(manifest), timeout=60)


def pods(found: list[dict]):
    """Name, kind and pod specification of everything that makes pods."""
    for each in found:
        spec = each.get("spec") or {}
        spec = spec.get("jobTemplate", {}).get("spec", spec)
        if "template" in spec and "spec" in spec["template"] and "containers" in spec["template"]["spec"]:
            yield each["metadata"]["name"], each["kind"], spec["template"]["spec"]


@pytest.mark.parametrize("case", SETS)
def test_every_container_is_bounded_and_unprivileged(case):
    """Resources set, no root, no writable root file system, no capability, no `latest`; what runs on has probes."""
    sets, upgrade = SETS[case]
    for name, kind, spec in pods(objects(template(*sets, upgrade=upgrade))):
        assert spec["securityContext"]["runAsNonRoot"], name
        for container in [*spec.get("initContainers", []), *spec["containers"]]:
            where = f"{name}/{container['name']}"
            assert container["resources"]["requests"]["memory"], where
            assert container["resources"]["limits"]["memory"], where
            assert container["securityContext"]["readOnlyRootFilesystem"], where
            assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}, where
            assert not container["image"].endswith((":latest", "/standin-programs")), where
        if kind == "StatefulSet":
            main = spec["containers"][0]
            assert {"startupProbe", "readinessProbe", "livenessProbe"} <= main.keys(), name


@pytest.mark.parametrize(("sets", "init", "main"), [
    ([], ["cluster-dependency-check", "backup-metadata", "run-native-backup"], ["upload-native-backups"]),
    (["global._hopsworks.backups.ttl=30d"], ["cluster-dependency-check", "backup-metadata", "run-native-backup", "upload-native-backups"], ["cleanup-old-backups"]),
])  # fmt: skip
def test_the_backups_containers_stand_in_the_contracts_order(sets, init, main):
    """With a ttl the upload comes before the clean-up; without one it is the last."""
    found = {each["metadata"]["name"]: each for each in objects(template(*sets)) if each["kind"] == "CronJob"}
    cron = found["create-rondb-backup"]["spec"]
    spec = cron["jobTemplate"]["spec"]
    assert [each["name"] for each in spec["template"]["spec"]["initContainers"]] == init
    assert [each["name"] for each in spec["template"]["spec"]["containers"]] == main
    assert (cron["concurrencyPolicy"], spec["backoffLimit"], spec["template"]["spec"]["restartPolicy"]) == (
        "Forbid",
        0,
        "Never",
    )
    assert cron["schedule"] == "@weekly"


def test_the_names_are_the_contracts():
    """What a drill, a runbook or an operator's script knows by name is there under that name."""
    names = {(each["kind"], each["metadata"]["name"]) for each in objects(template(ID, IN_PLACE, FORCE, upgrade=True))}
    assert {
        ("CronJob", "create-rondb-backup"),
        ("StatefulSet", "node-group-0"), ("StatefulSet", "mysqlds"),
        ("Service", "mysqld"), ("Service", "headless-mysqlds"), ("Service", "ndbmtd-ng-0"),
        ("Job", "restore-native-backup-254811200"), ("Job", "setup-mysqld-dont-remove-254811200"),
        ("Job", "rondb-inplace-restore-shutdown"),
        ("ServiceAccount", "rondb-backups-sa"), ("Role", "rondb-backups-role"), ("RoleBinding", "rondb-backups-rb"),
        ("ConfigMap", "rclone-configs"),
        ("Schedule", "k8s-backups-main"), ("Schedule", "k8s-backups-users-resources"),
        ("BackupStorageLocation", "hopsworks-bsl"),
    } <= names  # fmt: skip


def test_the_hooks_run_check_objects_shutdown_in_this_order():
    """Nothing is shut down before the backup was checked and the passwords are back."""
    found = objects(template(ID, IN_PLACE, FORCE, upgrade=True))
    jobs = {
        each["metadata"]["name"]: each["metadata"].get("annotations", {}) for each in found if each["kind"] == "Job"
    }
    hooks = {
        name: int(notes["helm.sh/hook-weight"])
        for name, notes in jobs.items()
        if notes.get("helm.sh/hook") == "pre-upgrade,pre-rollback"
    }
    assert sorted(hooks, key=lambda name: (hooks[name], name)) == [
        "opensearch-inplace-restore-check",
        "rondb-inplace-restore-check",
        "k8s-inplace-restore",
        "hopsfs-inplace-restore-shutdown",
        "onlinefs-inplace-restore-shutdown",
        "rondb-inplace-restore-shutdown",
    ]
    assert len(set(hooks.values())) == 4  # checks, objects, clients, database


def test_no_credential_is_rendered_unless_asked_for():
    """Keys to the bucket come from Secrets that exist; rclone's file says so."""
    found = objects(template())
    assert not [each for each in found if each["kind"] == "Secret" and "aws" in each["metadata"]["name"]]
    conf = next(each for each in found if each["metadata"]["name"] == "rclone-configs")["data"]["rclone.conf"]
    assert "env_auth = true" in conf
    assert "access_key" not in conf
