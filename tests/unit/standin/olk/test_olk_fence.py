"""A restore keeps backups and other restores away: while it runs, and when it has failed."""

import pytest
from standin import fence, kube
from standin.olk import backup, check
from standin.say import StandinError


def job(name="opensearch-restore-default-default-1", end=None, succeeded=0):
    """A Job as Kubernetes gives it, running unless it has an end."""
    conditions = [{"type": end, "status": "True"}] if end else []
    return {"metadata": {"name": name}, "status": {"conditions": conditions, "succeeded": succeeded}}


@pytest.fixture
def cluster(monkeypatch):
    """Answers to the question for Jobs, one after the other; the last one stays."""
    answers, asked = [], []

    def items(*words):
        asked.append(words)
        return answers.pop(0) if len(answers) > 1 else answers[0]

    monkeypatch.setattr(kube, "items", items)
    monkeypatch.setattr(fence, "PAUSE", 0)
    monkeypatch.setenv("NAMESPACE", "hopsworks")
    return answers, asked


@pytest.mark.parametrize(
    ("conditions", "running"),
    [
        ([], True),
        ([{"type": "Complete", "status": "False"}], True),
        ([{"type": "SuccessCriteriaMet", "status": "True"}], True),
        ([{"type": "Complete", "status": "True"}], False),
        ([{"type": "Failed", "status": "True"}], False),
    ],
)
def test_a_restore_runs_until_its_job_has_come_to_an_end(conditions, running):
    """Also before its first pod, and between its attempts."""
    assert fence.running({"status": {"conditions": conditions}}) is running


def test_a_backup_is_skipped_while_a_restore_runs(monkeypatch, cluster):
    """With SKIP no time is lost."""
    cluster[0].append([job()])
    monkeypatch.setenv("WHILE_RESTORING", "SKIP")
    assert fence.closed("opensearch")
    assert cluster[1] == [("jobs", "--selector", "app=opensearch-restore")]


def test_a_backup_waits_for_a_restore_and_not_for_ever(monkeypatch, cluster):
    """Without SKIP it goes on when the restore has ended, and fails when that takes too long."""
    monkeypatch.setenv("WHILE_RESTORING", "PAUSE")
    cluster[0].extend([[job()], [job()], [job(end="Complete", succeeded=1)]])
    assert not fence.closed("opensearch")
    cluster[0][:] = [[job()]]
    monkeypatch.setenv("PAUSE_SECONDS", "0.01")
    with pytest.raises(StandinError, match="default-1 is still restoring"):
        fence.closed("opensearch")


@pytest.mark.parametrize(
    "answers", [[[job(end="Failed")]], [[job()], [job(end="Failed")]]], ids=["before", "meanwhile"]
)
def test_after_a_failed_restore_a_backup_is_refused_and_not_skipped(monkeypatch, cluster, answers):
    """What is half restored is not backed up until someone has looked and deleted the Job."""
    monkeypatch.setenv("WHILE_RESTORING", "SKIP" if len(answers) == 1 else "PAUSE")
    cluster[0].extend(answers)
    with pytest.raises(StandinError, match=r"opensearch-restore-default-default-1 has failed.*kubectl delete job"):
        fence.closed("opensearch")


def test_the_check_refuses_while_a_restore_of_the_same_name_runs(monkeypatch):
    """And removes nothing; one that has failed makes way."""
    monkeypatch.setenv("NAMESPACE", "hopsworks")
    for end in (None, "Failed"):
        monkeypatch.setattr(kube, "get", lambda *_, end=end: job(end=end))
        if end:
            check.refuse_second_restore("j", "1")
            continue
        with pytest.raises(StandinError, match="still running; wait for it"):
            check.refuse_second_restore("j", "1")
    monkeypatch.setattr(kube, "get", lambda *_: None)
    check.refuse_second_restore("j", "1")


@pytest.mark.parametrize(
    ("mandatory", "missing"), [("projects,featurestore", "featurestore"), ("projects", None), ("", None)]
)
def test_a_snapshot_without_a_mandatory_index_is_no_backup(monkeypatch, mandatory, missing):
    """It is refused by name, before there is an entry."""
    found = {
        "snapshot": "1", "state": "SUCCESS", "start_time": "", "indices": ["projects"],
        "shards": {"total": 1, "successful": 1, "failed": 0}, "failures": [],
    }  # fmt: skip
    monkeypatch.setenv("MANDATORY_INDICES", mandatory)
    monkeypatch.setattr(backup.api, "call", lambda *_, **__: {"snapshot": found})
    if missing is None:
        backup.take("1", 1)
        return
    with pytest.raises(StandinError, match=f"snapshot 1 lacks {missing}.*projects"):
        backup.take("1", 1)
