"""How a bucket is encrypted and locked, in words; the answers are those of the S3 API."""

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from hopsdrill.adapters import sheltered


@pytest.fixture
def s3():
    """A client that asks nobody, and who answers in its place."""
    client = boto3.client("s3", region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b")
    with Stubber(client) as answers:
        yield client, answers


def test_encryption_is_named_by_its_algorithm(s3):
    """One by the store's own keys, one by a key service's."""
    client, answers = s3
    rules = [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "k"}}]
    answers.add_response("get_bucket_encryption", {"ServerSideEncryptionConfiguration": {"Rules": rules}})
    assert sheltered.encryption(client, "b") == "aws:kms"
    answers.add_client_error("get_bucket_encryption", "ServerSideEncryptionConfigurationNotFoundError")
    assert sheltered.encryption(client, "b") == sheltered.PLAIN


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({}, "object lock is on, without a default retention"),
        ({"Rule": {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 30}}}, "object lock, COMPLIANCE, 30 d"),
        ({"Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Years": 7}}}, "object lock, GOVERNANCE, 7 years"),
    ],
)
def test_a_lock_is_named_by_its_mode_and_span(s3, told, words):
    """A lock without a default protects only what is locked one by one."""
    client, answers = s3
    locked = {"ObjectLockConfiguration": {"ObjectLockEnabled": "Enabled", **told}}
    answers.add_response("get_object_lock_configuration", locked)
    assert sheltered.immutability(client, "b") == words


def test_a_refusal_is_no_answer(s3):
    """Whoever may not ask does not learn that there is none."""
    client, answers = s3
    answers.add_client_error("get_bucket_encryption", "AccessDenied")
    with pytest.raises(ClientError, match="AccessDenied"):
        sheltered.encryption(client, "b")
    answers.add_client_error("get_object_lock_configuration", "AccessDenied")
    with pytest.raises(ClientError, match="AccessDenied"):
        sheltered.immutability(client, "b")
