"""Whom the object store trusts, and what a role may do."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hopsdrill.lab import identity
from hopsdrill.model.lab import ClusterRef, StoreRef


STORE = StoreRef(
    endpoint="http://s:9000",
    internal_endpoint="http://s:9000",
    bucket="b",
    region="us-east-1",
    credentials_file=Path("/none"),
)


def ref(name, uid="u") -> ClusterRef:
    """A cluster as the lab's state has it."""
    return ClusterRef(
        name=name, kubeconfig=Path("/none"), context=name, uid=uid, created=datetime(2026, 1, 1, tzinfo=UTC)
    )


@pytest.fixture
def published(monkeypatch):
    """What is published, by bucket; nothing was before."""
    found = {}
    monkeypatch.setattr(
        identity.bucket_admin, "publish", lambda _, bucket, documents: found.setdefault(bucket, {}).update(documents)
    )
    monkeypatch.setattr(identity.bucket_admin, "read_public", lambda _, bucket, name: found.get(bucket, {}).get(name))
    monkeypatch.setattr(identity.bucket_admin, "ensure_policy", lambda *_: None)
    return found


def test_the_role_covers_the_labs_buckets_for_veleros_account_of_the_labs_issuer_only():
    """No statement without the condition; no bucket beside the lab's."""
    for each in identity.policy(STORE)["Statement"]:
        accounts = ["system:serviceaccount:velero:velero", "system:serviceaccount:hopsdrill-by-role:velero"]
        assert each["Condition"]["StringEquals"] == {"jwt:iss": identity.ISSUER, "jwt:sub": accounts}
        assert {name.removesuffix("/*") for name in each["Resource"]} == {"arn:aws:s3:::b", "arn:aws:s3:::b-*"}
        assert not [name for name in each["Action"] if "*" in name]


def test_the_stores_secret_is_random_kept_and_private(tmp_path, monkeypatch):
    """An empty one would let anybody sign a token."""
    monkeypatch.setattr(identity, "state_dir", lambda: tmp_path)
    given = [identity.settings("http://s")["MINIO_IDENTITY_OPENID_CLIENT_SECRET"] for _ in range(2)]
    assert given[0] == given[1]
    assert len(given[0]) == 40
    assert (tmp_path / "store-client-secret").stat().st_mode & 0o77 == 0
    identity.forget()
    assert identity.settings("http://s")["MINIO_IDENTITY_OPENID_CLIENT_SECRET"] != given[0]
    assert given[0] not in identity.digest({"a": given[0]})


def test_keys_that_were_published_stay_when_the_store_is_configured_again(published):
    """Else clusters that run would be refused until the next look."""
    identity.configure(STORE)
    assert json.loads(published[identity.BUCKET][identity.KEYS]) == {"keys": []}
    published[identity.BUCKET][identity.KEYS] = b"theirs"
    identity.configure(STORE)
    assert published[identity.BUCKET][identity.KEYS] == b"theirs"
    told = json.loads(published[identity.BUCKET][identity.DISCOVERY])
    assert (told["issuer"], told["jwks_uri"]) == (identity.ISSUER, f"http://s:9000/{identity.BUCKET}/{identity.KEYS}")


def test_the_keys_of_clusters_that_answer_are_published(published, monkeypatch):
    """One that does not answer has nothing that runs."""

    def keys(_, each):
        return [] if each.name == "dead" else [{"kid": each.name}]

    monkeypatch.setattr(identity, "_keys", keys)
    identity.trust(STORE, Path("/none"), [ref("one"), ref("dead"), ref("two")])
    assert json.loads(published[identity.BUCKET][identity.KEYS]) == {"keys": [{"kid": "one"}, {"kid": "two"}]}
