"""Making a bucket and switching on its versions, and removing it, with the MinIO SDK."""

import io
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlparse

import urllib3
from minio import Minio, MinioAdmin
from minio.credentials.providers import StaticProvider
from minio.deleteobjects import DeleteObject
from minio.error import MinioAdminException, MinioException
from minio.versioningconfig import VersioningConfig

from hopsdrill.adapters.credentials import read_credentials
from hopsdrill.core.errors import OperationError
from hopsdrill.core.wait import wait_for
from hopsdrill.model.lab import StoreRef


ENABLED, SUSPENDED = "Enabled", "Suspended"  # the S3 API's words
OK = 200  # HTTP
POLICY_S = 30.0  # the store looks every few seconds whether what it is to trust can be read


def ensure_bucket(store: StoreRef) -> None:
    """Make the bucket if it is not there, and switch versioning on.

    Raises:
        OperationError: the store does not answer, or refuses.
    """
    client = _client(store)
    try:
        if not client.bucket_exists(bucket_name=store.bucket):
            client.make_bucket(bucket_name=store.bucket)
        client.set_bucket_versioning(bucket_name=store.bucket, config=VersioningConfig(ENABLED))
        status = client.get_bucket_versioning(bucket_name=store.bucket).status
    except (MinioException, urllib3.exceptions.HTTPError) as error:
        msg = f"Tried to make the versioned bucket {store.bucket} at {store.endpoint}; the store said: {error}"
        raise OperationError(msg) from error
    if status != ENABLED:
        msg = f"Versioning of the bucket {store.bucket} was switched on but reads {status!r}."
        raise OperationError(msg, hint="use a store that keeps object versions")


def make_bucket(store: StoreRef, versioning: str = "") -> None:
    """Make a bucket whose versioning is ``Enabled``, ``Suspended`` (after it was on), or was never set.

    Raises:
        OperationError: there is one of its name, the store does not answer, or refuses.
    """
    client = _client(store)
    try:
        client.make_bucket(bucket_name=store.bucket)
        for state in (ENABLED, SUSPENDED)[: ("", ENABLED, SUSPENDED).index(versioning)]:
            client.set_bucket_versioning(bucket_name=store.bucket, config=VersioningConfig(state))
    except (MinioException, urllib3.exceptions.HTTPError) as error:
        msg = f"Tried to make the bucket {store.bucket} at {store.endpoint}; the store said: {error}"
        raise OperationError(msg) from error


def remove_bucket(store: StoreRef) -> None:
    """Remove the bucket with every version of every object, if it is there.

    Raises:
        OperationError: the store does not answer, or refuses.
    """
    client, name = _client(store), store.bucket
    try:
        if not client.bucket_exists(bucket_name=name):
            return
        there = client.list_objects(bucket_name=name, recursive=True, include_version=True)
        doomed = [DeleteObject(each.object_name, each.version_id) for each in there]
        refused = [f"{each.name}: {each.message}" for each in client.remove_objects(name, doomed)]
        if not refused:
            client.remove_bucket(bucket_name=name)
    except (MinioException, urllib3.exceptions.HTTPError) as error:
        msg = f"Tried to remove the bucket {name} at {store.endpoint}; the store said: {error}"
        raise OperationError(msg) from error
    if refused:
        msg = f"Tried to empty the bucket {name}; {len(refused)} of {len(doomed)} versions stayed; first: {refused[0]}"
        raise OperationError(msg, hint="look whether something locks them; then try again")


def publish(store: StoreRef, bucket: str, documents: Mapping[str, bytes]) -> None:
    """Put JSON documents into a bucket of their own that anyone may read.

    Raises:
        OperationError: the store does not answer, or refuses.
    """
    client = _client(store)
    reading = {
        "Effect": "Allow",
        "Principal": {"AWS": ["*"]},
        "Action": ["s3:GetObject"],
        "Resource": [f"arn:aws:s3:::{bucket}/*"],
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [reading]})
    try:
        if not client.bucket_exists(bucket_name=bucket):
            client.make_bucket(bucket_name=bucket)
        client.set_bucket_policy(bucket_name=bucket, policy=policy)
        for name, body in documents.items():
            client.put_object(
                bucket_name=bucket,
                object_name=name,
                data=io.BytesIO(body),
                length=len(body),
                content_type="application/json",
            )
    except (MinioException, urllib3.exceptions.HTTPError) as error:
        msg = f"Tried to publish {', '.join(documents)} in the bucket {bucket} at {store.endpoint}; the store said: {error}"
        raise OperationError(msg) from error


def read_public(store: StoreRef, bucket: str, name: str) -> bytes | None:
    """A document that anyone may read, as anyone reads it; None when it is not there."""
    pool = urllib3.PoolManager(retries=False, timeout=5)
    try:
        answer = pool.request("GET", f"{store.endpoint}/{bucket}/{name}")
    except urllib3.exceptions.HTTPError:
        return None
    return bytes(answer.data) if answer.status == OK else None


def ensure_policy(store: StoreRef, name: str, policy: Mapping[str, Any]) -> None:
    """Have a policy by which the store says what a role may do.

    Raises:
        OperationError: the store refuses, or does not know its identities in time; its words are in the message.
    """
    admin = _admin(store)

    def refused() -> str:
        try:
            admin.policy_add(name, policy=dict(policy))
        except (MinioAdminException, urllib3.exceptions.HTTPError) as error:
            return str(error)
        return ""

    what = f"the store at {store.endpoint} to take the policy {name}"
    wait_for(refused, what=what, until=lambda said: not said, deadline=POLICY_S)


def free(store: StoreRef) -> int:
    """Free bytes of a MinIO's drives together; S3 itself has no call for it.

    Raises:
        OperationError: the store is no MinIO, or does not let these credentials ask.
    """
    try:
        told = json.loads(_admin(store).info())
        drives = [each for server in told["servers"] for each in server["drives"]]
        return sum(int(each["availspace"]) for each in drives)
    except (MinioAdminException, urllib3.exceptions.HTTPError, ValueError, KeyError, TypeError) as error:
        msg = f"Tried to ask the object store at {store.endpoint} for its free space; it said: {str(error)[:200]}"
        raise OperationError(msg, hint="S3 has no call for it; only MinIO's own is known") from error


def _admin(store: StoreRef) -> MinioAdmin:
    access, secret = read_credentials(store.credentials_file)
    return MinioAdmin(
        endpoint=urlparse(store.endpoint).netloc,
        credentials=StaticProvider(access, secret),
        region=store.region,
        secure=store.endpoint.startswith("https"),
    )


def _client(store: StoreRef) -> Minio:
    access, secret = read_credentials(store.credentials_file)
    return Minio(
        endpoint=urlparse(store.endpoint).netloc,
        access_key=access,
        secret_key=secret,
        secure=store.endpoint.startswith("https"),
        region=store.region,
    )


def ready(endpoint: str) -> bool:
    """Tell whether the store serves requests, by its own readiness address."""
    pool = urllib3.PoolManager(retries=False, timeout=2)
    try:
        return bool(pool.request("GET", f"{endpoint}/minio/health/ready").status == OK)
    except urllib3.exceptions.HTTPError:
        return False
