"""The defects that bash alone can show: the defective form is run, the rule finds it, and the corrected form is run too.

kubectl is a stand-in that answers as a script of the test says; bash, jq, sort and date are real.
"""

import json
import os
import shlex
import subprocess
from datetime import UTC, datetime

import pytest
from pages import lines, sh


PATIENCE = 1.0  # seconds after which a loop that should be endless counts as such; its sleeps are hundredths
LONGEST = 20.0  # seconds for everything that should end
PHASE = 'kubectl get restore r -o jsonpath="{.status.phase}"'
COUNT = "kubectl get backups -o json | jq -r '[.items[] | FILTER] | length'"
DONE = 'select(.status.phase == "Completed" and .metadata.labels["velero.io/schedule-name"] == "main")'
WAIT = """
end=$((SECONDS + 1))
while true; do
  phase=$(PHASE)
  case "$phase" in
    Completed) break ;;
    Failed | PartiallyFailed | FailedValidation) echo "ended as $phase"; exit 1 ;;
  esac
  (( SECONDS < end )) || { echo "too late"; exit 2; }
  sleep .01
done
""".replace("PHASE", PHASE)
FAILED_OTHER = {
    "items": [{"status": {"phase": "Failed"}, "metadata": {"labels": {"velero.io/schedule-name": "other"}}}]
}
BROKEN = "echo 'error: the server does not have a resource type' >&2; exit 1"


class Endless:
    """What a command gives that does not end."""


@pytest.fixture
def bash(tmp_path):
    """Runs a script with a kubectl that is played by another; gives exit code and output, or that it does not end."""

    def run(script: str, standin_kubectl: str = "exit 1", patience: float = LONGEST):
        folder = tmp_path / "standins"
        folder.mkdir(exist_ok=True)
        (folder / "kubectl").write_text(f"#!/bin/bash\n# a stand-in for kubectl\n{standin_kubectl}\n")
        (folder / "kubectl").chmod(0o755)
        env = {**os.environ, "PATH": f"{folder}:{os.environ['PATH']}"}
        words = ["timeout", "--kill-after=1", str(patience), "bash", "-c", script]
        done = subprocess.run(words, capture_output=True, text=True, env=env, cwd=tmp_path, check=False, timeout=60)
        return (Endless if done.returncode in {124, 137} else done.returncode), done.stdout + done.stderr

    return run


def test_jq_says_nothing_of_nothing_and_succeeds(bash):
    """Which is why an empty answer is no 0."""
    assert bash("printf '' | jq '.items | length'") == (0, "")


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        (
            f'until [ "$({COUNT.replace("FILTER", DONE)})" != "0" ]; do sleep .01; done; echo synced',
            f'until [ "$({COUNT.replace("FILTER", DONE)})" -gt 0 ]; do sleep .01; done; echo synced',
        ),
        (
            'while [ "$(kubectl get pods | wc -l)" -gt 0 ]; do sleep .01; done; echo synced',
            "until out=$(kubectl get pods) && [ -z $out ]; do sleep .01; done; echo synced",
        ),
        (
            "while kubectl get ns a; do sleep .01; done; echo synced",
            "until kubectl wait --for=delete ns/a; do sleep .01; done; echo synced",
        ),
    ],
)
def test_a_condition_that_holds_when_the_command_fails(bash, wrong, right):
    """Kubectl fails always: the defective wait ends at once and is content; the corrected one waits on."""
    code, out = bash(wrong, BROKEN)
    assert (code, "synced" in out) == (0, True)
    assert bash(right, BROKEN, PATIENCE)[0] is Endless
    assert lines(sh(wrong), "condition-true-on-failure") == [3]
    assert lines(sh(right), "condition-true-on-failure") == []


def test_a_check_that_passes_when_the_command_fails(bash):
    """The branch of success is taken."""
    text = f'if [ "$({COUNT.replace("FILTER", DONE)})" != 0 ]; then\necho good\nelse\nexit 1\nfi'
    code, out = bash(text, BROKEN)
    assert (code, "good" in out) == (0, True)
    right = text.replace("!= 0", "-gt 0")
    assert bash(right, BROKEN)[0] == 1
    assert lines(sh(text), "condition-true-on-failure") == [3]
    assert lines(sh(right), "condition-true-on-failure") == []


@pytest.mark.parametrize(
    ("rule", "answer", "ends"),
    [
        ("loop-without-deadline", "echo InProgress", (2, "too late")),
        ("wait-one-phase", "echo FailedValidation", (1, "ended as FailedValidation")),
        ("wait-one-phase", "echo PartiallyFailed", (1, "ended as PartiallyFailed")),
    ],
)
def test_a_wait_that_never_ends(bash, rule, answer, ends):
    """The defective wait hangs; the corrected one ends, and says why."""
    wrong = f'until [ "$({PHASE})" = Completed ]; do sleep .01; done'
    assert bash(wrong, answer, PATIENCE)[0] is Endless
    code, out = bash(WAIT, answer)
    assert (code, out.strip()) == ends
    assert lines(sh(wrong), rule) == [3]
    assert lines(sh(WAIT), rule) == []


def test_an_error_that_is_hidden(bash):
    """The defective form says nothing at all; the other one names the cause."""
    wrong = f"phase=$({PHASE} 2>/dev/null); echo phase=$phase"
    right = wrong.replace(" 2>/dev/null", "")
    assert bash(wrong, BROKEN) == (0, "phase=\n")
    assert "does not have a resource type" in bash(right, BROKEN)[1]
    assert lines(sh(wrong), "error-hidden") == [3]
    assert lines(sh(right), "error-hidden") == []


def test_a_synchronisation_that_is_content_with_any_backup(bash):
    """A Failed backup of another schedule is there: the defective wait ends, the corrected one does not."""
    answer = said(FAILED_OTHER)
    form = f'until [ "$({COUNT})" -gt 0 ]; do sleep .01; done; echo synced'
    wrong = form.replace("FILTER", "select(true)")
    right = form.replace("FILTER", DONE)
    assert bash(wrong, answer) == (0, "synced\n")
    assert bash(right, answer, PATIENCE)[0] is Endless
    assert lines(sh(wrong), "sync-any-backup") == [3]
    assert lines(sh(right), "sync-any-backup") == []


OLD = datetime(2027, 1, 3, tzinfo=UTC)  # a Sunday: %y is 27, its ISO week is 53
NEW = datetime(2027, 6, 6, tzinfo=UTC)
FORM = "%y%V%u%H%M"


def record(*moments) -> dict:
    """A ConfigMap that records a backup of each moment."""
    return {"data": {f"{at:{FORM}}": json.dumps({"state": "SUCCESS", "start_time": at.isoformat()}) for at in moments}}


def said(value) -> str:
    """A stand-in that answers with JSON."""
    return f"echo {shlex.quote(json.dumps(value))}"


def test_ids_ordered_by_number_are_not_in_the_order_of_time(bash):
    """In June 2027 the backup of 3 January stands before that of June; by the recorded moment it does not."""
    answer = said({"items": [record(OLD, NEW)]})
    wrong = "kubectl get configmap -l app=record -o json | jq -r '.items[].data | to_entries[] | select(.value | fromjson | .state) | .key' | sort -nr | head -1"
    right = "kubectl get configmap -l app=record -o json | jq -r '[.items[].data | to_entries[]] | sort_by(.value | fromjson | .start_time) | last | .key'"
    assert bash(f"date -u -d {OLD:%F} +{FORM}")[1].strip() == f"{OLD:{FORM}}" == "275370000"
    assert bash(wrong, answer) == (0, f"{OLD:{FORM}}\n")
    assert bash(right, answer) == (0, f"{NEW:{FORM}}\n")
    assert lines(sh(wrong), "backup-id-order") == [3]
    assert lines(sh(right), "backup-id-order") == []


def test_a_record_that_was_rotated_is_missed(bash):
    """By its name only the full ConfigMap is read, and the newest backup is not in it; by label both are."""
    both = {"items": [record(OLD), record(NEW)]}
    answer = f"if [[ $* == *-l* ]]; then {said(both)}; else {said(record(OLD))}; fi"
    wrong = "kubectl get configmap record -o json | jq -r '.data | to_entries[] | select(.value | fromjson | .state) | .key'"
    right = wrong.replace("record -o", "-l app=record -o").replace(".data", ".items[].data")
    assert bash(wrong, answer) == (0, f"{OLD:{FORM}}\n")
    assert f"{NEW:{FORM}}" in bash(right, answer)[1]
    assert lines(sh(wrong), "metadata-rotated") == [3]
    assert lines(sh(right), "metadata-rotated") == []


def test_the_latest_by_completion_is_not_veleros_latest(bash):
    """The one that began first ended last."""
    times = {"long": ("01:00", "05:00"), "short": ("02:00", "02:10")}
    items = [
        {"metadata": {"name": name}, "status": {"startTimestamp": start, "completionTimestamp": end}}
        for name, (start, end) in times.items()
    ]
    answer = said({"items": items})
    wrong = (
        "kubectl get backups -o json | jq -r '.items | sort_by(.status.completionTimestamp) | last | .metadata.name'"
    )
    right = wrong.replace("completion", "start")
    assert bash(wrong, answer)[1] == "long\n"
    assert bash(right, answer)[1] == "short\n"
    assert lines(sh(wrong), "latest-not-veleros") == [3]
    assert lines(sh(right), "latest-not-veleros") == []


def test_a_placeholder_pasted_as_it_stands_is_a_redirection(bash):
    """Bash looks for a file of that name; what follows would have been written to."""
    text = "kubectl delete job a-<BACKUP_ID> -n b"
    code, out = bash(text, "exit 0")
    assert code == 1
    assert "BACKUP_ID: No such file" in out
    assert lines(sh(text), "placeholder-undefined") == [3]


def test_a_variable_that_is_set_nowhere_is_empty(bash):
    """The command acts on everything."""
    text = 'kubectl delete pods -l "app=a$WHICH" --all'
    assert bash(f"unset WHICH; {text}", 'echo "$@"') == (0, "delete pods -l app=a --all\n")
    assert lines(sh(text), "variable-undefined") == [3]


def test_a_secret_in_a_file_is_readable_by_all(bash):
    """With the usual umask; tightened before, it is not."""
    text = "cat <<EOF > creds\npassword=made-up\nEOF\n"
    assert bash(f"umask 022\n{text}stat -c %a creds; rm creds") == (0, "644\n")
    assert bash(f"umask 077\n{text}stat -c %a creds; rm creds") == (0, "600\n")
    assert lines(sh(text), "secret-on-disk") == [3]
    assert lines(sh(f"umask 077\n{text}rm creds"), "secret-on-disk") == []


def test_text_that_bash_cannot_read_does_nothing_at_all(bash):
    """Not even its first command."""
    text = "for i in 1 2; do echo $i"
    code, out = bash(text)
    assert code == 2
    assert "syntax error" in out
    assert lines(sh(text), "shell-syntax") == [3]
