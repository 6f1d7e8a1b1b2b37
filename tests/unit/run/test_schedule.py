"""What fired by itself, for which moment, and which firings are computed."""

from datetime import UTC, datetime
from types import SimpleNamespace

import judged
import pytest

from hopsdrill.core.errors import PlanError
from hopsdrill.run import firing, next_run, schedule
from hopsdrill.run.firing import Before, Fired
from hopsdrill.run.schedule import Collided


ASKED = datetime(2026, 11, 26, 8, 30, 20, tzinfo=UTC)
CRONJOB, MAIN = judged.PROFILE.rondb.cronjob, judged.PROFILE.kubernetes.main_schedule


def job(owner="u", moment="2026-11-26T08:31:00Z"):
    """A Job of the CronJob with that UID."""
    owners = [{"kind": "CronJob", "name": CRONJOB, "uid": owner, "controller": True}] if owner else []
    return {"metadata": {"name": "j", "ownerReferences": owners, "annotations": {firing.SCHEDULED: moment}}}


def backup(manager="velero-server"):
    """A Backup somebody made."""
    meta = {"name": "b", "creationTimestamp": "2026-11-26T08:31:00Z", "managedFields": [{"manager": manager}]}
    return {"metadata": meta}


def fired(a_job, a_backup, last="2026-11-26T08:31:00Z"):
    """Differences the proof finds."""
    live = {CRONJOB: {"metadata": {"uid": "u"}}, MAIN: {"status": {"lastBackup": last}}}
    site = judged.site(kube=SimpleNamespace(get=lambda _, name, __: live[name]))
    firing.prove_fired(site, Fired(Before(ASKED, set(), {}, {}, {}), {CRONJOB: a_job}, {MAIN: a_backup}))
    passed, lines = site.proofs["schedules-fired-by-themselves"]
    assert passed is not bool(lines)
    return lines


def test_what_the_controllers_made_for_a_computed_moment_passes():
    """Owner, moment, maker, and Velero's own note."""
    assert fired(job(), backup()) == []


@pytest.mark.parametrize(
    ("made", "said"),
    [
        ((job(owner=""), backup()), "its Job is not owned by it"),
        ((job(owner="another"), backup()), "its Job is not owned by it"),
        ((job(moment="2026-11-26T08:30:00Z"), backup()), "scheduled for 2026-11-26T08:30:00Z"),
        ((job(moment=""), backup()), "scheduled for no moment"),
        ((job(), backup(firing.MANAGER)), "made by hopsdrill"),
        ((job(), backup(), "2026-11-25T08:31:00Z"), "Velero's own note"),
    ],
)
def test_what_was_made_by_hand_or_for_another_moment_is_red(made, said):
    """Each is named."""
    (line,) = fired(*made)
    assert said in line


def test_the_firings_around_a_moment_are_computed():
    """On UTC; a moment of firing is the last one itself."""
    found = next_run.firings("@weekly", ASKED)
    assert (found.last, found.next) == (datetime(2026, 11, 22, tzinfo=UTC), datetime(2026, 11, 29, tzinfo=UTC))
    assert next_run.firings("@weekly", found.next).last == found.next
    assert next_run.firings("30 8 * * *", ASKED).last == datetime(2026, 11, 26, 8, 30, tzinfo=UTC)
    with pytest.raises(PlanError, match="no backup schedule"):
        next_run.firings("0 0 30 2 *", ASKED)


SAID = "Waited; it can no longer happen: s1 failed: x said: failed: there already; s2 failed: y said: failed: there already"


@pytest.mark.parametrize(
    ("how", "said", "passed"),
    [
        ({"s1": "failed", "s2": "failed"}, SAID, True),
        ({"s1": "failed", "s2": "complete"}, SAID, False),
        ({"s1": "failed", "s2": "failed"}, "", False),
        ({"s1": "failed", "s2": "failed"}, SAID.replace("already", "not", 1), False),
    ],
)
def test_a_second_backup_that_succeeds_or_fails_for_another_reason_is_red(monkeypatch, how, said, passed):
    """Both have to fail, and be named with the reason."""
    site = judged.site()
    monkeypatch.setattr(schedule, "ends", lambda *_: how)
    monkeypatch.setattr(schedule, "job_logs", lambda *_: "")
    monkeypatch.setattr(schedule, "rondb_backup", lambda *_: None)
    monkeypatch.setattr(schedule, "_prove_first", lambda *_: None)
    made = {"rondb": SimpleNamespace(id="1"), "opensearch": SimpleNamespace(id="1")}
    collided = Collided(made, {"rondb": "f1", "opensearch": "f2"}, {"rondb": "s1", "opensearch": "s2"}, said)
    schedule.prove_collision(site, collided, SimpleNamespace(close=lambda: None))
    assert site.proofs["second-backup-of-a-minute-is-refused"][0] is passed
