"""A versioned bucket by versions: listing them in the store's own order, and the few calls a rollback makes.

Nothing here removes a version: a delete names either no version, which adds a marker, or one that was listed as a marker.
"""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from hopsdrill.adapters.credentials import read_credentials
from hopsdrill.adapters.large_copy import alike, copy_in_parts
from hopsdrill.adapters.lifecycle import LifecycleRule, read_rules
from hopsdrill.adapters.s3_errors import translated
from hopsdrill.adapters.version_page import Item, Page, read_page
from hopsdrill.core.errors import PreconditionError
from hopsdrill.core.redact import REDACTOR


if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

COPIED_WHOLE = 5 * 1024**3  # bytes one CopyObject takes, by the S3 API
PART = 512 * 1024**2  # bytes of a part of a larger one
CONNECTIONS = 64
PAGE, HEAD = b"<ListVersionsResult", 200  # the answer's first element, and where it begins at the latest
OLDEST_XML = " "  # below it XML 1.0 has only tab and line ends, so that DeleteObjects cannot name such a key


@dataclass(frozen=True)
class Access:
    """Where a bucket is.

    Attributes:
        endpoint: URL; empty: the one of the environment or of AWS.
        region: empty: that of the environment.
        credentials: INI file; None: boto3's own chain, environment and AWS configuration.
    """

    bucket: str
    endpoint: str = ""
    region: str = ""
    credentials: Path | None = None


class VersionedBucket:
    """One bucket; usable by many threads.

    Args:
        access: where it is; credentials are registered as secrets.
        large: bytes above which an object is copied in parts.
        part: bytes of such a part.

    Raises:
        PreconditionError: there are no credentials.
    """

    def __init__(self, access: Access, *, large: int = COPIED_WHOLE, part: int = PART) -> None:
        self.name, self._large, self._part = access.bucket, large, part
        self._client = _client(access)
        self.endpoint = self._client.meta.endpoint_url
        self._client.meta.events.register_first("before-parse.s3.ListObjectVersions", _in_order)

    def require_versions(self) -> datetime:
        """See that the bucket is there and keeps versions; gives the store's time (UTC, whole seconds).

        Raises:
            PreconditionError: there is no such bucket, or it does not keep the versions that a rollback would write.
            OperationError: the store refuses or does not answer.
        """
        with self._told("read the versioning of"):
            try:
                answer = self._client.get_bucket_versioning(Bucket=self.name)
            except ClientError as error:
                if error.response.get("Error", {}).get("Code") != "NoSuchBucket":
                    raise
                msg = f"There is no bucket {self.name} at {self.endpoint}."
                raise PreconditionError(msg, hint="check the name, and --store-endpoint") from error
        status = str(answer.get("Status", ""))
        if status != "Enabled":
            raise _not_versioned(self.name, status)
        return parsedate_to_datetime(answer["ResponseMetadata"]["HTTPHeaders"]["date"])

    def lifecycle(self) -> list[LifecycleRule]:
        """The lifecycle rules that are switched on."""
        with self._told("read the lifecycle of"):
            return read_rules(self._client, self.name)

    def page(self, prefix: str, after: str = "", after_id: str = "", delimiter: str = "", most: int = 1000) -> Page:
        """List one page, in the store's own order.

        Args:
            prefix: of the keys.
            after: the key after which it starts.
            after_id: the version of that very key after which it starts; empty: all its versions are passed over.
            delimiter: keys that have it behind the prefix are told as folders.
            most: entries.

        Raises:
            OperationError: the store refuses or does not answer.
        """
        asked: dict[str, Any] = {"Bucket": self.name, "Prefix": prefix, "MaxKeys": most}
        given = {"KeyMarker": after, "VersionIdMarker": after_id, "Delimiter": delimiter}
        asked |= {name: value for name, value in given.items() if value}
        with self._told(f"list the versions of {prefix!r} in"):
            answer: Any = self._client.list_object_versions(**asked)
        found: Page = answer["Page"]
        return found

    def pages(self, prefix: str, after: str = "", delimiter: str = "", most: int = 1000) -> Iterator[list[Item]]:
        """List all pages behind a key."""
        page = self.page(prefix, after, delimiter=delimiter, most=most)
        yield page.items
        while page.next_key is not None:
            page = self.page(prefix, page.next_key, page.next_id or "", delimiter, most)
            yield page.items

    def uncover(self, markers: Sequence[tuple[str, str]]) -> dict[str, str]:
        """Remove delete markers, given by key and id, at most 1000; gives why some stayed, by key."""
        return self._delete([{"Key": key, "VersionId": each} for key, each in markers])[1]

    def hide(self, keys: Sequence[str]) -> tuple[dict[str, str], dict[str, str]]:
        """Delete objects as anyone would, at most 1000; gives each marker's id, and why some could not, by key."""
        return self._delete([{"Key": key} for key in keys])

    def _delete(self, entries: list[Any]) -> tuple[dict[str, str], dict[str, str]]:
        odd = [each for each in entries if any(char < OLDEST_XML for char in each["Key"])]
        batch = [each for each in entries if each not in odd] if odd else entries
        made, failed = dict[str, str](), dict[str, str]()
        with self._told("set or remove delete markers in"):
            for each in odd:
                done = self._client.delete_object(Bucket=self.name, **each)
                made[each["Key"]] = done.get("VersionId", "")
            if batch:
                answer = self._client.delete_objects(Bucket=self.name, Delete={"Objects": batch})
                made |= {each["Key"]: each.get("DeleteMarkerVersionId", "") for each in answer.get("Deleted", [])}
                failed |= {
                    each["Key"]: f"{each['Code']}: {each.get('Message', '')}" for each in answer.get("Errors", [])
                }
        return made, failed

    def copy(self, item: Item) -> str:
        """Make a version current again by copying it, with its metadata and tags; gives the copy's id.

        Raises:
            OperationError: the store refuses or does not answer.
        """
        source: Any = {"Bucket": self.name, "Key": item.key, "VersionId": item.id}
        with self._told(f"copy version {item.id} of {item.key!r} in"):
            if item.size > self._large:
                return copy_in_parts(self._client, self.name, item, self._part)
            return self._client.copy_object(Bucket=self.name, Key=item.key, CopySource=source)["VersionId"]

    def alike(self, key: str, one: str, other: str) -> bool:
        """Whether two versions of a key are the same in all but their time: bytes by ETag, metadata, tags."""
        with self._told(f"compare versions {one} and {other} of {key!r} in"):
            return alike(self._client, self.name, key, one, other)

    def _told(self, what: str) -> AbstractContextManager[None]:
        return translated(what, self.name, self.endpoint)


def _client(access: Access) -> "S3Client":
    config = Config(
        s3={"addressing_style": "path"} if access.endpoint else {},
        connect_timeout=5,
        read_timeout=60,
        max_pool_connections=CONNECTIONS,
        retries={"max_attempts": 5, "mode": "standard"},
    )
    given: dict[str, Any] = {"region_name": access.region} if access.region else {}
    if access.credentials is not None:
        key, secret = read_credentials(access.credentials)
        given |= {"aws_access_key_id": key, "aws_secret_access_key": secret}
    with translated("open a session with", access.bucket, access.endpoint):
        session = boto3.Session(**given)
        found = session.get_credentials()
        if found is None:
            msg = f"There are no credentials for the bucket {access.bucket}."
            raise PreconditionError(msg, hint="AWS_PROFILE, or another of AWS's own ways; or --store-credentials FILE")
        for word in found.get_frozen_credentials()[:3]:
            if word:
                REDACTOR.register(word)
        return session.client("s3", endpoint_url=access.endpoint or None, config=config)


def _not_versioned(name: str, status: str) -> PreconditionError:
    if not status:
        msg = f"The bucket {name} never kept versions: what was overwritten or deleted is gone, and cannot be rolled back."
        return PreconditionError(msg, hint="restore from a backup of its objects, or look for a replica")
    msg = (
        f"Versioning of the bucket {name} is suspended: a rollback would overwrite versions instead of adding to them."
    )
    return PreconditionError(msg, hint="switch versioning on again, which removes nothing; then repeat")


def _in_order(response_dict: Any, customized_response_dict: Any, **_: Any) -> None:
    """Read a page ourselves before boto3 does, which would lose its order; it is then left nothing to read.

    An error with status 200, as S3 may send, is left to boto3.
    """
    if response_dict["status_code"] == 200 and PAGE in response_dict["body"][:HEAD]:  # noqa: PLR2004 - HTTP
        customized_response_dict["Page"] = read_page(response_dict["body"])
        response_dict["body"] = b""
