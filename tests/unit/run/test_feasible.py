"""What a plan and its profile say of retention, and the gates made of it."""

import pytest

from hopsdrill.adapters.lifecycle import LifecycleRule
from hopsdrill.core.errors import OperationError, PlanError
from hopsdrill.core.paths import data_dir
from hopsdrill.plan.loader import load_named_profile, load_plan
from hopsdrill.recovery.values import set_path
from hopsdrill.run import feasible


PLAN = load_plan(data_dir("drills") / "in-place-restore.yaml")
PROFILE = load_named_profile("hopsworks-standin")


def with_values(profile=PROFILE, **wanted):
    """The profile with some of its backup values."""
    values = profile.model_copy(deep=True).values
    for name, value in wanted.items():
        set_path(values, profile.backup_values[name], value)
    return profile.model_copy(update={"values": values})


class Bucket:
    """A stand-in for a bucket with lifecycle rules."""

    def __init__(self, rules=(), name="own"):
        self.rules, self.name, self.seen = rules, name, []
        self.ref = self
        self.bucket = name

    def other(self, name):
        """Note which one is asked for."""
        self.seen.append(name)
        return self

    def lifecycle(self):
        """Its rules."""
        if isinstance(self.rules, Exception):
            raise self.rules
        return list(self.rules)


def bad(profile, plan=PLAN):
    """Names of what is not feasible."""
    return [each.name for each in feasible.planned(plan, profile) if not each.ok]


def test_every_packaged_plan_is_feasible():
    """What is in the box passes."""
    for path in data_dir("drills").glob("*.yaml"):
        feasible.require_planned(load_plan(path), PROFILE)


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        ({"ttl": "60d"}, []),
        ({"ttl": "10d"}, ["ttl-spans-two-backups"] * 2),
        ({"ttl": "60d", "ttl_kubernetes": "720h"}, ["stores-keep-their-backups-equally-long"]),
        ({"ttl": "60d", "ttl_opensearch": "30d"}, ["stores-keep-their-backups-equally-long"]),
        ({"ttl": "60d", "ttl_kubernetes": "60d"}, ["ttl-is-understood"]),
        ({"schedule": "@monthly"}, ["schedule-meets-the-recovery-point-objective", "ttl-spans-two-backups"]),
    ],
)
def test_the_values_of_the_platform_are_judged(wanted, names):
    """By store, with what is converted and what is not."""
    assert bad(with_values(**wanted)) == names


def test_a_platform_that_does_not_convert_its_ttl_leaves_velero_at_its_default():
    """As long as nobody knows better."""
    own = PROFILE.model_copy(update={"kubernetes": PROFILE.kubernetes.model_copy(update={"follows_ttl": False})})
    assert bad(with_values(own, ttl="60d")) == ["stores-keep-their-backups-equally-long"]
    assert bad(with_values(own, ttl="60d", ttl_kubernetes="1440h")) == []


def test_a_plan_that_cannot_pass_is_refused_with_every_setting_to_change():
    """All at once."""
    with pytest.raises(PlanError) as refused:
        feasible.require_planned(PLAN, with_values(ttl="10d", ttl_kubernetes="720h", ttl_opensearch="9w"))
    assert all(word in refused.value.message for word in ("backups.ttl", "olk.opensearch.backup.ttl", "@weekly"))


def test_the_buckets_the_platform_writes_to_are_looked_at():
    """Everybody's, and the file system's own."""
    store = Bucket([LifecycleRule("r", noncurrent_days=60)])
    found = feasible.live(PLAN, with_values(ttl="60d", bucket="files"), store)
    assert store.seen == ["files", "own"]
    assert [each.ok for each in found] == [False, True, False, True]


def test_gates_are_shut_by_what_is_found_and_tell_the_arithmetic():
    """Open ones too."""
    profile = with_values(ttl="60d")
    for days, is_open in ((60, False), (68, True)):
        gates = feasible.gates(PLAN, profile, Bucket([LifecycleRule("r", noncurrent_days=days)]))
        seen, reason = gates["lifecycle-agrees-with-retention"]()
        assert (seen, f"versions {days} d" in reason) == (is_open, True)
        assert gates["ttl-spans-two-backups"]()[0]


def test_a_lifecycle_that_cannot_be_read_opens_nothing():
    """The gate's own rule is default deny."""
    gates = feasible.gates(PLAN, PROFILE, Bucket(OperationError("no answer")))
    with pytest.raises(OperationError, match="no answer"):
        gates["lifecycle-agrees-with-retention"]()
