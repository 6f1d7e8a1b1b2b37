"""How a bucket shelters what it holds, as the store itself tells it: encryption at rest, and a lock against deletion.

Source: Amazon S3 API reference, GetBucketEncryption and GetObjectLockConfiguration, and the error codes of buckets that have neither.
"""

from typing import TYPE_CHECKING, Any

from hopsdrill.adapters.s3_errors import or_none


if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

PLAIN, UNLOCKED = "none by the bucket", "none: the bucket has no object lock"


def encryption(client: "S3Client", bucket: str) -> str:
    """The algorithms by which a bucket encrypts what is put into it, in words."""
    told = or_none(
        lambda: client.get_bucket_encryption(Bucket=bucket), "ServerSideEncryptionConfigurationNotFoundError"
    )
    rules: list[Any] = [] if told is None else list(told["ServerSideEncryptionConfiguration"]["Rules"])
    found = [str(each.get("ApplyServerSideEncryptionByDefault", {}).get("SSEAlgorithm", "")) for each in rules]
    return ", ".join(filter(None, found)) or PLAIN


def immutability(client: "S3Client", bucket: str) -> str:
    """How long, and how strictly, a bucket keeps every version from being deleted, in words."""
    told = or_none(lambda: client.get_object_lock_configuration(Bucket=bucket), "ObjectLockConfigurationNotFoundError")
    if told is None:
        return UNLOCKED
    rule: Any = told["ObjectLockConfiguration"].get("Rule", {}).get("DefaultRetention", {})
    if not rule:
        return "object lock is on, without a default retention"
    span = f"{rule['Days']} d" if "Days" in rule else f"{rule.get('Years')} years"
    return f"object lock, {rule.get('Mode')}, {span}"
