"""A page of versions, in the order in which the store wrote it."""

import boto3
import pytest
from botocore.config import Config

from hopsdrill.adapters.version_page import NULL, Item, read_page


HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<ListVersionsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
ENTRY = "<{kind}><Key>{key}</Key>{id}<IsLatest>{latest}</IsLatest><LastModified>{time}</LastModified>{more}</{kind}>"
MORE = "<ETag>&quot;e&quot;</ETag><Size>7</Size><Owner><ID>o</ID><DisplayName>n</DisplayName></Owner>"


def entry(kind, key, name, latest="false", time="2026-01-01T00:00:00.000Z"):
    """One entry as a store writes it."""
    known = f"<VersionId>{name}</VersionId>" if name else ""
    return ENTRY.format(kind=kind, key=key, id=known, latest=latest, time=time, more=MORE if kind == "Version" else "")


def body(*parts, space=True):
    """A whole answer."""
    head = HEAD if space else HEAD.replace(' xmlns="http://s3.amazonaws.com/doc/2006-03-01/"', "")
    return (head + "".join(parts) + "</ListVersionsResult>").encode()


@pytest.mark.parametrize("space", [True, False])
def test_versions_and_markers_of_one_time_keep_their_order(space):
    """Which came last is told by nothing else."""
    parts = [entry("Version", "k", "3", "true"), entry("DeleteMarker", "k", "2"), entry("Version", "k", "1")]
    page = read_page(body(*parts, space=space))
    assert [(each.id, each.marker, each.latest) for each in page.items] == [
        ("3", False, True),
        ("2", True, False),
        ("1", False, False),
    ]
    assert page.items[0] == Item("k", "3", "2026-01-01T00:00:00.000Z", False, True, '"e"', 7)
    assert (page.next_key, page.folders) == (None, [])


def test_keys_are_read_back_from_their_quoted_form_where_the_store_says_that_it_quotes():
    """And are left as they are where it does not."""
    told = "<EncodingType>url</EncodingType>"
    folder = "<CommonPrefixes><Prefix>{}</Prefix></CommonPrefixes>"
    more = (
        "<IsTruncated>true</IsTruncated><NextKeyMarker>z%2B</NextKeyMarker><NextVersionIdMarker>9</NextVersionIdMarker>"
    )
    page = read_page(body(told, entry("Version", "a+b%2Bc%0A%C3%A4", "1"), folder.format("d%20e/"), more))
    assert (page.items[0].key, page.folders, page.next_key, page.next_id) == ("a b+c\nä", ["d e/"], "z+", "9")
    plain = read_page(body(entry("Version", "a+b%2B", "1"), folder.format("d%20/")))
    assert (plain.items[0].key, plain.folders) == ("a+b%2B", ["d%20/"])


@pytest.mark.parametrize(
    ("listed", "read"),
    [
        ("2026-01-01T00:00:00Z", "2026-01-01T00:00:00.000Z"),
        ("2026-01-01T01:00:00.123456+01:00", "2026-01-01T00:00:00.123Z"),
    ],
)
def test_times_are_comparable_as_text_however_a_store_writes_them(listed, read):
    """To the millisecond, in UTC."""
    assert read_page(body(entry("Version", "k", "", time=listed))).items[0][1:3] == (NULL, read)


def test_boto3_still_lets_a_page_be_read_before_it_does():
    """The event is public and not promised: with it gone, the order would be lost without a word."""
    client = boto3.client(
        "s3", region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b", config=Config()
    )
    seen = []
    client.meta.events.register("before-parse.s3.ListObjectVersions", lambda **told: seen.append(set(told)))
    client.meta.events.register("before-send.s3.ListObjectVersions", lambda **_: Answer())
    client.list_object_versions(Bucket="b")
    assert {"response_dict", "customized_response_dict"} <= seen[0]


class Answer:
    """What botocore takes for a response."""

    status_code, headers, content = 200, {}, body()
