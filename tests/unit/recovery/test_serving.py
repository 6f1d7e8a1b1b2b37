"""What the platform lacks before it serves."""

from types import SimpleNamespace

from hopsdrill.plan.loader import load_named_profile
from hopsdrill.recovery import install


PROFILE = load_named_profile("hopsworks-standin")


def lacking(monkeypatch, *jobs, location=True):
    """What is lacking when these Jobs have failed, the location has no phase, and everything else is well."""
    workload = {
        "metadata": {"name": "w", "generation": 1},
        "spec": {"replicas": 1},
        "status": {"observedGeneration": 1, "replicas": 1, "readyReplicas": 1, "updatedReplicas": 1},
    }
    failed = {"conditions": [{"type": "Failed", "status": "True"}]}
    found = {
        "batch/v1/Job": [{"metadata": {"name": name}, "status": failed} for name in jobs],
        "apps/v1/StatefulSet": [],
        "apps/v1/Deployment": [workload],
    }
    site = SimpleNamespace(
        profile=PROFILE, namespace="n", kube=SimpleNamespace(list=lambda api, *_: found[api], get=lambda *_: None)
    )
    monkeypatch.setattr(install, "serving", lambda _: True)
    monkeypatch.setattr(install, "last_words", lambda *_: "its words")
    return install._lacking(site, location=location)


def test_a_failed_job_is_named_but_not_a_hook_that_refused_an_earlier_upgrade(monkeypatch):
    """Helm itself awaits hooks."""
    assert lacking(monkeypatch, "restore-native-backup-1") == "Job restore-native-backup-1 failed: its words"
    assert lacking(monkeypatch, PROFILE.hook_jobs[0], location=False) == ""


def test_the_location_is_awaited_unless_there_are_no_backups(monkeypatch):
    """Without backups there is none."""
    assert "is without a phase" in lacking(monkeypatch)
    assert lacking(monkeypatch, location=False) == ""
