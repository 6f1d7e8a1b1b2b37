"""A run that cannot pass is refused before anything is touched: by its plan, by space, by the version of what runs."""

import journal_tape as tape
import pytest
import sample_journal as sample
import yaml
from on_lab import hopsdrill, leftovers, tailored

from hopsdrill.adapters.helm import Release
from hopsdrill.core.wait import wait_for
from hopsdrill.journal import read
from hopsdrill.lab import load
from hopsdrill.model import events as ev


SMALL = ("test_database_only.py", "database_only.feature")
FULL = 10**18  # bytes, which no disk of a lab has


def refused(reports, plan):
    """A run that ends before it begins: what it said, and the shut gates; nothing was done, nothing made."""
    ended = hopsdrill("run", plan, "--json", "--reports", reports)
    newest = max((path for path in reports.glob("*/journal.ndjson") if path.parent.name != sample.RUN_ID), default=None)
    events = [entry.event for entry in read(newest.parent)] if newest else []
    assert not [each for each in events if isinstance(each, ev.OperationStarted | ev.ResourceCreated)]
    return ended, {each.name: each.reason for each in events if isinstance(each, ev.InterlockChecked) and not each.open}


@pytest.fixture
def other_release(tmp_path, helm, kube, bucket):
    """A release by the platform's name, of another version than the profile's; gone again."""
    chart, values = tmp_path / "other-chart", tmp_path / "values.yaml"
    chart.mkdir()
    (chart / "Chart.yaml").write_text(yaml.safe_dump({"apiVersion": "v2", "name": "hopsworks", "version": "9.8.7"}))
    values.write_text("{}")
    kube.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "hopsworks"}})
    helm.install(Release("hopsworks", str(chart), "9.8.7", "hopsworks"), values)
    yield
    helm.uninstall("hopsworks", namespace="hopsworks", timeout=60)
    kube.delete("v1/Namespace", "hopsworks")
    wait_for(
        lambda: kube.exists("v1/Namespace", "hopsworks"),
        what="the namespace to go",
        until=lambda there: not there,
        deadline=120,
    )
    assert leftovers(kube, bucket) == []


def test_a_plan_whose_schedule_cannot_meet_its_recovery_point_is_refused(tmp_path):
    """By exit code 2, with the arithmetic and the setting to change."""
    objectives = {name: {"within": "1h", "source": "a contract"} for name in ("rto", "rpo")}
    ended, _ = refused(tmp_path / "reports", tailored(tmp_path, *SMALL, objectives=objectives))
    assert ended.code == 2, ended.err[-2000:]
    assert "7 d" in ended.err
    assert "objectives.rpo" in ended.err


@pytest.mark.usefixtures("lab")
def test_no_room_for_what_an_earlier_backup_took_is_refused(tmp_path):
    """By exit code 4; the store and each node are named with what is free there."""
    reports = tmp_path / "reports"
    same = sample.plan().model_dump(mode="json", by_alias=True) | {"profile": "profile.yaml"}
    earlier = tape.replaced(sample.passing(), ev.RecoveryPoint, {"scenario": sample.MAIN}, size_bytes=FULL)
    earlier = tape.replaced(earlier, ev.RunStarted, plan=same)
    tape.write(reports / sample.RUN_ID, earlier, sample.EVIDENCE)
    ended, shut = refused(reports, tailored(tmp_path, *SMALL))
    assert (ended.code, list(shut)) == (4, ["space-suffices"]), ended.err[-2000:]
    assert load().store.endpoint in shut["space-suffices"]
    assert "node hopsdrill-drill-control-plane" in shut["space-suffices"]


@pytest.mark.usefixtures("other_release")
def test_a_running_release_of_another_version_is_refused(tmp_path):
    """By exit code 4: a backup of it could be restored by no other version."""
    ended, shut = refused(tmp_path / "reports", tailored(tmp_path, *SMALL))
    assert ended.code == 4, ended.err[-2000:]
    assert "9.8.7" in shut["running-release-has-the-profile-s-version"]
