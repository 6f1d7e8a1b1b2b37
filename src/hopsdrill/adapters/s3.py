"""The object store, over the S3 protocol."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from hopsdrill.adapters.credentials import read_credentials
from hopsdrill.core.errors import OperationError
from hopsdrill.model.lab import StoreRef


if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

MISSING = ("NoSuchKey", "NoSuchBucket", "404")
BATCH = 1000  # what one DeleteObjects call takes, by the S3 API


@dataclass(frozen=True)
class Entry:
    """One object: key, bytes, time of its last change (UTC)."""

    key: str
    size: int
    modified: datetime


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

    def entries(self, prefix: str) -> list[Entry]:
        """All current objects under a prefix, sorted by key."""
        with self._translated(f"list {prefix!r} in"):
            pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self.ref.bucket, Prefix=prefix)
            items = [item for page in pages for item in page.get("Contents", [])]
        return [Entry(item["Key"], item["Size"], item["LastModified"]) for item in items]

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
            try:
                return self._client.get_object(Bucket=self.ref.bucket, Key=key)["Body"].read()
            except ClientError as error:
                if error.response.get("Error", {}).get("Code") in MISSING[:1]:
                    return None
                raise

    def put(self, key: str, data: bytes) -> None:
        """Write an object."""
        with self._translated(f"write {key!r} to"):
            self._client.put_object(Bucket=self.ref.bucket, Key=key, Body=data)

    def delete(self, key: str) -> None:
        """Remove an object as anyone would; in a versioned bucket its versions stay."""
        with self._translated(f"delete {key!r} from"):
            self._client.delete_object(Bucket=self.ref.bucket, Key=key)

    def versioning(self) -> str:
        """``Enabled``, ``Suspended``, or empty when versioning was never switched on."""
        with self._translated("read the versioning of"):
            return str(self._client.get_bucket_versioning(Bucket=self.ref.bucket).get("Status", ""))

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

    @contextmanager
    def _translated(self, what: str) -> Iterator[None]:
        try:
            yield
        except ClientError as error:
            told = error.response.get("Error", {})
            msg = f"Tried to {what} bucket {self.ref.bucket} at {self.ref.endpoint}; the store said {told.get('Code')}: {told.get('Message')}"
            raise OperationError(msg) from error
        except (BotoCoreError, OSError) as error:
            msg = f"Tried to {what} bucket {self.ref.bucket} at {self.ref.endpoint}; it did not answer: {error}"
            raise OperationError(msg, hint="hopsdrill lab status") from error
