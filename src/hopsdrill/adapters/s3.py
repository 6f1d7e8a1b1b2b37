"""The object store, over the S3 protocol."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

from hopsdrill.adapters.credentials import read_credentials
from hopsdrill.adapters.http_date import http_date
from hopsdrill.adapters.lifecycle import LifecycleRule, read_rules
from hopsdrill.adapters.s3_errors import or_none, translated
from hopsdrill.adapters.sheltered import encryption, immutability
from hopsdrill.core.errors import OperationError
from hopsdrill.model.lab import StoreRef


if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

MISSING = ("NoSuchKey", "NoSuchBucket", "404")
MARKERS = "DeleteMarkers"
BATCH = 1000  # what one DeleteObjects call takes, by the S3 API


@dataclass(frozen=True)
class Entry:
    """One object: key, bytes, time of its last change (UTC), and the store's own digest of its content."""

    key: str
    size: int
    modified: datetime
    etag: str = ""


@dataclass(frozen=True)
class Version:
    """One version of an object, or a delete marker."""

    key: str
    id: str
    latest: bool
    modified: datetime
    marker: bool = False


class ObjectStore:
    """One bucket, addressed by path, with bounded waiting.

    Args:
        ref: where it is; its credentials are read and registered as secrets.
    """

    def __init__(self, ref: StoreRef) -> None:
        access, secret = read_credentials(ref.credentials_file)
        self.ref = ref
        config = Config(
            signature_version="s3v4",
            s3={"addressing_style": "path"},
            connect_timeout=5,
            read_timeout=30,
            retries={"max_attempts": 3, "mode": "standard"},
        )
        with self._translated("open a session with"):
            self._client: S3Client = boto3.Session().client(
                "s3",
                endpoint_url=ref.endpoint,
                region_name=ref.region,
                aws_access_key_id=access,
                aws_secret_access_key=secret,
                config=config,
            )

    def before_signing(self, change: Callable[..., None]) -> None:
        """Have every request changed before it is signed; ``change`` is given it as ``request``."""
        self._client.meta.events.register("before-sign.s3", change)

    def other(self, bucket: str) -> "ObjectStore":
        """Another bucket of the same store."""
        return ObjectStore(self.ref.model_copy(update={"bucket": bucket}))

    def entries(self, prefix: str) -> list[Entry]:
        """All current objects under a prefix, sorted by key."""
        with self._translated(f"list {prefix!r} in"):
            pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self.ref.bucket, Prefix=prefix)
            items = [item for page in pages for item in page.get("Contents", [])]
        return [Entry(item["Key"], item["Size"], item["LastModified"], item["ETag"].strip('"')) for item in items]

    def holds(self, prefix: str) -> bool:
        """Whether anything is under a prefix, older versions and delete markers included."""
        with self._translated(f"list the versions of {prefix!r} in"):
            found = self._client.list_object_versions(Bucket=self.ref.bucket, Prefix=prefix, MaxKeys=1)
        return bool(found.get("Versions") or found.get("DeleteMarkers"))

    def folders(self, prefix: str) -> list[str]:
        """Names right below a prefix that ends in ``/``: what a file browser would show as folders."""
        with self._translated(f"list {prefix!r} in"):
            pager = self._client.get_paginator("list_objects_v2")
            pages = pager.paginate(Bucket=self.ref.bucket, Prefix=prefix, Delimiter="/")
            found = [each["Prefix"] for page in pages for each in page.get("CommonPrefixes", [])]
        return [each.removeprefix(prefix).rstrip("/") for each in found]

    def get(self, key: str) -> bytes | None:
        """An object's bytes, None when there is none."""
        with self._translated(f"read {key!r} from"):
            found = or_none(lambda: self._client.get_object(Bucket=self.ref.bucket, Key=key), MISSING[0])
            return None if found is None else found["Body"].read()

    def put(self, key: str, data: bytes) -> None:
        """Write an object."""
        with self._translated(f"write {key!r} to"):
            self._client.put_object(Bucket=self.ref.bucket, Key=key, Body=data)

    def delete(self, key: str) -> None:
        """Remove an object as anyone would; in a versioned bucket its versions stay."""
        with self._translated(f"delete {key!r} from"):
            self._client.delete_object(Bucket=self.ref.bucket, Key=key)

    def delete_version(self, version: Version) -> None:
        """Remove one version, or one delete marker, for good."""
        with self._translated(f"delete a version of {version.key!r} from"):
            self._client.delete_object(Bucket=self.ref.bucket, Key=version.key, VersionId=version.id)

    def clock(self) -> datetime:
        """The store's time, cut to whole seconds: what it stamps its answers with."""
        with self._translated("read the clock of"):
            told = self._client.head_bucket(Bucket=self.ref.bucket)["ResponseMetadata"]["HTTPHeaders"]
        return http_date(told)

    def versioning(self) -> str:
        """``Enabled``, ``Suspended``, or empty when versioning was never switched on."""
        with self._translated("read the versioning of"):
            return str(self._client.get_bucket_versioning(Bucket=self.ref.bucket).get("Status", ""))

    def lifecycle(self) -> list[LifecycleRule]:
        """The lifecycle rules that are switched on."""
        with self._translated("read the lifecycle of"):
            return read_rules(self._client, self.ref.bucket)

    def shelter(self) -> tuple[str, str]:
        """How the bucket is encrypted, and how it keeps versions from being deleted, in words."""
        with self._translated("read how things are kept in"):
            name = self.ref.bucket
            return encryption(self._client, name), immutability(self._client, name)

    def set_lifecycle(self, rules: Sequence[Any]) -> None:
        """Set the lifecycle rules, given as the S3 API has them; they replace those there are."""
        with self._translated("set the lifecycle of"):
            self._client.put_bucket_lifecycle_configuration(
                Bucket=self.ref.bucket, LifecycleConfiguration={"Rules": list(rules)}
            )

    def versions(self, prefix: str) -> list[Version]:
        """Every version and delete marker under a prefix, by key, the newest first."""
        with self._translated(f"list the versions of {prefix!r} in"):
            pages = self._client.get_paginator("list_object_versions").paginate(Bucket=self.ref.bucket, Prefix=prefix)
            found = [
                Version(each["Key"], each["VersionId"], each["IsLatest"], each["LastModified"], marker=kind == MARKERS)
                for page in pages
                for kind in ("Versions", MARKERS)
                for each in page.get(kind, [])  # type: ignore[attr-defined]
            ]
        return sorted(found, key=lambda each: (each.key, -each.modified.timestamp(), not each.latest))

    def backdate(self, key: str, moment: datetime) -> None:
        """Give an object another modification time, in the metadata by which rclone judges its age; its bytes stay.

        Source: rclone's documentation of its S3 back end, "Modification times": ``X-Amz-Meta-Mtime``, seconds since the epoch.
        """
        name = self.ref.bucket
        with self._translated(f"backdate {key!r} in"):
            held = self._client.head_object(Bucket=name, Key=key)["Metadata"]
            self._client.copy_object(
                Bucket=name,
                Key=key,
                CopySource={"Bucket": name, "Key": key},
                MetadataDirective="REPLACE",
                Metadata={**held, "mtime": f"{moment.timestamp():.9f}"},
            )

    def age_of(self, key: str) -> timedelta:
        """How old an object is by that metadata; zero when it has none."""
        with self._translated(f"read the age of {key!r} in"):
            told = self._client.head_object(Bucket=self.ref.bucket, Key=key)["Metadata"].get("mtime")
        return datetime.now(UTC) - datetime.fromtimestamp(float(told), UTC) if told else timedelta()

    def delete_prefix(self, prefix: str) -> int:
        """Remove everything under a prefix for good, older versions and delete markers included; returns how many.

        Raises:
            OperationError: an empty prefix, which would be the whole bucket; or the store refused.
        """
        if not prefix.strip("/"):
            msg = f"Refused to remove the prefix {prefix!r}: that is the whole bucket {self.ref.bucket}."
            raise OperationError(msg)
        with self._translated(f"remove {prefix!r} from"):
            pages = self._client.get_paginator("list_object_versions").paginate(Bucket=self.ref.bucket, Prefix=prefix)
            doomed: list[Any] = [
                {"Key": item["Key"], "VersionId": item["VersionId"]}
                for page in pages
                for item in [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
            ]
            for start in range(0, len(doomed), BATCH):
                self._delete(doomed[start : start + BATCH])
        return len(doomed)

    def _delete(self, batch: list[Any]) -> None:
        answer = self._client.delete_objects(Bucket=self.ref.bucket, Delete={"Objects": batch, "Quiet": True})
        if failed := answer.get("Errors", []):
            first = failed[0]
            msg = f"{len(failed)} of {len(batch)} objects stayed; first: {first.get('Key')}: {first.get('Message')}"
            raise OperationError(msg)

    def _translated(self, what: str) -> AbstractContextManager[None]:
        return translated(what, self.ref.bucket, self.ref.endpoint)
