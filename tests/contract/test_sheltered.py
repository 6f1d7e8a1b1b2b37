"""How the lab's real object store tells that a bucket is locked, or is not."""

import uuid

import pytest

from hopsdrill.adapters import sheltered
from hopsdrill.adapters.s3 import ObjectStore
from hopsdrill.lab import load


@pytest.fixture
def locked():
    """A client of the lab's store, and a bucket of the test's own with an object lock; gone again."""
    client, name = ObjectStore(load().store)._client, f"labtest-locked-{uuid.uuid4().hex[:12]}"
    client.create_bucket(Bucket=name, ObjectLockEnabledForBucket=True)
    yield client, name
    client.delete_bucket(Bucket=name)


def test_the_lab_s_bucket_has_neither():
    """And says so by error codes, which are no error here."""
    assert ObjectStore(load().store).shelter() == (sheltered.PLAIN, sheltered.UNLOCKED)


def test_a_locked_bucket_says_how_long(locked):
    """With and without a default retention."""
    client, name = locked
    assert sheltered.immutability(client, name) == "object lock is on, without a default retention"
    rule = {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 3}}
    client.put_object_lock_configuration(
        Bucket=name, ObjectLockConfiguration={"ObjectLockEnabled": "Enabled", "Rule": rule}
    )
    assert sheltered.immutability(client, name) == "object lock, GOVERNANCE, 3 d"
