"""How a bucket shelters what it holds, as the store itself tells it: encryption at rest, and a lock against deletion.

Source: Amazon S3 API reference, GetBucketEncryption and GetObjectLockConfiguration, and the error codes of buckets that have neither.
"""

from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError


if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

PLAIN, UNLOCKED = "none by the bucket", "none: the bucket has no object lock"


def encryption(client: "S3Client", bucket: str) -> str:
    """The algorithms by which a bucket encrypts what is put into it, in words."""
    try:
        told: list[Any] = list(
            client.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"]
        )
    except ClientError as error:
        return _none(error, "ServerSideEncryptionConfigurationNotFoundError", PLAIN)
    found = [str(each.get("ApplyServerSideEncryptionByDefault", {}).get("SSEAlgorithm", "")) for each in told]
    return ", ".join(filter(None, found)) or PLAIN


def immutability(client: "S3Client", bucket: str) -> str:
    """How long, and how strictly, a bucket keeps every version from being deleted, in words."""
    try:
        told: Any = client.get_object_lock_configuration(Bucket=bucket)["ObjectLockConfiguration"]
    except ClientError as error:
        return _none(error, "ObjectLockConfigurationNotFoundError", UNLOCKED)
    rule = told.get("Rule", {}).get("DefaultRetention", {})
    if not rule:
        return "object lock is on, without a default retention"
    span = f"{rule['Days']} d" if "Days" in rule else f"{rule.get('Years')} years"
    return f"object lock, {rule.get('Mode')}, {span}"


def _none(error: ClientError, code: str, words: str) -> str:
    if error.response.get("Error", {}).get("Code") == code:
        return words
    raise error
