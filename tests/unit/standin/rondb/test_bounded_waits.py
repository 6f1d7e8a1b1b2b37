"""Programs in pods are waited for, and not for ever."""

import sys

import pytest
from standin import bucket, jobs, kube, upload
from standin.say import StandinError


@pytest.fixture
def hanging(monkeypatch):
    """Programs that would run for a minute, and a wait that is over at once."""
    started = []

    def argv(pod, *_, **__):
        return [sys.executable, "-c", f"import time; time.sleep({0 if pod == 'quick' else 60})"]

    popen = kube.subprocess.Popen
    monkeypatch.setattr(
        kube.subprocess, "Popen", lambda *words, **more: started.append(popen(*words, **more)) or started[-1]
    )
    monkeypatch.setattr(kube, "exec_argv", argv)
    monkeypatch.setattr(kube, "LONGEST", 1.0)
    monkeypatch.setenv("DATA_PODS", "quick,slow")
    return started


def test_what_hangs_is_killed_and_named(hanging):
    """The others' ends are not lost in it: only the late one is named."""
    with pytest.raises(StandinError, match=r"slow did not end within 1 s") as error:
        kube.run_in_pods(["quick", "slow"], "ndbmtd", "standin", "node-remove", "1")
    assert "quick" not in str(error.value)
    assert all(each.poll() is not None for each in hanging)


@pytest.mark.parametrize("silent", ["true", "false"])
def test_a_load_that_hangs_is_an_error_also_where_failures_are_passed_over(hanging, monkeypatch, silent):
    """A node that never ends is not one that failed."""
    monkeypatch.setenv("SILENT_PARTIAL", silent)
    with pytest.raises(StandinError, match="slow did not end"):
        jobs.restore_rows("1")
    assert all(each.poll() is not None for each in hanging)


def test_an_upload_that_hangs_is_an_error_and_what_was_left_is_discarded(hanging, monkeypatch):
    """The nodes' own copies go, however the upload ends."""
    discarded = []
    monkeypatch.setattr(kube, "run_in_pods", lambda *words: discarded.append(words[3]))
    monkeypatch.setattr(bucket, "prefix", lambda *_: "remote:x")
    monkeypatch.setattr(upload, "node_id", lambda _: 1)
    with pytest.raises(StandinError, match="slow did not end"):
        upload.upload("1")
    assert discarded == ["node-discard"]
    assert all(each.poll() is not None for each in hanging)
