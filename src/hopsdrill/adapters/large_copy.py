"""Copying a version of an object with all that belongs to it, whole or in parts.

What is carried over is what CopyObject carries over by itself: bytes, metadata, tags; the storage class, encryption and access
lists are the bucket's defaults, retention and legal holds stay with the version. Source: Amazon S3 API reference, CopyObject.
"""

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from hopsdrill.adapters.version_page import Item


if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

PARTS = 10_000  # most parts of an upload, by the S3 API
AT_ONCE = 8  # parts of one object
FIELDS = (
    "ContentType",
    "CacheControl",
    "ContentDisposition",
    "ContentEncoding",
    "ContentLanguage",
    "Metadata",
    "WebsiteRedirectLocation",
)
COMPARED = (*FIELDS, "ContentLength", "ETag", "TagCount")


def copy_in_parts(client: "S3Client", bucket: str, item: Item, length: int) -> str:
    """Copy a version in parts of so many bytes, or as many as the number of parts asks for; gives the copy's id.

    An upload that fails is aborted; one that is killed leaves parts, which a lifecycle rule for incomplete uploads removes.
    """
    where: Any = {"Bucket": bucket, "Key": item.key}
    source: Any = {**where, "VersionId": item.id}
    upload = client.create_multipart_upload(**where, **_description(client, bucket, item))["UploadId"]
    length = max(length, -(-item.size // PARTS))

    def part(number: int) -> Any:
        first = (number - 1) * length
        span = f"bytes={first}-{min(first + length, item.size) - 1}"
        own: Any = {"UploadId": upload, "PartNumber": number, "CopySource": source, "CopySourceRange": span}
        return {"PartNumber": number, "ETag": client.upload_part_copy(**where, **own)["CopyPartResult"]["ETag"]}

    try:
        with ThreadPoolExecutor(AT_ONCE) as pool:
            parts = list(pool.map(part, range(1, -(-item.size // length) + 1)))
        done: Any = client.complete_multipart_upload(**where, UploadId=upload, MultipartUpload={"Parts": parts})
    except BaseException:
        client.abort_multipart_upload(**where, UploadId=upload)
        raise
    return str(done["VersionId"])


def alike(client: "S3Client", bucket: str, key: str, one: str, other: str) -> bool:
    """Whether two versions of a key are the same in all but their time: bytes by ETag, metadata, tags."""
    left, right = (_compared(client, bucket, key, each) for each in (one, other))
    if left != right or not left["TagCount"]:
        return left == right
    return _tags(client, bucket, key, one) == _tags(client, bucket, key, other)


def _compared(client: "S3Client", bucket: str, key: str, version: str) -> dict[str, Any]:
    head: Any = client.head_object(Bucket=bucket, Key=key, VersionId=version)
    return {name: head.get(name) for name in COMPARED}


def _description(client: "S3Client", bucket: str, item: Item) -> dict[str, Any]:
    head: Any = client.head_object(Bucket=bucket, Key=item.key, VersionId=item.id)
    told = {name: head[name] for name in FIELDS if name in head}
    return {**told, "Tagging": _tags(client, bucket, item.key, item.id)} if head.get("TagCount") else told


def _tags(client: "S3Client", bucket: str, key: str, version: str) -> str:
    found = client.get_object_tagging(Bucket=bucket, Key=key, VersionId=version)["TagSet"]
    return urlencode(sorted((each["Key"], each["Value"]) for each in found))
