"""Defects of runbooks that a cluster or the real programs show: the defective form is run, and the rule finds it.

What a wrong storage location does (no path style, no prefix, a wrong key) is shown by the scenarios of features/configuration/locations.feature.
Which cluster is used is told by HOPSDRILL_TEST_CLUSTER; the lab's own by default.
"""

import os
import re
import subprocess

import pytest
from pages import block, lines, sh, yml

from hopsdrill.adapters.kubectl import Kubectl
from hopsdrill.core.process import run
from hopsdrill.core.wait import wait_for
from hopsdrill.lab import program
from hopsdrill.runbook.generate import COMMANDS, DATA, commands_text


pytestmark = pytest.mark.nightly


NAMESPACE = "labtest-runbook"
LOCATION = """\
apiVersion: velero.io/v1
kind: BackupStorageLocation
metadata:
  name: labtest-runbook
  namespace: velero
spec:
  provider: aws
  config:
    region: eu-north-1
  objectStorage:
    bucket: backups
"""
RESTORE = """\
apiVersion: velero.io/v1
kind: Restore
metadata:
  name: NAME
  namespace: velero
spec:
"""
WRONG_WAIT = (
    'until [ "$(kubectl get restore NAME -n velero -o jsonpath={.status.phase})" = Completed ]; do sleep .2; done'
)
RIGHT_WAIT = """
end=$((SECONDS + 60))
while true; do
  phase=$(kubectl get restore NAME -n velero -o jsonpath={.status.phase})
  case "$phase" in
    Completed) break ;;
    Failed | PartiallyFailed | FailedValidation) echo "ended as $phase"; exit 1 ;;
  esac
  (( SECONDS < end )) || exit 2
  sleep .2
done
"""


@pytest.fixture(scope="module")
def ref(lab):
    """The cluster."""
    return lab.clusters[os.environ.get("HOPSDRILL_TEST_CLUSTER", "drill")]


@pytest.fixture(scope="module")
def kubectl(ref):
    """Kubectl on it, in a namespace of its own; what was made is removed."""
    made = Kubectl(program("kubectl"), ref.kubeconfig, ref.context)
    made.call("create", "namespace", NAMESPACE)
    try:
        yield made
    finally:
        made.call("delete", "restores.velero.io", "-n", "velero", "-l", f"labtest={NAMESPACE}", "--wait=false")
        made.call("delete", "namespace", NAMESPACE, "--timeout=60s", timeout=90)


def refused(kubectl, manifest: str) -> str:
    """What the API server says of a manifest; nothing is stored even if it would accept it."""
    done = kubectl.call("apply", "--dry-run=server", "-f", "-", check=False, input_text=manifest)
    return done.stderr if done.returncode else ""


MISINDENTED = re.sub(r"^  (?=\S)", "", LOCATION, flags=re.MULTILINE)
REFUSED = {
    "manifest-misindented": (MISINDENTED, "name"),
    "name-refused": (
        "apiVersion: velero.io/v1\nkind: Backup\nmetadata:\n  name: main-20260213T153627Z\n  namespace: velero\nspec: {}\n",
        "RFC 1123",
    ),
    "manifest-schema": (LOCATION.replace("region: eu-north-1", "s3ForcePathStyle: true"), "must be of type string"),
}


@pytest.mark.parametrize("rule", REFUSED)
def test_the_api_server_refuses_what_the_rule_finds(kubectl, rule):
    """For the rule's own reason; the sound location is accepted."""
    manifest, reason = REFUSED[rule]
    assert reason in refused(kubectl, manifest)
    assert lines(yml(manifest), rule)
    assert refused(kubectl, LOCATION) == ""
    assert lines(yml(LOCATION), rule) == []


def test_an_unknown_field_is_refused(kubectl):
    """Validation is strict unless somebody switches it off."""
    manifest = LOCATION + "  retention: 14\n"
    assert 'unknown field "spec.retention"' in refused(kubectl, manifest)
    assert lines(yml(manifest), "manifest-schema") == [14]


def test_creating_twice_fails(kubectl):
    """The second time `already exists`; the corrected form can be repeated."""
    words = ("create", "secret", "generic", "twice", "-n", NAMESPACE, "--from-literal=a=b")
    kubectl.call(*words)
    again = kubectl.call(*words, check=False)
    assert again.returncode == 1
    assert "already exists" in again.stderr
    manifest = kubectl.call(*words, "--dry-run=client", "-o", "yaml").stdout
    kubectl.apply(manifest)
    kubectl.apply(manifest)
    text = f"kubectl {' '.join(words)}"
    assert lines(sh(text), "not-idempotent") == [3]
    assert lines(sh(f"{text} --dry-run=client -o yaml | kubectl apply -f -"), "not-idempotent") == []


def made_restore(kubectl, name: str, spec: str) -> str:
    """A Restore for this test alone; gives its manifest."""
    manifest = (
        RESTORE.replace("NAME", name).replace("metadata:\n", f"metadata:\n  labels: {{labtest: {NAMESPACE}}}\n") + spec
    )
    kubectl.apply(manifest)
    return manifest


def status(kubectl, name: str) -> dict:
    """A Restore's status, once Velero has looked at it."""
    waited = wait_for(
        lambda: kubectl.get("restore.velero.io", name, "-n", "velero").get("status") or {},
        what=f"Velero to look at the Restore {name}",
        until=lambda seen: bool(seen.get("phase")) and seen["phase"] not in {"New", "InProgress"},
        deadline=60,
    )
    return waited.value


@pytest.mark.parametrize("spec", ["  backupName: a\n  scheduleName: b\n", "  restorePVs: false\n"])
def test_a_restore_names_one_source(kubectl, spec):
    """Velero ends one with two, or with none, as FailedValidation."""
    name = f"labtest-{len(spec)}"
    manifest = made_restore(kubectl, name, spec)
    seen = status(kubectl, name)
    assert seen["phase"] == "FailedValidation"
    assert "Either a backup or schedule must be specified" in " ".join(seen["validationErrors"])
    assert lines(yml(manifest), "restore-source")


def test_a_wait_for_completed_alone_hangs_on_a_restore_that_failed(kubectl, ref):
    """No backup of the schedule is there: Velero says FailedValidation, the defective loop waits on, the corrected one ends with it."""
    name = "labtest-no-backups"
    made_restore(kubectl, name, "  scheduleName: labtest-no-such-schedule\n")
    seen = status(kubectl, name)
    assert seen["phase"] == "FailedValidation"
    assert "No backups found for schedule" in " ".join(seen["validationErrors"])
    env = {**os.environ, "PATH": f"{program('kubectl').parent}:{os.environ['PATH']}", "KUBECONFIG": str(ref.kubeconfig)}
    ended = {}
    for form, text in (("wrong", WRONG_WAIT), ("right", RIGHT_WAIT)):
        patience = "8" if form == "wrong" else "90"
        words = ["timeout", patience, "bash", "-c", text.replace("NAME", name)]
        ended[form] = subprocess.run(words, env=env, capture_output=True, text=True, check=False, timeout=120)
    assert ended["wrong"].returncode == 124, "the defective loop was still waiting when its time was up"
    assert (ended["right"].returncode, ended["right"].stdout.strip()) == (1, "ended as FailedValidation")
    assert lines(sh(WRONG_WAIT), "wait-one-phase") == [3]
    assert lines(sh(RIGHT_WAIT), "wait-one-phase") == []


def test_a_restore_of_a_fixed_name_is_not_done_again(kubectl):
    """Applied once more it is unchanged, and the phase that is read is the old one."""
    name = "labtest-fixed"
    manifest = made_restore(kubectl, name, "  scheduleName: labtest-no-such-schedule\n")
    first = status(kubectl, name)
    again = kubectl.call("apply", "-f", "-", input_text=manifest)
    assert "unchanged" in again.stdout
    assert status(kubectl, name) == first
    assert lines(yml(manifest), "restore-name-fixed") == [7]


@pytest.mark.parametrize(
    ("rule", "words", "said"),
    [
        ("argument-missing", "helm upgrade web --version 1.0.0 --namespace a", "requires 2 arguments"),
        ("argument-missing", "helm install web --namespace a", "must either provide a name or specify --generate-name"),
        ("argument-missing", "velero restore create a", "either a backup or schedule must be specified"),
        ("argument-missing", "velero schedule create a", "--schedule is required"),
        ("argument-missing", "kubectl delete job", "resource(s) were provided, but no name was specified"),
        ("argument-missing", "kubectl apply", "must specify one of -f and -k"),
        ("argument-missing", "kubectl patch job a", "must specify --patch or --patch-file"),
        ("flag-unknown", "helm upgrade web ./web --wait-for-database", "unknown flag: --wait-for-database"),
        ("flag-unknown", "kubectl get pods --ignore-missing", "unknown flag: --ignore-missing"),
        ("flag-unknown", "velero backup create a --schedule-name b", "unknown flag: --schedule-name"),
    ],
)
def test_the_programs_refuse_what_the_rule_finds(ref, kubectl, rule, words, said):
    """By their own usage, before anything is done."""
    name, *rest = words.split()
    context = {"helm": "--kube-context", "velero": "--kubecontext", "kubectl": "--context"}[name]
    done = run([program(name), *rest, "--kubeconfig", ref.kubeconfig, context, ref.context], timeout=30, check=False)
    assert done.returncode != 0
    assert said.lower() in done.stderr.lower()
    assert lines(sh(words), rule) == [3]


def test_an_identifier_becomes_a_number_in_helm(tmp_path):
    """Unquoted in a values file it is rendered in another form; a schema refuses it from --set; as a text it stays what it is."""
    (tmp_path / "templates").mkdir()
    (tmp_path / "Chart.yaml").write_text("apiVersion: v2\nname: a\nversion: 1.0.0\n")
    (tmp_path / "templates" / "a.yaml").write_text(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {id: {{ .Values.backupId | quote }}}\n"
    )

    def rendered(*words):
        done = run([program("helm"), "template", "a", tmp_path, *words], timeout=30, check=False)
        return done.stdout + done.stderr

    values = tmp_path / "values.yaml"
    values.write_text("backupId: 254811200\n")
    assert "2.548112e+08" in rendered()
    values.write_text('backupId: "254811200"\n')
    assert '"254811200"' in rendered()
    (tmp_path / "values.schema.json").write_text('{"properties": {"backupId": {"type": "string"}}}')
    assert "string" in rendered("--set", "backupId=254811200")
    assert '"254811200"' in rendered("--set-string", "backupId=254811200")
    assert lines(yml("backupId: 254811200"), "number-for-text") == [3]
    assert lines(sh("helm template a ./a --set backupId=254811200"), "number-for-text") == [3]
    assert lines(sh("helm template a ./a --set-string backupId=254811200"), "number-for-text") == []


def test_a_key_that_stands_twice_is_silently_the_last(tmp_path, kubectl):
    """Kubectl refuses it; a chart's values take the last one."""
    manifest = f"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  namespace: {NAMESPACE}\n  name: b\n"
    told = kubectl.call("apply", "--dry-run=server", "-o", "name", "-f", "-", input_text=manifest)
    assert (told.stdout, told.stderr) == ("configmap/b\n", "")
    assert lines(block("yaml", manifest), "manifest-unreadable") == [8]


def test_the_flags_are_what_the_pinned_programs_say():
    """Write the data anew when this fails: python -m hopsdrill.runbook.generate."""
    assert (DATA / COMMANDS).read_text() == commands_text()
