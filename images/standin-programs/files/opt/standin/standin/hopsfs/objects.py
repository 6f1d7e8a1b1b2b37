"""The bucket: blocks' objects, and what is said when it refuses."""

import json
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, NamedTuple

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.handlers import add_expect_header

from standin.hopsfs import checksum
from standin.hopsfs.errors import BlockMissingError, ChecksumError, UnavailableError
from standin.hopsfs.keys import KINDS, ROOT, BlockName, Keys
from standin.say import StandinError, env, say


AT_ONCE = 1000  # keys in one deletion, S3's limit
GONE = {"NoSuchKey", "404"}


class Version(NamedTuple):
    """One version of an object, or a delete marker."""

    key: str
    version_id: str
    moment: datetime
    size: int
    marker: bool
    latest: bool


class Bucket:
    """The versioned bucket; its client may be used by many threads."""

    def __init__(self, connections: int = 32) -> None:
        self.name = env("BUCKET")
        self.endpoint = os.environ.get("S3_ENDPOINT") or None
        self.where = f"object store {self.endpoint or 'of AWS'}, bucket {self.name}"
        self.keys = Keys(int(env("PREFIX_SIZE")))
        self._client = boto3.client(
            "s3",
            endpoint_url=self.endpoint,
            region_name=env("S3_REGION"),
            config=Config(
                connect_timeout=5,
                read_timeout=30,
                max_pool_connections=connections,
                retries={"max_attempts": 3, "mode": "standard"},
                signature_version="s3v4",
                s3={"addressing_style": "path" if self.endpoint else "auto"},
            ),
        )
        # Blocks are small: asking first whether they may be sent costs more than sending one in vain.
        self._client.meta.events.unregister("before-call.s3", add_expect_header)

    @contextmanager
    def told(self, what: str) -> Iterator[None]:
        """Turn the client's errors inside into ours, naming the store.

        Raises:
            UnavailableError: the store is away or refused.
        """
        try:
            yield
        except (ClientError, BotoCoreError) as error:
            message = f"{self.where}: {what}: {error}"
            raise UnavailableError(message) from error

    def put_block(self, name: BlockName, data: bytes) -> None:
        """Write a block's two objects."""
        meta = checksum.meta(*name, data)
        with self.told(f"writing block {name.block_id}"):
            self._client.put_object(Bucket=self.name, Key=self.keys.key(name, "data"), Body=data)
            self._client.put_object(Bucket=self.name, Key=self.keys.key(name, "meta"), Body=json.dumps(meta).encode())

    def get(self, key: str, start: int = 0, stop: int | None = None) -> bytes:
        """Read an object, or its bytes from ``start`` up to ``stop``.

        Raises:
            BlockMissingError: it is not there.
        """
        span = {} if stop is None else {"Range": f"bytes={start}-{stop - 1}"}
        with self.told(f"reading {key}"):
            try:
                found: bytes = self._client.get_object(Bucket=self.name, Key=key, **span)["Body"].read()
            except ClientError as error:
                if error.response["Error"]["Code"] not in GONE:
                    raise
                message = f"{self.where}: object {key} does not exist although the metadata knows its block"
                raise BlockMissingError(message) from error
        return found

    def get_block(self, name: BlockName, sha256: str, size: int, span: range) -> bytes:
        """Read a part of a block; a whole one is checked against its checksum.

        Raises:
            ChecksumError: it is not what was written.
        """
        key = self.keys.key(name, "data")
        if span != range(size):
            found = self.get(key, span.start, span.stop)
            if len(found) != len(span):
                message = f"{self.where}: {key} gave {len(found)} bytes of {span.start}-{span.stop}"
                raise ChecksumError(message)
            return found
        found = self.get(key)
        if checksum.sha256(found) != sha256:
            message = f"{self.where}: {key} has {len(found)} bytes that are not the {size} written: checksums differ"
            raise ChecksumError(message)
        return found

    def meta(self, name: BlockName) -> dict[str, Any]:
        """The content of a block's ``.meta``."""
        found: dict[str, Any] = json.loads(self.get(self.keys.key(name, "meta")))
        return found

    def delete(self, keys: list[str]) -> None:
        """Delete objects plainly: in a versioned bucket each gets a delete marker.

        Raises:
            UnavailableError: one or more were refused.
        """
        for start in range(0, len(keys), AT_ONCE):
            wanted = [{"Key": key} for key in keys[start : start + AT_ONCE]]
            with self.told(f"deleting {len(wanted)} objects"):
                done = self._client.delete_objects(Bucket=self.name, Delete={"Objects": wanted, "Quiet": True})
            if refused := done.get("Errors"):
                message = (
                    f"{self.where}: {len(refused)} of {len(wanted)} deletions were refused, the first: {refused[0]}"
                )
                raise UnavailableError(message)

    def delete_blocks(self, names: list[BlockName]) -> None:
        """Delete objects the metadata no longer knows; a refusal only leaves orphans, which a block report finds."""
        try:
            self.delete([key for name in names for key in self.keys.both(name)])
        except UnavailableError as error:
            say(f"objects of {len(names)} blocks stay as orphans until the next block report: {error}")

    def remove_version(self, key: str, version_id: str) -> None:
        """Remove one version for good: removing a delete marker brings the object back."""
        with self.told(f"removing the delete marker {version_id} of {key}"):
            self._client.delete_object(Bucket=self.name, Key=key, VersionId=version_id)

    def current(self) -> dict[str, int]:
        """Sizes of all blocks' objects by key."""
        with self.told("listing blocks"):
            pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self.name, Prefix=ROOT)
            return {item["Key"]: item["Size"] for page in pages for item in page.get("Contents", [])}

    def versions(self) -> Iterator[Version]:
        """All versions and delete markers of blocks' objects."""
        with self.told("listing versions of blocks"):
            pages = self._client.get_paginator("list_object_versions").paginate(Bucket=self.name, Prefix=ROOT)
            for page in pages:
                for kind in ("Versions", "DeleteMarkers"):
                    for item in page.get(kind, []):
                        yield Version(
                            item["Key"],
                            item["VersionId"],
                            item["LastModified"],
                            item.get("Size", 0),
                            kind == "DeleteMarkers",
                            item["IsLatest"],
                        )

    def seen(self) -> list[BlockName]:
        """Every block the bucket has a trace of, deleted ones included."""
        parsed = [self.keys.parse(version.key) for version in self.versions()]
        return [found[0] for found in parsed if found and found[1] == KINDS[0]]

    def exists(self, key: str) -> bool:
        """Whether an object is there now."""
        with self.told(f"looking for {key}"):
            try:
                self._client.head_object(Bucket=self.name, Key=key)
            except ClientError as error:
                if error.response["Error"]["Code"] in GONE:
                    return False
                raise
        return True

    def require(self, *, versioning: bool) -> None:
        """See that the bucket can be used, as the product does: a random object is put and deleted.

        Raises:
            StandinError: it is unreachable, refuses us, or is not versioned although it has to be.
        """
        with self.told("reading the state of versioning (do bucket, endpoint and credentials fit together?)"):
            status = self._client.get_bucket_versioning(Bucket=self.name).get("Status", "never enabled")
        if versioning and status != "Enabled":
            message = (
                f"{self.where}: versioning is {status}, and backups are enabled: deleted blocks could not be brought back."
                " Enable versioning on the bucket, or set global._hopsworks.backups.enabled=false"
            )
            raise StandinError(message)
        probe = str(uuid.uuid4())
        with self.told(f"putting and deleting the probe object {probe}"):
            self._client.put_object(Bucket=self.name, Key=probe, Body=b"")
            self._client.delete_object(Bucket=self.name, Key=probe)
        say(f"{self.where}: writable, versioning {status}")
