"""Guards of the stand-in chart that look into the cluster, against an API server that only answers what a test gives it."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import pytest
import renamed_chart
import yaml
from on_lab import Ended

from hopsdrill.core.paths import data_dir
from hopsdrill.core.process import run
from hopsdrill.lab import program


CHART = data_dir("charts") / "hopsworks-standin"
S3 = "global._hopsworks.managedObjectStorage.s3"
BASE = [f"{S3}.bucket.name=hopsworks", f"{S3}.endpoint=http://store:9000"]
RESTORE = "global._hopsworks.restoreFromBackup"
IN_PLACE = [f"{RESTORE}.backupId=254811200", f"{RESTORE}.inPlace=true", f"{RESTORE}.forceDataClear=true"]
VELERO = "hopsworks.velero.enforcePrerequisiteCheck"  # the server of these tests has no Velero
OWN = "rondb.rondb.restoreFromBackup"
KINDS = {
    "v1": {"namespaces": ("Namespace", False), "configmaps": ("ConfigMap", True), "secrets": ("Secret", True)},
    "batch/v1": {"jobs": ("Job", True)},
    "velero.io/v1": {"backupstoragelocations": ("BackupStorageLocation", True)},
}


def listed(version):
    """What the API server says of a group's kinds."""
    kinds = [
        {"name": name, "singularName": "", "kind": kind, "namespaced": namespaced, "verbs": ["get", "list"]}
        for name, (kind, namespaced) in KINDS[version].items()
    ]
    return {"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": version, "resources": kinds}


def answer(path, jobs):
    """The JSON for a path; None where there is nothing."""
    groups = {each: {"groupVersion": each, "version": "v1"} for each in KINDS if "/" in each}
    fixed = {
        "/version": {"major": "1", "minor": "34", "gitVersion": "v1.34.0"},
        "/api": {"kind": "APIVersions", "versions": ["v1"]},
        "/apis": {
            "kind": "APIGroupList",
            "apiVersion": "v1",
            "groups": [
                {"name": name.partition("/")[0], "versions": [each], "preferredVersion": each}
                for name, each in groups.items()
            ],
        },
        "/api/v1": listed("v1"),
        **{f"/apis/{name}": listed(name) for name in groups},
        "/api/v1/namespaces/kube-system": {
            "kind": "Namespace",
            "apiVersion": "v1",
            "metadata": {"name": "kube-system"},
        },
    }
    if path in fixed:
        return fixed[path]
    if path.endswith("/jobs"):
        return {"kind": "JobList", "apiVersion": "batch/v1", "metadata": {}, "items": jobs}
    return next((job for job in jobs if path.endswith(f"/jobs/{job['metadata']['name']}")), None)


@pytest.fixture
def api(tmp_path):
    """Jobs of the namespace, and a kubeconfig for a server that has them."""
    jobs = []

    class Handler(BaseHTTPRequestHandler):
        """Answers GET."""

        def do_GET(self):
            """What is there, or 404."""
            found = answer(urlsplit(self.path).path, jobs)
            body = json.dumps(
                found or {"kind": "Status", "apiVersion": "v1", "reason": "NotFound", "code": 404}
            ).encode()
            self.send_response(200 if found else 404)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    config = tmp_path / "kubeconfig"
    config.write_text(
        yaml.safe_dump(
            {
                "apiVersion": "v1",
                "kind": "Config",
                "current-context": "x",
                "contexts": [{"name": "x", "context": {"cluster": "x", "user": "x"}}],
                "clusters": [{"name": "x", "cluster": {"server": f"http://127.0.0.1:{server.server_port}"}}],
                "users": [{"name": "x", "user": {}}],
            }
        )
    )
    yield jobs, config
    server.shutdown()
    server.server_close()


def template(*sets, config=None, chart=CHART, upgrade=True) -> Ended:
    """Render an upgrade, with lookups where there is a kubeconfig."""
    words = ["template", "hopsworks", chart, "--namespace", "labtest", *(["--is-upgrade"] if upgrade else [])]
    words += ["--dry-run=server", "--kubeconfig", config, "--set", f"{VELERO}=false"] if config else []
    flags = [word for each in [*BASE, *sets] for word in ("--set-string" if "backupId" in each else "--set", each)]
    done = run([program("helm"), *words, *flags], timeout=60, check=False)
    return Ended(done.returncode, done.stdout, done.stderr)


def job(name, succeeded=0):
    """A Job of the namespace."""
    status = {"succeeded": succeeded} if succeeded else {"failed": 1}
    return {"kind": "Job", "apiVersion": "batch/v1", "metadata": {"name": name}, "spec": {}, "status": status}


UNFINISHED = [
    "restore-native-backup-254811200",
    "setup-mysqld-dont-remove-254811200",
    "hopsfs-inplace-restore-254811200",
    "opensearch-restore-default-default-254811200",
    "registry-restore-254811200",
]
OTHERS = ["setup-mysqld-dont-remove", "opensearch-inplace-restore-check", "rondb-inplace-restore-shutdown", "manual-1"]


@pytest.mark.parametrize("name", UNFINISHED)
@pytest.mark.parametrize("chart", ["own", "renamed"])
def test_a_plain_upgrade_is_refused_while_a_restore_has_not_succeeded(api, tmp_path, name, chart):
    """By the Job's name, whatever the chart calls it; without a cluster to look at, nothing is said."""
    made = CHART if chart == "own" else renamed_chart.make(tmp_path / "renamed").chart
    name = name if chart == "own" else renamed_chart.renamed_names(name)
    jobs, config = api
    jobs.append(job(name))
    refused = template(config=config, chart=made)
    assert refused.code != 0
    assert f"Refused: restore Job {name} has not succeeded" in refused.err
    assert f"kubectl delete job {name} --namespace labtest" in refused.err
    assert refused.out == ""


def test_finished_restores_and_other_jobs_are_in_nobodys_way(api):
    """Nor is an unfinished one where a backup ID is given, or where nothing can be looked up."""
    jobs, config = api
    jobs.extend([job(name, succeeded=1) for name in UNFINISHED] + [job(name) for name in OTHERS])
    assert template(config=config).code == 0
    jobs[:] = [job(UNFINISHED[0])]
    again = template(*IN_PLACE, f"{OWN}.requireMetadata=false", config=config)
    assert again.code == 0, again.err
    assert template("global._hopsworks.mode=upgrade", config=config).code == 0
    assert template().code == 0


@pytest.mark.parametrize(
    "sets",
    [
        [f"{OWN}.inPlace=true", f"{OWN}.forceDataClear=true", f"{OWN}.backupId=254811200"],
        [f"{OWN}.inPlace=true", f"{OWN}.forceDataClear=true", f"{RESTORE}.backupId=254811200"],
    ],
)
def test_a_restore_in_place_of_the_database_alone_is_refused(sets):
    """Blocks, indices and objects would stay as they are."""
    refused = template(*sets)
    assert refused.code != 0
    assert "Refused: rondb.rondb.restoreFromBackup.inPlace is true" in refused.err
    assert refused.out == ""


def test_a_restore_in_place_may_name_another_id_for_the_database():
    """And repeat what is asked for globally."""
    accepted = template(*IN_PLACE, f"{OWN}.backupId=254811300", f"{OWN}.inPlace=true")
    assert accepted.code == 0, accepted.err


def test_every_backup_and_restore_of_a_store_has_an_end():
    """Two hours, unless the values say otherwise; a backup may wait for a restore before its own time."""
    sets = [*IN_PLACE, "registry.restoreFromBackup.backupId=254811200"]

    def deadlines(*more):
        found = [each for each in yaml.safe_load_all(template(*sets, *more).out) if each]
        specs = {
            each["metadata"]["name"]: each["spec"].get("jobTemplate", each)["spec"]
            for each in found
            if each["kind"] in ("Job", "CronJob")
        }
        return {name: spec.get("activeDeadlineSeconds") for name, spec in specs.items()}

    found = deadlines()
    assert found["create-rondb-backup"] == found["create-opensearch-backup"] == 7200
    assert found["opensearch-restore-default-default-254811200"] == found["registry-restore-254811200"] == 7200
    assert found["create-registry-backup"] == 14400
    own = deadlines(
        "rondb.rondb.backups.activeDeadlineSeconds=100",
        "olk.opensearch.backup.activeDeadlineSeconds=100",
        "olk.opensearch.restore.activeDeadlineSeconds=200",
        "olk.opensearch.restore.pause_backup_while_restoring=PAUSE",
        "registry.backup.activeDeadlineSeconds=100",
        "registry.restoreFromBackup.activeDeadlineSeconds=200",
    )
    assert (own["create-rondb-backup"], own["create-opensearch-backup"], own["create-registry-backup"]) == (
        100,
        7300,
        300,
    )
    assert own["opensearch-restore-default-default-254811200"] == own["registry-restore-254811200"] == 200


def test_programs_are_told_what_they_need():
    """A backup of OpenSearch the mandatory indices; a backup of the registry may see Jobs, and waits as long as one may take."""
    found = {(each["kind"], each["metadata"]["name"]): each for each in yaml.safe_load_all(template().out) if each}

    def environment(name):
        pod = found["CronJob", name]["spec"]["jobTemplate"]["spec"]["template"]["spec"]
        return {each["name"]: each.get("value") for each in pod["containers"][0]["env"]}

    assert environment("create-opensearch-backup")["MANDATORY_INDICES"] == "featurestore,projects"
    assert environment("create-registry-backup")["PAUSE_SECONDS"] == "7200"
    rules = found["Role", "registry-backups-role"]["rules"]
    assert {"apiGroups": ["batch"], "resources": ["jobs"], "verbs": ["list"]} in rules


def test_a_rollback_to_a_restore_in_place_meets_the_same_hooks():
    """Above all the checks, which refuse a restore that has succeeded."""
    found = [each for each in yaml.safe_load_all(template(*IN_PLACE).out) if each]
    hooks = {
        each["metadata"]["name"]: each["metadata"]["annotations"]["helm.sh/hook"]
        for each in found
        if "helm.sh/hook" in (each["metadata"].get("annotations") or {}) and "inplace" in each["metadata"]["name"]
    }
    assert set(hooks.values()) == {"pre-upgrade,pre-rollback"}
    assert {"rondb-inplace-restore-check", "opensearch-inplace-restore-check"} <= hooks.keys()


@pytest.mark.parametrize("schedule", ["every week", r"0 2 * *", "@weekli"])
def test_what_is_no_schedule_is_refused(schedule):
    """By the schema; that a number is out of its range, only the API server says."""
    refused = template(f"global._hopsworks.backups.schedule={schedule}")
    assert refused.code != 0
    assert "backups/schedule" in refused.err.replace(".", "/")
