"""A versioned bucket of a test's own on the lab's object store, in which everything is written as of a time."""

import json
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import count

from on_lab import Ended, hopsdrill

from hopsdrill.adapters import bucket_admin
from hopsdrill.adapters.aged import AgedBucket
from hopsdrill.adapters.s3 import ObjectStore
from hopsdrill.adapters.versioned import Access, VersionedBucket
from hopsdrill.lab import load


START = datetime(2026, 1, 1, tzinfo=UTC)


class Shelf:
    """A versioned bucket; steps are seconds since ``START``, and writes carry their time."""

    def __init__(self, versioning=bucket_admin.ENABLED, folder=None):
        lab = load().store
        self.ref = lab.model_copy(update={"bucket": f"labtest-rollback-{uuid.uuid4().hex[:12]}"})
        bucket_admin.make_bucket(self.ref, versioning)
        self.store, self.aged, self.folder = ObjectStore(self.ref), AgedBucket(self.ref), folder
        self.client = self.store._client
        self.name = self.ref.bucket
        self.writes = count(1)
        access = Access(self.name, self.ref.endpoint, self.ref.region, self.ref.credentials_file)
        self.versioned = VersionedBucket(access)

    def put(self, key, content, step, **more):
        """Write as of a step."""
        with self.aged._at(self._next(step)):
            self.aged.store._client.put_object(Bucket=self.name, Key=key, Body=content.encode(), **more)

    def delete(self, key, step):
        """Delete as of a step."""
        self.aged.delete(key, self._next(step))

    def put_all(self, keys, content, step):
        """Write many keys as of a step, several at once."""
        with self.aged._at(self._next(step)), ThreadPoolExecutor(16) as pool:
            list(pool.map(lambda key: self.aged.store.put(key, content.encode()), keys))

    def _next(self, step):
        """Writes of one step come after one another by less than the millisecond that is listed."""
        return at(step) + timedelta(microseconds=next(self.writes))

    def versioning(self, state):
        """Switch it."""
        self.client.put_bucket_versioning(Bucket=self.name, VersioningConfiguration={"Status": state})

    def items(self, prefix="", most=1000):
        """Every version and marker in the store's own order."""
        return [each for page in self.versioned.pages(prefix, most=most) for each in page]

    def content(self):
        """What is there now."""
        return {each.key: self.store.get(each.key).decode() for each in self.store.entries("")}

    def remove(self):
        """Leave nothing behind; keys that a list of deletions cannot name go one by one."""
        for each in self.store.versions("odd "):
            self.store.delete_version(each)
        bucket_admin.remove_bucket(self.ref)

    def rollback(self, step, *more, prefix="", code=0) -> dict:
        """The command, on this bucket; gives its JSON."""
        done = self.command(step, *more, prefix=prefix)
        assert done.code == code, done.err + done.out
        return json.loads(done.out)

    def command(self, step, *more, prefix="") -> Ended:
        """The command as it ended."""
        words = ("rollback", self.name, "--at", at(step).isoformat(), "--prefix", prefix, "--json")
        return hopsdrill(*words, "--ledger", self.folder / "ledger", *more, timeout=120)


def at(step):
    """The time of a step."""
    return START + timedelta(seconds=step)
