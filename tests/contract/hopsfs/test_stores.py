"""Stores that are away or refuse."""

import pytest

from hopsdrill.core.wait import wait_for


def test_a_bucket_without_versioning_is_refused(platform, bucket):
    """While backups are enabled; the error names the store."""
    bucket.client.put_bucket_versioning(Bucket=bucket.name, VersioningConfiguration={"Status": "Suspended"})
    done = platform.verb("hopsfs-server")
    assert done.returncode == 1
    assert f"bucket {bucket.name}: versioning is Suspended" in done.stderr


@pytest.mark.parametrize(
    ("env", "said"),
    [
        ({"AWS_SECRET_ACCESS_KEY": "wrong"}, "SignatureDoesNotMatch"),
        ({"BUCKET": "labtest-no-such-bucket"}, "NoSuchBucket"),
        ({"S3_ENDPOINT": "http://127.0.0.1:1"}, "Could not connect"),
        ({"MYSQL_PASSWORD": "wrong", "DATABASE_SECONDS": "1"}, "Access denied"),
        ({"MYSQL_PORT": "1", "DATABASE_SECONDS": "1"}, "waited 1 s for database"),
    ],
)
def test_a_store_that_refuses_is_named(platform, env, said):
    """The server does not start."""
    done = platform.verb("hopsfs-server", **env)
    assert done.returncode == 1
    assert said in done.stderr.splitlines()[-1]


def test_a_database_that_goes_away_is_503_and_comes_back(hopsfs, write):
    """The reason is said; afterwards all is as before, also where sessions were cut off."""
    write("/f", b"x")
    hopsfs.sql.execute("RENAME TABLE t_hops.hdfs_inodes TO t_hops.away")
    answer = hopsfs.call("GET", "GETFILESTATUS", "/f")
    hopsfs.sql.execute("RENAME TABLE t_hops.away TO t_hops.hdfs_inodes")
    assert (answer.status_code, answer.json()["RemoteException"]["exception"]) == (503, "RetriableException")
    assert "database t_hops on" in answer.json()["RemoteException"]["message"]
    assert hopsfs.call("GET", "GETFILESTATUS", "/f").status_code == 200
    for (session,) in hopsfs.sql.query("SELECT ID FROM information_schema.PROCESSLIST WHERE DB = 't_hops'"):
        hopsfs.sql.execute(f"KILL {session}")
    wait_for(
        lambda: hopsfs.call("GET", "GETFILESTATUS", "/f").status_code,
        what="the server to have new sessions",
        until=lambda code: code == 200,
        deadline=10,
    )
