"""The status of a platform's backups: facts in, levels with cause and cure out."""

import copy
from datetime import datetime, timedelta

import pytest

from hopsdrill.core.clock import parse_utc, utc_text
from hopsdrill.plan.loader import load_named_profile
from hopsdrill.recovery.seen import Entry, Seen
from hopsdrill.recovery.status import Facts, Level, judge


PROFILE = load_named_profile("hopsworks-standin")
REAL = load_named_profile("hopsworks")
NOW = parse_utc("2026-11-25T12:00:00Z")  # a Wednesday; the last weekly firing was on Sunday the 22nd
SUNDAY = parse_utc("2026-11-22T00:00:00Z")
SCHEDULES = ("k8s-backups-main", "k8s-backups-users-resources")


def cronjob(**spec):
    """A CronJob that succeeded on Sunday."""
    return {
        "metadata": {"creationTimestamp": "2026-11-01T08:00:00Z"},
        "spec": {"schedule": "@weekly", **spec},
        "status": {"lastSuccessfulTime": utc_text(SUNDAY + timedelta(minutes=2))},
    }


def entry(start: datetime = SUNDAY, state="SUCCESS", **more):
    """An entry of a backup that took two minutes."""
    return Entry("264770000", "rondb-backups-metadata", start, start + timedelta(minutes=2), state, **more)


def schedule(phase="Enabled", **more):
    """A Velero Schedule that is healthy."""
    status = {"phase": phase, "lastBackup": "2026-11-22T00:00:00Z"} if phase else {}
    return {
        "metadata": {"creationTimestamp": "2026-11-01T08:00:00Z"},
        "spec": {"schedule": "@weekly", **more},
        "status": status,
    }


def velero_backup(name, phase="Completed"):
    """One Backup of a Schedule."""
    status = {"phase": phase, "startTimestamp": "2026-11-22T00:00:00Z"}
    return {"metadata": {"name": f"{name}-1", "labels": {"velero.io/schedule-name": name}}, "status": status}


def facts(profile=PROFILE) -> Facts:
    """Everything as it should be."""
    stores = profile.recorded
    return Facts(
        at=NOW,
        cronjobs={store: Seen(cronjob()) for store in stores},
        entries={store: Seen([entry()]) for store in stores},
        versioning=Seen("Enabled"),
        velero=Seen({"spec": {"replicas": 1}, "status": {"availableReplicas": 1}}),
        location=Seen({"status": {"phase": "Available"}}),
        schedules={name: Seen(schedule()) for name in SCHEDULES},
        backups=Seen([velero_backup(name) for name in SCHEDULES]),
    )


def changed(part, value, key=None, profile=PROFILE) -> Facts:
    """Good facts with one of them replaced."""
    made = copy.deepcopy(vars(facts(profile)))
    if key is None:
        made[part] = value
    else:
        made[part][key] = value
    return Facts(**made)


def test_everything_as_it_should_be_is_enabled():
    """Kafka has no backup, is said to have none, and does not count."""
    status = judge(facts(), PROFILE)
    assert status.level is Level.ENABLED
    assert {name: each.level.value for name, each in status.services.items()} == {
        "rondb": "enabled",
        "opensearch": "enabled",
        "hopsfs": "enabled",
        "kubernetes": "enabled",
        "registry": "enabled",
        "kafka": "none",
    }
    assert not [finding for each in status.services.values() for finding in each.findings]


def test_what_was_read_is_told_whatever_the_level():
    """Schedule, last success and newest entry are shown."""
    told = judge(facts(), PROFILE).services["rondb"].facts
    assert told["schedule"] == "@weekly"
    assert told["last success of the CronJob"] == "2026-11-22T00:02:00.000Z"
    assert told["newest entry"].startswith("264770000, started 2026-11-22T00:00")


OLD = SUNDAY - timedelta(days=14)
CASES = {
    "no CronJob": (changed("cronjobs", Seen(None), "rondb"), "rondb", "disabled", "nothing takes backups of rondb"),
    "suspended": (changed("cronjobs", Seen(cronjob(suspend=True)), "rondb"), "rondb", "partial", "is suspended"),
    "CronJob not readable": (
        changed("cronjobs", Seen(None, "403: forbidden"), "rondb"),
        "rondb",
        "unknown",
        "403: forbidden",
    ),
    "entries not readable": (changed("entries", Seen([], "403: no"), "opensearch"), "opensearch", "unknown", "403: no"),
    "recorded nothing": (changed("entries", Seen([]), "rondb"), "rondb", "partial", "that run recorded nothing"),
    "recorded nothing lately": (
        changed("entries", Seen([entry(OLD)]), "rondb"),
        "rondb",
        "partial",
        "is older: 2026-11-08T00:02",
    ),
    "the newest failed": (
        changed("entries", Seen([entry(state="FAILED")]), "rondb"),
        "rondb",
        "partial",
        "recorded as FAILED",
    ),
    "a damaged entry": (
        changed("entries", Seen([entry(), entry(problem="its entry cannot be read")]), "rondb"),
        "rondb",
        "partial",
        "cannot be read",
    ),
    "overdue": (
        changed("cronjobs", Seen({**cronjob(), "status": {}}), "rondb").__class__(
            **{
                **vars(changed("cronjobs", Seen({**cronjob(), "status": {}}), "rondb")),
                "entries": {**facts().entries, "rondb": Seen([entry(OLD)])},
            }
        ),
        "rondb",
        "partial",
        "was due at 2026-11-15T00:00:00.000Z",
    ),
    "versioning off": (changed("versioning", Seen("")), "hopsfs", "disabled", "keeps no versions"),
    "versioning suspended": (changed("versioning", Seen("Suspended")), "hopsfs", "partial", "is suspended"),
    "no bucket": (changed("versioning", Seen("", "no bucket was named")), "hopsfs", "unknown", "no bucket was named"),
    "no Velero": (changed("velero", Seen(None)), "kubernetes", "disabled", "no Deployment velero/velero"),
    "Velero down": (
        changed("velero", Seen({"spec": {"replicas": 1}, "status": {}})),
        "kubernetes",
        "partial",
        "has 0 of 1",
    ),
    "Velero at zero": (
        changed("velero", Seen({"spec": {"replicas": 0}, "status": {}})),
        "kubernetes",
        "partial",
        "has 0 of 0",
    ),
    "Velero not readable": (changed("velero", Seen(None, "403: no")), "kubernetes", "unknown", "403: no"),
    "no location": (
        changed("location", Seen(None)),
        "kubernetes",
        "partial",
        "no BackupStorageLocation velero/hopsworks-bsl",
    ),
    "location unavailable": (
        changed("location", Seen({"status": {"phase": "Unavailable", "message": "InvalidAccessKeyId"}})),
        "kubernetes",
        "partial",
        "is Unavailable: InvalidAccessKeyId",
    ),
    "location new": (changed("location", Seen({})), "kubernetes", "partial", "without a phase"),
    "one schedule absent": (
        changed("schedules", Seen(None), SCHEDULES[1]),
        "kubernetes",
        "partial",
        "no Schedule k8s-backups-users",
    ),
    "both schedules absent": (
        changed("schedules", dict.fromkeys(SCHEDULES, Seen(None))),
        "kubernetes",
        "disabled",
        "Neither Schedule",
    ),
    "schedule paused": (
        changed("schedules", Seen(schedule(paused=True)), SCHEDULES[0]),
        "kubernetes",
        "partial",
        "is paused",
    ),
    "schedule invalid": (
        changed("schedules", Seen(schedule("FailedValidation")), SCHEDULES[0]),
        "kubernetes",
        "partial",
        "is FailedValidation",
    ),
    "schedule not looked at": (
        changed("schedules", Seen(schedule("")), SCHEDULES[0]),
        "kubernetes",
        "partial",
        "is New",
    ),
    "none completed": (
        changed("backups", Seen([velero_backup(SCHEDULES[0], "PartiallyFailed"), velero_backup(SCHEDULES[1])])),
        "kubernetes",
        "partial",
        "None of the 1 backups of k8s-backups-main is Completed (PartiallyFailed)",
    ),
    "no backup though due": (
        changed("backups", Seen([])),
        "kubernetes",
        "partial",
        "a backup of k8s-backups-main was due at 2026-11-08",
    ),
    "backups not readable": (changed("backups", Seen([], "403: no")), "kubernetes", "unknown", "403: no"),
}


@pytest.mark.parametrize("case", CASES)
def test_each_misconfiguration_is_named_with_cause_and_cure(case):
    """The service gets its level, every finding says what to do, and the top level follows."""
    given, service, level, said = CASES[case]
    status = judge(given, PROFILE)
    found = status.services[service]
    assert found.level.value == level
    assert any(said in each.seen for each in found.findings), found.findings
    assert all(each.cure for each in found.findings)
    assert status.level.value == ("unknown" if level == "unknown" else "partial")
    assert [name for name, each in status.services.items() if each.findings] == [service]


def test_nothing_at_all_is_disabled_whatever_the_bucket_does():
    """Versioning alone takes no backup."""
    nothing = Facts(
        at=NOW,
        cronjobs=dict.fromkeys(PROFILE.recorded, Seen(None)),
        entries=dict.fromkeys(PROFILE.recorded, Seen([])),
        versioning=Seen("Enabled"),
        velero=Seen(None),
        location=Seen(None),
        schedules=dict.fromkeys(SCHEDULES, Seen(None)),
        backups=Seen([]),
    )
    assert judge(nothing, PROFILE).level is Level.DISABLED


def test_a_platform_set_up_a_minute_ago_is_enabled_without_a_backup():
    """Nothing was due yet."""
    fresh = {"metadata": {"creationTimestamp": utc_text(NOW - timedelta(minutes=1))}, "spec": {"schedule": "@weekly"}}
    made = Facts(
        at=NOW,
        cronjobs=dict.fromkeys(PROFILE.recorded, Seen(fresh)),
        entries=dict.fromkeys(PROFILE.recorded, Seen([])),
        versioning=Seen("Enabled"),
        velero=facts().velero,
        location=facts().location,
        schedules=dict.fromkeys(SCHEDULES, Seen({**fresh, "status": {"phase": "Enabled"}})),
        backups=Seen([]),
    )
    status = judge(made, PROFILE)
    assert status.level is Level.ENABLED
    assert status.services["rondb"].facts["newest entry"] == "none"


@pytest.mark.parametrize(("now", "late"), [("2026-11-29T00:59:00Z", False), ("2026-11-29T01:01:00Z", True)])
def test_a_backup_has_an_hour_from_its_firing_before_it_is_overdue(now, late):
    """The firing of Sunday 29 November may still be under way at first."""
    status = judge(changed("at", parse_utc(now)), PROFILE)
    assert bool(status.services["rondb"].findings) is late


def test_a_name_that_is_not_confirmed_is_unknown_not_absent():
    """The real chart's OpenSearch CronJob is not published: not finding it proves nothing."""
    status = judge(changed("cronjobs", Seen(None), "opensearch", REAL), REAL)
    assert status.services["opensearch"].level is Level.UNKNOWN
    assert "not confirmed" in status.services["opensearch"].findings[0].seen
    assert status.services["registry"].level is Level.NONE
    assert status.level is Level.UNKNOWN
