"""Making a bucket and switching on its versions, and removing it, with the MinIO SDK."""

from urllib.parse import urlparse

import urllib3
from minio import Minio
from minio.deleteobjects import DeleteObject
from minio.error import MinioException
from minio.versioningconfig import VersioningConfig

from hopsdrill.adapters.credentials import read_credentials
from hopsdrill.core.errors import OperationError
from hopsdrill.model.lab import StoreRef


ENABLED, SUSPENDED = "Enabled", "Suspended"  # the S3 API's words


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
        return bool(pool.request("GET", f"{endpoint}/minio/health/ready").status == 200)  # noqa: PLR2004 - HTTP OK
    except urllib3.exceptions.HTTPError:
        return False
