"""Schedule, objective, times to live and lifecycle: the arithmetic."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hopsdrill.adapters.lifecycle import LifecycleRule
from hopsdrill.safety.feasibility import Kept, Retention, by_bucket, by_plan, span


DAY, BACKUP = timedelta(days=1), timedelta(minutes=5)
PREFIXES, BLOCKS = ["rondb_backup/", "opensearch_backup/", "blocks-"], "blocks-"


def kept(days, stores=("rondb",), *, setting="ttl", asked=True):
    """How long stores keep their backups."""
    return Kept(stores, None if days is None else days * DAY, f"{days}d" if days else "", setting, asked)


def weekly(*found, rpo=8, period=7):
    """A weekly schedule."""
    return Retention("@weekly", period * DAY, BACKUP, rpo * DAY, found or (kept(None, asked=False),))


def judged(judgements, name):
    """Judgements of one name."""
    return [each for each in judgements if each.name == name]


def versions(found, *rules):
    """What is judged of old versions."""
    return judged(by_bucket(found, "b", rules, PREFIXES, BLOCKS), "old-versions-outlive-the-backups")[0]


@pytest.mark.parametrize(("rpo", "ok"), [(8, True), (7, False)])
def test_the_worst_case_is_a_period_and_a_backup(rpo, ok):
    """Seven days between two backups are not enough for an objective of seven days."""
    (found,) = judged(by_plan(weekly(rpo=rpo)), "schedule-meets-the-recovery-point-objective")
    assert (found.ok, "7 d + backup 5 min = 7 d 5 min" in str(found)) == (ok, True)
    assert ok or "objectives.rpo" in found.change


@pytest.mark.parametrize(("days", "ok"), [(14, True), (13, False), (7, False)])
def test_a_backup_is_kept_for_two_periods(days, ok):
    """One failed backup must not leave none."""
    (found,) = judged(by_plan(weekly(kept(days))), "ttl-spans-two-backups")
    assert (found.ok, found.change) == (ok, "" if ok else "ttl or `schedule`")


def test_a_default_that_nobody_set_is_judged_too():
    """Velero's 30 days hold no two monthly backups."""
    velero = kept(30, ("kubernetes",), setting="velero", asked=False)
    (found,) = judged(by_plan(weekly(velero, period=31, rpo=40)), "ttl-spans-two-backups")
    assert not found.ok


def test_a_store_that_keeps_less_than_another_was_told_is_named_with_its_setting():
    """Velero's default of 30 days beside a ttl of 60."""
    velero = kept(30, ("kubernetes",), setting="velero.ttl", asked=False)
    (found,) = judged(by_plan(weekly(kept(60), velero)), "stores-keep-their-backups-equally-long")
    assert not found.ok
    assert "kubernetes 30d < rondb 60d" in str(found)
    assert found.change == "velero.ttl"


def test_without_any_ttl_the_reach_of_whole_sets_is_told():
    """Nobody promised more, so that is no contradiction."""
    velero = kept(30, ("kubernetes",), setting="velero.ttl", asked=False)
    (found,) = judged(by_plan(weekly(kept(None, asked=False), velero)), "stores-keep-their-backups-equally-long")
    assert found.ok
    assert "whole sets reach back 30 d" in str(found)


def test_a_ttl_nobody_can_read_is_refused():
    """With its reason."""
    found = Retention("@weekly", 7 * DAY, BACKUP, 8 * DAY, (kept(None),), {"velero.ttl": "'60d' is no Go duration"})
    (bad,) = judged(by_plan(found), "ttl-is-understood")
    assert (bad.ok, bad.change) == (False, "velero.ttl")


@pytest.mark.parametrize(("days", "ok"), [(68, True), (67, False), (60, False)])
def test_old_versions_outlive_the_oldest_backup(days, ok):
    """60 d, a week until the next clean-up, and what that backup takes."""
    found = versions(weekly(kept(60)), LifecycleRule("r", noncurrent_days=days, lone_markers=True))
    assert found.ok is ok
    assert "ttl 60d + @weekly 7 d + backup 5 min = 67 d 5 min" in str(found)
    assert ok or "NoncurrentDays to 68" in found.change


def test_backups_that_are_kept_for_ever_need_their_versions_for_ever():
    """A rule without a ttl."""
    found = versions(weekly(), LifecycleRule("r", noncurrent_days=365))
    assert (found.ok, found.change) == (False, "ttl")


def test_versions_that_stay_for_ever_are_enough():
    """No rule, one of other keys, or one that expires something else."""
    others = [(), (LifecycleRule("r", prefix="logs/", noncurrent_days=1),), (LifecycleRule("r", lone_markers=True),)]
    assert all(versions(weekly(kept(60)), *rules).ok for rules in others)


def test_the_shortest_of_several_rules_counts():
    """Also one that is narrowed by tags: nobody knows what carries them."""
    rules = [LifecycleRule("long", noncurrent_days=100), LifecycleRule("short", narrowed=True, noncurrent_days=10)]
    assert "rule short" in str(versions(weekly(kept(60)), *rules))


@pytest.mark.parametrize(
    ("prefix", "ok"), [("", False), ("opensearch_backup/indices/", False), ("open", False), ("logs/", True)]
)
def test_current_objects_of_the_platform_do_not_expire(prefix, ok):
    """Snapshots share files, so that their age says nothing."""
    rule = LifecycleRule("tidy", prefix=prefix, expires_current="after 90 d")
    (found,) = judged(by_bucket(weekly(), "b", [rule], PREFIXES, BLOCKS), "current-objects-do-not-expire")
    assert found.ok is ok
    assert ok or "rule tidy expires current objects below" in str(found)


@given(ttl=st.integers(14, 400), days=st.integers(1, 500), minutes=st.integers(1, 20_000))
def test_what_is_let_through_is_always_restorable(ttl, days, minutes):
    """Whatever the numbers: a version expires no earlier than the last backup that needs it; and the named days are enough."""
    found = Retention("s", timedelta(minutes=minutes), BACKUP, 9999 * DAY, (kept(ttl),))
    needed = ttl * DAY + timedelta(minutes=minutes) + BACKUP
    judgement = versions(found, LifecycleRule("r", noncurrent_days=days))
    assert judgement.ok == (days * DAY >= needed)
    if not judgement.ok:
        named = int(judgement.change.split()[2])
        assert versions(found, LifecycleRule("r", noncurrent_days=named)).ok
        assert not versions(found, LifecycleRule("r", noncurrent_days=named - 1)).ok


@pytest.mark.parametrize(
    ("time", "said"),
    [(timedelta(), "0 min"), (timedelta(seconds=1), "1 min"), (timedelta(days=67, minutes=5), "67 d 5 min")],
)
def test_a_time_is_written_rounded_up(time, said):
    """So that what is missed by little does not look met."""
    assert span(time) == said
