"""A lifecycle policy on a bucket of the scenario's own: set, read back, and seen to expire what it names."""

import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from hopsdrill.adapters.aged import AgedBucket
from hopsdrill.adapters.bucket_admin import ENABLED, make_bucket
from hopsdrill.adapters.lifecycle import LifecycleRule
from hopsdrill.adapters.s3 import Version
from hopsdrill.clients import need
from hopsdrill.core.clock import now
from hopsdrill.core.errors import DeadlineExceeded
from hopsdrill.core.wait import wait_for
from hopsdrill.site import Site


POLICY = "blocks-retention"
EXPIRED_S = 240.0  # MinIO's scanner goes round once a minute, and a new bucket is in its next round
WRITTEN, LONG_AGO, LATELY = (
    200,
    100,
    10,
)  # days ago: blocks written; replaced or deleted, before the rule's days and within them
Seen = frozenset[tuple[str, str, bool]]  # key, version, whether it is a delete marker


@dataclass(frozen=True)
class Stocked:
    """A bucket with versions of several ages.

    Attributes:
        doomed: what the rule has to expire; what it has to leave is everything else.
    """

    bucket: str
    doomed: Seen
    left: Seen


def versioned(site: Site) -> str:
    """Make a bucket of the scenario's own that keeps object versions; gives its name."""
    name = f"hopsdrill-{secrets.token_hex(4)}"
    with site.recorder.operation("make a bucket", f"{name}, versioning {ENABLED}", target="store"):
        site.ledger("bucket", name)
        make_bucket(site.store.other(name).ref, ENABLED)
    return name


def policy(days: int, **more: Any) -> list[dict[str, Any]]:
    """The documented form: old versions expire after some days, delete markers when they are alone."""
    return [
        {
            "ID": POLICY,
            "Status": "Enabled",
            "Filter": {},
            "Expiration": {"ExpiredObjectDeleteMarker": True},
            "NoncurrentVersionExpiration": {"NoncurrentDays": days},
            **more,
        }
    ]


def stock(site: Site, bucket: str) -> Stocked:
    """Write blocks that were replaced and deleted long ago and lately, and a lone delete marker."""
    names, aged = need(site.profile.hopsfs, "hopsfs"), AgedBucket(site.store.other(bucket).ref)
    replaced, kept, deleted, undone, alone = (names.keys(number, 1)[0] for number in range(1, 6))
    long_ago, lately, written = (now().utc - timedelta(days=days) for days in (LONG_AGO, LATELY, WRITTEN))
    what = f"versions replaced and deleted {LONG_AGO} and {LATELY} days ago, a lone delete marker"
    with site.recorder.operation("write versions of several ages", what, target=bucket) as done:
        for key in (replaced, kept, deleted, undone, alone):
            aged.put(key, b"block", written)
        aged.put(replaced, b"block, once more", long_ago)
        aged.put(kept, b"block, once more", lately)
        aged.delete(deleted, long_ago)
        aged.delete(undone, lately)
        aged.delete(alone, lately)
        store = aged.store
        found = {key: store.versions(key) for key in (replaced, kept, deleted, undone, alone)}
        store.delete_version(next(each for each in found[alone] if not each.marker))
        done.text = f"{sum(map(len, found.values())) - 1} versions and markers"
    doomed = [each for each in found[replaced] if not each.latest] + found[deleted]
    doomed += [each for each in found[alone] if each.marker]
    every = [each for key in (replaced, kept, deleted, undone) for each in found[key]]
    return Stocked(bucket, _seen(doomed), _seen(every) - _seen(doomed))


def _seen(found: list[Version]) -> Seen:
    return frozenset((each.key, each.id, each.marker) for each in found)


def set_policy(site: Site, bucket: str, rules: list[dict[str, Any]]) -> None:
    """Set a lifecycle policy through S3."""
    with site.recorder.operation("set a lifecycle policy", str(rules), target=bucket):
        site.store.other(bucket).set_lifecycle(rules)


def prove_read_back(site: Site, bucket: str, days: int) -> None:
    """Record that hopsdrill reads the policy through S3 as it was set."""
    found = site.store.other(bucket).lifecycle()
    wanted = [LifecycleRule(POLICY, noncurrent_days=days, lone_markers=True)]
    site.recorder.proof(
        "lifecycle-is-read-back",
        store="hopsfs",
        passed=found == wanted,
        expected=str(wanted),
        observed=str(found),
        data=False,
    )


def prove_expired(site: Site, stocked: Stocked) -> None:
    """Wait until the store itself has expired what the rule names, and record that it left everything else."""
    store = site.store.other(stocked.bucket)
    with (
        suppress(DeadlineExceeded),
        site.recorder.operation(  # the proof says what is still there
            "wait for the store to expire", stocked.bucket, target=stocked.bucket
        ) as done,
    ):
        seen = wait_for(
            lambda: _seen(store.versions("")),
            what="the old versions to expire",
            until=lambda found: not found & stocked.doomed,
            deadline=EXPIRED_S,
            interval=1.0,
        )
        done.text = f"gone after {seen.elapsed:.1f} s"
    found = _seen(store.versions(""))
    wrong = [f"still there: {key} {version}" for key, version, _ in sorted(found & stocked.doomed)]
    wrong += [f"gone, too: {key} {version}" for key, version, _ in sorted(stocked.left - found)]
    site.recorder.proof(
        "store-expires-what-the-rule-names",
        store="hopsfs",
        passed=not wrong,
        expected=f"{len(stocked.doomed)} old versions and lone markers gone, {len(stocked.left)} others there",
        observed=f"{len(wrong)} differences" if wrong else "as expected",
        differences=wrong,
    )
