"""Lifecycle rules as the S3 API tells them."""

from datetime import UTC, datetime

from hopsdrill.adapters.lifecycle import LifecycleRule, rules_of


DOCUMENTED = {
    "ID": "retention",
    "Status": "Enabled",
    "Filter": {},
    "Expiration": {"ExpiredObjectDeleteMarker": True},
    "NoncurrentVersionExpiration": {"NoncurrentDays": 60},
}


def test_the_documented_form_is_read():
    """Old versions and lone markers, of all keys."""
    assert rules_of([DOCUMENTED]) == [LifecycleRule("retention", noncurrent_days=60, lone_markers=True)]


def test_what_is_switched_off_does_not_count():
    """A rule has a status."""
    assert rules_of([{**DOCUMENTED, "Status": "Disabled"}]) == []


def test_every_form_of_a_filter_is_read():
    """Of its own, under And, and the old one beside it; a rule without a name is named by its place."""
    days = {"Status": "Enabled", "Expiration": {"Days": 3}}
    told = [
        {**days, "ID": "own", "Filter": {"Prefix": "a/"}},
        {**days, "ID": "both", "Filter": {"And": {"Prefix": "b/", "Tags": [{"Key": "k", "Value": "v"}]}}},
        {**days, "Prefix": "c/"},
        {**days, "ID": "tag", "Filter": {"Tag": {"Key": "k", "Value": "v"}}},
        {"Status": "Enabled", "ID": "day", "Expiration": {"Date": datetime(2027, 1, 1, tzinfo=UTC)}},
    ]
    assert rules_of(told) == [
        LifecycleRule("own", prefix="a/", expires_current="after 3 d"),
        LifecycleRule("both", prefix="b/", narrowed=True, expires_current="after 3 d"),
        LifecycleRule("rule 3", prefix="c/", expires_current="after 3 d"),
        LifecycleRule("tag", narrowed=True, expires_current="after 3 d"),
        LifecycleRule("day", expires_current="on 2027-01-01"),
    ]


def test_a_rule_meets_what_lies_above_and_below_its_prefix():
    """And nothing beside it."""
    rule = LifecycleRule("r", prefix="opensearch_backup/indices/")
    assert [rule.meets(prefix) for prefix in ("opensearch_backup/", "", "opensearch_backup/indices/x", "rondb/")] == [
        True,
        True,
        True,
        False,
    ]
