"""A bucket's lifecycle rules as the S3 API tells them.

Source: Amazon S3 API reference, GetBucketLifecycleConfiguration. A rule's filter is one prefix, tag or size, or several of
them under ``And``; older rules carry the prefix themselves.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hopsdrill.adapters.s3_errors import or_none


if TYPE_CHECKING:
    from types_boto3_s3 import S3Client


@dataclass(frozen=True)
class LifecycleRule:
    """One rule that is switched on.

    Attributes:
        prefix: keys it meets; empty for all.
        narrowed: it meets only some of them, by tags or sizes, which keys do not tell.
        expires_current: when current objects expire, in words: ``after 90 d``; empty when they do not.
        noncurrent_days: days after which a version that is no longer current expires; None when it does not.
        newer_kept: how many such versions are kept whatever their age.
        lone_markers: delete markers without a version expire.
    """

    id: str
    prefix: str = ""
    narrowed: bool = False
    expires_current: str = ""
    noncurrent_days: int | None = None
    newer_kept: int = 0
    lone_markers: bool = False

    def meets(self, prefix: str) -> bool:
        """Whether it meets anything whose key begins so."""
        return self.prefix.startswith(prefix) or prefix.startswith(self.prefix)


def read_rules(client: "S3Client", bucket: str) -> list[LifecycleRule]:
    """The rules of a bucket that are switched on; none when it has no lifecycle."""
    told = or_none(lambda: client.get_bucket_lifecycle_configuration(Bucket=bucket), "NoSuchLifecycleConfiguration")
    return [] if told is None else rules_of(list(told["Rules"]))


def rules_of(told: list[Mapping[str, Any]]) -> list[LifecycleRule]:
    """The rules that are switched on; a rule without a name is named by its place."""
    numbered = enumerate(told, 1)
    return [_rule(each, f"rule {number}") for number, each in numbered if each.get("Status") == "Enabled"]


def _rule(told: Mapping[str, Any], place: str) -> LifecycleRule:
    narrow = told.get("Filter") or {}
    both = {**narrow, **narrow.get("And", {})}
    expiry, old = told.get("Expiration") or {}, told.get("NoncurrentVersionExpiration") or {}
    days, day = expiry.get("Days"), expiry.get("Date")
    return LifecycleRule(
        id=told.get("ID") or place,
        prefix=both.get("Prefix") or told.get("Prefix") or "",
        narrowed=any(both.get(name) for name in ("Tag", "Tags", "ObjectSizeGreaterThan", "ObjectSizeLessThan")),
        expires_current=f"after {days} d" if days else f"on {day:%Y-%m-%d}" if day else "",
        noncurrent_days=old.get("NoncurrentDays"),
        newer_kept=old.get("NewerNoncurrentVersions") or 0,
        lone_markers=bool(expiry.get("ExpiredObjectDeleteMarker")),
    )
