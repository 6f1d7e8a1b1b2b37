"""Web identity: the object store trusts tokens of the lab's clusters, so that a pod reaches the bucket with no key anywhere.

Velero's service account may take one role; the store checks its token by the clusters' public keys, which lie beside the
backups in a bucket anyone may read. So the store asks nobody but itself, and goes on without the clusters.
"""

import base64
import json
import secrets
from collections.abc import Iterable
from hashlib import sha1, sha256
from pathlib import Path
from typing import Any

from hopsdrill.adapters import bucket_admin
from hopsdrill.adapters.kubectl import Kubectl
from hopsdrill.core.errors import OperationError
from hopsdrill.core.paths import state_dir
from hopsdrill.model.lab import ClusterRef, StoreRef


AUDIENCE = "hopsdrill-store"  # of the tokens; the store calls it its client's ID
POLICY = "hopsdrill-velero"
BUCKET = "hopsdrill-identity"
DISCOVERY, KEYS = "openid-configuration", "jwks.json"
ISSUER = "https://kubernetes.default.svc.cluster.local"  # kubeadm's; every cluster of the lab has the same
NAMESPACES = ("velero", "hopsdrill-by-role")  # in which the service account `velero` may take the role
OBJECTS = ["GetObject", "PutObject", "DeleteObject", "AbortMultipartUpload", "ListMultipartUploadParts"]
LISTING = ["ListBucket", "GetBucketLocation", "ListBucketMultipartUploads"]


def role() -> str:
    """ARN of the role. MinIO derives its ID from the client's ID, so it is known beforehand."""
    digest = sha1(AUDIENCE.encode(), usedforsecurity=False).digest()
    return f"arn:minio:iam:::role/{base64.urlsafe_b64encode(digest).decode().rstrip('=')}"


def settings(endpoint: str) -> dict[str, str]:
    """Environment by which the store knows whom it trusts."""
    return {
        "MINIO_IDENTITY_OPENID_CONFIG_URL": f"{endpoint}/{BUCKET}/{DISCOVERY}",
        "MINIO_IDENTITY_OPENID_CLIENT_ID": AUDIENCE,
        "MINIO_IDENTITY_OPENID_CLIENT_SECRET": _client_secret(),
        "MINIO_IDENTITY_OPENID_ROLE_POLICY": POLICY,
    }


def _client_secret() -> str:
    """Random and kept: with an empty one the store takes tokens that anyone has signed with it."""
    path = state_dir() / "store-client-secret"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_hex(20))
    return path.read_text()


def forget() -> None:
    """Remove the secret; the store is gone."""
    (state_dir() / "store-client-secret").unlink(missing_ok=True)


def digest(env: dict[str, str]) -> str:
    """What tells one environment from another without saying what is in it."""
    return sha256(json.dumps(env, sort_keys=True).encode()).hexdigest()[:16]


def configure(store: StoreRef) -> None:
    """Have what the store reads, and the policy of the role: the lab's buckets, for Velero's service account.

    Raises:
        OperationError: the store refuses, or does not read what it is to trust.
    """
    discovery = {
        "issuer": ISSUER,
        "jwks_uri": f"{store.endpoint}/{BUCKET}/{KEYS}",
        "response_types_supported": ["id_token"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
    }
    documents = {DISCOVERY: json.dumps(discovery).encode()}
    if bucket_admin.read_public(store, BUCKET, KEYS) is None:
        documents[KEYS] = b'{"keys": []}'
    bucket_admin.publish(store, BUCKET, documents)
    bucket_admin.ensure_policy(store, POLICY, policy(store))


def policy(store: StoreRef) -> dict[str, Any]:
    """What the role may do: read and write the lab's buckets; only as Velero's service account."""
    names = [f"arn:aws:s3:::{store.bucket}", f"arn:aws:s3:::{store.bucket}-*"]
    accounts = [f"system:serviceaccount:{each}:velero" for each in NAMESPACES]
    condition = {"StringEquals": {"jwt:iss": ISSUER, "jwt:sub": accounts}}
    return {
        "Version": "2012-10-17",
        "Statement": [
            _statement(LISTING, names, condition),
            _statement(OBJECTS, [f"{each}/*" for each in names], condition),
        ],
    }


def _statement(actions: list[str], resources: list[str], condition: dict[str, Any]) -> dict[str, Any]:
    own = [f"s3:{each}" for each in actions]
    return {"Effect": "Allow", "Action": own, "Resource": resources, "Condition": condition}


def trust(store: StoreRef, kubectl: Path, clusters: Iterable[ClusterRef]) -> None:
    """Publish the public keys of the clusters that answer; the store looks again when it meets a key it does not know.

    Raises:
        OperationError: the store refuses.
    """
    keys = [key for each in clusters for key in _keys(kubectl, each)]
    bucket_admin.publish(store, BUCKET, {KEYS: json.dumps({"keys": keys}).encode()})


def _keys(kubectl: Path, ref: ClusterRef) -> list[dict[str, str]]:
    """A cluster's public keys; none when it does not answer, for then nothing of it runs."""
    try:
        told = Kubectl(kubectl, ref.kubeconfig, ref.context).call("get", "--raw", "/openid/v1/jwks").stdout
    except OperationError:
        return []
    found: list[dict[str, str]] = json.loads(told)["keys"]
    return found
