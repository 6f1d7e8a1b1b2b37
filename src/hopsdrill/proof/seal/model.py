"""The lines of a seal."""

from typing import Any, Literal

from hopsdrill.model.base import Model


class Part(Model):
    """A place in the bucket that belongs to a set.

    Attributes:
        name: the store, by the words of every report.
        prefix: what the keys of all its objects begin with.
        closed: nothing else may lie there; an object that was not sealed is an extra one.
        undeleted: its restore takes delete markers away, so one on top of a sealed version is no loss.
    """

    name: str
    prefix: str
    closed: bool = True
    undeleted: bool = False


class Head(Model):
    """The first line: of which set a seal is.

    Attributes:
        ids: backup ID by store.
        after, before: UTC; the recovery point lies between them.
        content_key: SHA-256 of the key of its fingerprints, which is kept beside the seal and not in it.
    """

    format: Literal["hopsdrill/seal/v1"] = "hopsdrill/seal/v1"
    ids: dict[str, str]
    sealed: str
    after: str
    before: str
    platform: str
    version: str
    bucket: str
    tool_version: str
    content_key: str
    parts: list[Part]


class Item(Model):
    """One object: its bytes, and which version of it they are."""

    part: str
    key: str
    size: int
    sha256: str
    version: str
    etag: str


class Record(Model):
    """What a store's own record says of its backup: an entry of a ConfigMap, a snapshot's entry in its catalogue."""

    store: str
    place: str
    id: str
    text: str


class Thing(Model):
    """The fingerprint of one thing at the recovery point: a table, an account, a file, a document, an object, an image."""

    store: str
    title: str
    state: dict[str, Any]


class Unknown(Model):
    """What a store's fingerprint does not cover, and why."""

    store: str
    title: str
    why: str
