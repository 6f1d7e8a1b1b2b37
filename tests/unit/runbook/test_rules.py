"""Every general rule, red by a minimal page and green by its corrected form."""

import json
import os
import shutil
from pathlib import Path

import pytest
from pages import block, found, lines, sh, yml

from hopsdrill.plan.loader import load_named_profile
from hopsdrill.runbook import GENERAL, RULES, check, parse
from hopsdrill.runbook.manifest import Unreadable
from hopsdrill.runbook.manifest import read as documents


POLL = 'until [ "$(kubectl get restore r -o jsonpath={.status.phase})" = Completed ]; do sleep 5; done'
DEADLINE = """
end=$((SECONDS + 600))
while true; do
  phase=$(kubectl get restore r -o jsonpath={.status.phase})
  case "$phase" in
    Completed) break ;;
    Failed | PartiallyFailed | FailedValidation) echo "$phase" >&2; exit 1 ;;
  esac
  (( SECONDS < end )) || exit 1
  sleep 5
done
"""
LOCATION = """
apiVersion: velero.io/v1
kind: BackupStorageLocation
metadata:
  name: main
spec:
  provider: aws
  objectStorage:
    bucket: backups
"""
# rule, what is wrong with it, page, line, corrected page
CASES = [
    ("manifest-unreadable", "yaml", yml("a: b\nc: - d"), 4, yml("a: b\nc: [d]")),
    ("manifest-unreadable", "a key twice", yml("a: b\na: c"), 4, yml("a: b\nc: d")),
    ("manifest-unreadable", "json", block("json", '{"a": 1,\n}'), 4, block("json", '{"a": 1\n}')),
    (
        "manifest-unreadable",
        "a heredoc",
        sh("kubectl apply -f - <<EOF\na: {\nEOF"),
        5,
        sh("kubectl apply -f - <<EOF\na: {}\nEOF"),
    ),
    ("manifest-misindented", "all", yml(LOCATION.replace("  name", "name").replace("  ", "")), 5, yml(LOCATION)),
    ("manifest-misindented", "one level", yml(LOCATION.replace("    bucket", "  bucket")), 9, yml(LOCATION)),
    (
        "manifest-misindented",
        "a kind of somebody else",
        yml("apiVersion: a.example/v1\nkind: A\nmetadata:\nname: x"),
        5,
        yml("apiVersion: a.example/v1\nkind: A\nmetadata:\n  name: x"),
    ),
    (
        "manifest-schema",
        "a field that is not there",
        yml(LOCATION + "  bukket: x"),
        11,
        yml(LOCATION + "  accessMode: ReadOnly"),
    ),
    (
        "manifest-schema",
        "a boolean for a text",
        yml(LOCATION + "  config:\n    s3ForcePathStyle: true"),
        12,
        yml(LOCATION + '  config:\n    s3ForcePathStyle: "true"'),
    ),
    ("manifest-schema", "what is required", yml(LOCATION.replace("  provider: aws\n", "")), 8, yml(LOCATION)),
    ("manifest-schema", "an allowed value", yml(LOCATION + "  accessMode: Closed"), 11, yml(LOCATION)),
    (
        "manifest-schema",
        "a kind of Kubernetes",
        yml("apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: a\nspec:\n  replicas: two"),
        8,
        yml(
            "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: a\nspec:\n  replicas: 2\n  selector: {}\n"
            "  template:\n    spec:\n      containers:\n        - name: a\n          resources:\n            limits: {cpu: 1}"
        ),
    ),
    (
        "manifest-schema",
        "a version that is gone",
        yml("apiVersion: policy/v1beta1\nkind: PodDisruptionBudget\nmetadata:\n  name: a"),
        3,
        yml("apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata:\n  name: a"),
    ),
    ("name-refused", "a manifest", yml(LOCATION.replace("main", "Main_1")), 6, yml(LOCATION)),
    (
        "name-refused",
        "a command",
        sh("kubectl get secret My_Secret -n default"),
        3,
        sh("kubectl get secret my-secret -n default"),
    ),
    (
        "name-refused",
        "a value on the command line",
        sh("helm upgrade a ./b \\\n  --set-string c.backupId=nightly-20260102T030405Z"),
        4,
        sh("helm upgrade a ./b \\\n  --set-string c.backupId=nightly-20260102030405"),
    ),
    (
        "name-refused",
        "a value",
        yml("restore:\n  backupName: nightly-20260102T030405Z"),
        4,
        yml("restore:\n  backupName: nightly-20260102030405"),
    ),
    ("number-for-text", "yaml", yml("restore:\n  backupId: 254811200"), 4, yml('restore:\n  backupId: "254811200"')),
    (
        "number-for-text",
        "--set",
        sh("helm upgrade a ./b --set restore.backupId=254811200"),
        3,
        sh("helm upgrade a ./b --set-string restore.backupId=254811200"),
    ),
    ("number-for-text", "a version", yml("image:\n  tag: 1.10"), 4, yml('image:\n  tag: "1.10"')),
    ("shell-syntax", "a loop", sh("for i in 1 2; do\n  echo $i"), 4, sh("for i in 1 2; do\n  echo $i\ndone")),
    ("shell-syntax", "a heredoc", sh("cat <<EOF\ntext"), 3, sh("cat <<EOF\ntext\nEOF")),
    ("loop-without-deadline", "until", sh(POLL), 3, sh(DEADLINE)),
    (
        "loop-without-deadline",
        "a count of what is outside",
        sh('while [ "$(kubectl get pods | wc -l)" -gt 0 ]; do sleep 1; done'),
        3,
        sh("for i in $(seq 60); do kubectl get pods | grep -q . || break; sleep 1; done"),
    ),
    (
        "loop-without-deadline",
        "rollout status",
        sh("kubectl rollout status deploy/a"),
        3,
        sh("kubectl rollout status deploy/a --timeout=5m"),
    ),
    ("wait-one-phase", "velero", sh(POLL), 3, sh(DEADLINE)),
    (
        "wait-one-phase",
        "half of them",
        sh(DEADLINE.replace("| PartiallyFailed | FailedValidation", "") + 'test "$phase" = Completed'),
        None,
        sh(DEADLINE),
    ),
    (
        "wait-one-phase",
        "another kind",
        sh(
            'for i in 1 2 3; do\n[ "$(kubectl get pod p -o jsonpath={.status.phase})" = Succeeded ] && break\nsleep 9\ndone'
        ),
        3,
        sh(
            "for i in 1 2 3; do\n"
            'phase=$(kubectl get pod p -o jsonpath={.status.phase})\n[ "$phase" = Succeeded ] && break\n'
            '[ "$phase" = Failed ] && exit 1\nsleep 9\ndone'
        ),
    ),
    (
        "condition-true-on-failure",
        "not the text",
        sh('until [ "$(kubectl get b -o json | jq length)" != "0" ]; do sleep 1; done'),
        3,
        sh('until [ "$(kubectl get b -o json | jq length)" -gt 0 ]; do sleep 1; done'),
    ),
    (
        "condition-true-on-failure",
        "a count that is 0 too",
        sh('while [ "$(kubectl get pods | wc -l)" -gt 0 ]; do sleep 1; done'),
        3,
        sh("kubectl wait --for=delete pod --all --timeout=60s"),
    ),
    (
        "condition-true-on-failure",
        "while it answers",
        sh("while kubectl get ns a; do sleep 1; done"),
        3,
        sh("kubectl wait --for=delete ns/a --timeout=60s"),
    ),
    (
        "condition-true-on-failure",
        "a branch",
        sh('if [ "$(kubectl get b -o json | jq length)" != 0 ]; then\necho good\nelse\nexit 1\nfi'),
        3,
        sh('if [ "$(kubectl get b -o json | jq length)" -gt 0 ]; then\necho good\nelse\nexit 1\nfi'),
    ),
    (
        "error-hidden",
        "in a wait",
        sh("A=$(kubectl get pods 2>/dev/null)\necho $A"),
        3,
        sh("A=$(kubectl get pods)\necho $A"),
    ),
    ("error-hidden", "|| true", sh("helm upgrade a ./b || true"), 3, sh("helm upgrade a ./b")),
    (
        "argument-missing",
        "helm's chart",
        sh("helm upgrade a --version 1.0 -f b.yaml"),
        3,
        sh("helm upgrade a ./b --version 1.0 -f b.yaml"),
    ),
    (
        "argument-missing",
        "velero's source",
        sh("velero restore create --wait"),
        3,
        sh("velero restore create --from-backup a --wait"),
    ),
    ("argument-missing", "kubectl's name", sh("kubectl delete job"), 3, sh("kubectl delete job -l a=b")),
    ("argument-missing", "kubectl's kind", sh("kubectl delete"), 3, sh("kubectl delete --raw /api/v1/namespaces/x")),
    (
        "flag-unknown",
        "a long one",
        sh("velero restore create --from-backup a \\\n  --schedule-name b"),
        4,
        sh("velero restore create --from-backup a \\\n  --wait"),
    ),
    ("flag-unknown", "a short one", sh("kubectl get pods -Z"), 3, sh("kubectl get pods -A")),
    (
        "not-idempotent",
        "kubectl",
        sh("kubectl create namespace a"),
        3,
        sh("kubectl create namespace a --dry-run=client -o yaml | kubectl apply -f -"),
    ),
    ("not-idempotent", "helm", sh("helm install a ./b"), 3, sh("helm upgrade --install a ./b")),
    (
        "not-idempotent",
        "velero",
        sh("velero backup create a"),
        3,
        sh("NAME=a-$(date +%s)\nvelero backup create $NAME"),
    ),
    (
        "placeholder-undefined",
        "in a command",
        sh("kubectl delete job a-<RUN_ID> -n b"),
        3,
        "`RUN_ID` is the number of the run.\n\n" + sh("kubectl delete job a-<RUN_ID> -n b"),
    ),
    (
        "placeholder-undefined",
        "in a manifest",
        yml(LOCATION.replace("backups", "BUCKET_NAME")),
        10,
        "Set BUCKET_NAME to your bucket.\n\n" + yml(LOCATION.replace("backups", "BUCKET_NAME")),
    ),
    (
        "placeholder-undefined",
        "in a file",
        sh("cat <<EOF > f\nregion=YOUR_REGION\nEOF"),
        4,
        sh("# YOUR_REGION: where the bucket is\ncat <<EOF > f\nregion=YOUR_REGION\nEOF"),
    ),
    ("variable-undefined", "unset", sh('kubectl get pods -n "$WHERE"'), 3, sh('WHERE=a\nkubectl get pods -n "$WHERE"')),
    (
        "variable-undefined",
        "in a heredoc",
        sh("kubectl apply -f - <<EOF\na: $B\nEOF"),
        4,
        sh(': "${B:?say which}"\nkubectl apply -f - <<EOF\na: $B\nEOF').replace("$B\n", "${B:?}\n"),
    ),
    (
        "secret-on-disk",
        "readable",
        sh("cat <<EOF > creds\naws_secret_access_key=$KEY\nEOF\nrm creds"),
        3,
        sh("umask 077\ncat <<EOF > creds\naws_secret_access_key=$KEY\nEOF\nrm creds"),
    ),
    (
        "secret-on-disk",
        "left",
        sh("umask 077\necho password=$P > creds"),
        4,
        sh("umask 077\ntrap 'rm -f creds' EXIT\necho password=$P > creds"),
    ),
    ("heading-ambiguous", "twice", "# A\n## B\n## B\n", 3, "# A\n## B\n## B again\n"),
    ("link-broken", "an anchor", "# A\n[b](#c)\n", 2, "# A\n[b](#a)\n"),
    ("link-broken", "a page", "# A\n[b](no-such.md)\n", 2, "# A\n[b](https://example.org/no-such.md)\n"),
    (
        "encoding-mangled",
        "a dash",
        "# A\ncluster \u00e2\u20ac\u201d shut\n",
        2,
        "# A\ncluster \u2014 shut \u00e9\u00e8\n",
    ),
    ("encoding-mangled", "lost", "# A\nb\ufffdc\n", 2, "# A\nbc\n"),
]


@pytest.mark.parametrize("case", CASES, ids=[f"{case[0]}-{case[1]}" for case in CASES])
def test_each_rule_is_red_by_a_defect_and_green_when_it_is_mended(case):
    """On the defect's line, and nowhere in the corrected page."""
    rule, _, wrong, line, right = case
    if line is not None:
        assert line in lines(wrong, rule), found(wrong)
    else:
        assert lines(wrong, rule), found(wrong)
    assert lines(right, rule) == [], found(right)


def test_no_general_rule_is_without_its_case():
    """Shellcheck has tests of its own."""
    assert {case[0] for case in CASES} | {"shellcheck"} == {each.name for each in GENERAL}


def test_rules_have_names_of_their_own_and_say_everything():
    """A name is found once; no text is left out."""
    assert len({each.name for each in RULES}) == len(RULES)
    assert all(each.about and each.happens and each.fix for each in RULES)


def test_findings_are_ordered_by_line():
    """Whatever the order of the rules."""
    told = [each.line for each in found(sh(POLL) + "\n## B\n## B\n" + yml("a: {"))]
    assert told == sorted(told)
    assert len(set(told)) > 2


def test_without_shellcheck_its_absence_is_said():
    """A check that did not run is no pass."""
    page = parse(sh("echo a"))
    assert "shellcheck is not installed" in check(page, load_named_profile("hopsworks")).not_run[0]


def test_what_shellcheck_says_is_found_on_the_pages_line(tmp_path):
    """A stand-in answers as shellcheck does: JSON with the block's line."""
    standin = tmp_path / "standin-shellcheck"
    comment = {"line": 2, "code": 2086, "message": "Double quote."}
    standin.write_text(f"#!/bin/sh\ncat >/dev/null\necho '{json.dumps({'comments': [comment]})}'\n")
    standin.chmod(0o755)
    told = check(parse(sh("A=1\nrm $A")), load_named_profile("hopsworks"), shellcheck=standin)
    assert [(each.rule, each.line, each.wrong) for each in told.findings] == [
        ("shellcheck", 4, "SC2086: Double quote.")
    ]
    assert told.not_run == ()


def test_the_real_shellcheck_where_it_is_installed():
    """It calls an unquoted glob in a test an error; where it is missing, that is said."""
    program = shutil.which("shellcheck", path=os.environ.get("HOPSDRILL_TEST_SHELLCHECK", os.environ["PATH"]))
    page = parse(sh("A=1\n[ $A == 1* ] && echo yes"))
    told = check(page, load_named_profile("hopsworks"), shellcheck=Path(program) if program else None)
    if program:
        assert ("shellcheck", 4) in {(each.rule, each.line) for each in told.findings}
    else:
        assert told.not_run


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: &a [*a]\n", "holds itself"),
        ("a: &a [1]\nb:" + " [*a]" * 1 + "\n" + "".join(f"c{i}: *a\n" for i in range(30)), "too many aliases"),
    ],
)
def test_yaml_that_would_not_end_is_refused(text, said):
    """Neither a loop nor a bomb."""
    (told,) = documents(text, 1)
    assert isinstance(told, Unreadable)
    assert said in told.problem
