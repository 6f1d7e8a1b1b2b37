"""HopsFS' part against a real database and a real object store."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import uuid
from pathlib import Path

import boto3
import fsspec
import pytest
import requests
from botocore.config import Config

from hopsdrill.adapters.credentials import read_credentials
from hopsdrill.core.wait import wait_for
from hopsdrill.lab import load


PROGRAMS = Path(__file__).parents[3] / "images/standin-programs/files/opt/standin"
BLOCK = 64 * 1024


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Bucket:
    """A versioned bucket of the test's own."""

    def __init__(self):
        store = load().store
        self.endpoint, self.region, self.name = store.endpoint, store.region, f"labtest-hopsfs-{uuid.uuid4().hex[:12]}"
        self.access, self.secret = read_credentials(store.credentials_file)
        self.client = boto3.client(
            "s3",
            endpoint_url=self.endpoint,
            region_name=self.region,
            aws_access_key_id=self.access,
            aws_secret_access_key=self.secret,
            config=Config(s3={"addressing_style": "path"}),
        )
        self.client.create_bucket(Bucket=self.name)

    def version(self):
        """Switch versioning on."""
        self.client.put_bucket_versioning(Bucket=self.name, VersioningConfiguration={"Status": "Enabled"})

    def keys(self):
        """Keys of all current objects."""
        return {item["Key"] for item in self.client.list_objects_v2(Bucket=self.name).get("Contents", [])}

    def data_key(self):
        """The key of the one block's data."""
        (key,) = (key for key in self.keys() if key.endswith(".data"))
        return key

    def delete(self, *keys):
        """Plain deletions."""
        for key in keys:
            self.client.delete_object(Bucket=self.name, Key=key)

    def destroy(self, *keys):
        """Remove all versions of some keys, or of all."""
        found = self.client.list_object_versions(Bucket=self.name)
        for item in found.get("Versions", []) + found.get("DeleteMarkers", []):
            if not keys or item["Key"] in keys:
                self.client.delete_object(Bucket=self.name, Key=item["Key"], VersionId=item["VersionId"])

    def remove(self):
        """Leave nothing behind."""
        self.destroy()
        self.client.delete_bucket(Bucket=self.name)


class Platform:
    """The programs as the chart's containers run them."""

    def __init__(self, bucket, sql, folder):
        self.bucket, self.sql, self.port, self.log = bucket, sql, free_port(), folder / "server.log"
        self.url = f"http://127.0.0.1:{self.port}"
        self.process = None
        host, port = sql._session._sock.getpeername()
        self.env = {
            **os.environ,
            "PYTHONPATH": str(PROGRAMS),
            "PYTHONDONTWRITEBYTECODE": "1",
            "HOPS_DATABASE": "t_hops",
            "MYSQL_HOST": host,
            "MYSQL_PORT": str(port),
            "MYSQL_USER": "root",
            "MYSQL_PASSWORD": sql._password,
            "BUCKET": bucket.name,
            "S3_ENDPOINT": bucket.endpoint,
            "S3_REGION": bucket.region,
            "AWS_ACCESS_KEY_ID": bucket.access,
            "AWS_SECRET_ACCESS_KEY": bucket.secret,
            "AWS_EC2_METADATA_DISABLED": "true",
            "PREFIX_SIZE": "500",
            "BLOCK_SIZE": str(BLOCK),
            "REQUIRE_VERSIONING": "true",
            "DATABASE_SECONDS": "20",
            "MARK_AFTER_MS": "0",
            "REPORT_DELAY_MS": "3600000",
            "PORT": str(self.port),
        }

    def command(self, *words):
        """A verb's command line."""
        return [sys.executable, "-m", "standin.cli", *words]

    def verb(self, *words, **env):
        """Run a verb to its end."""
        return subprocess.run(
            self.command(*words), env={**self.env, **env}, capture_output=True, text=True, timeout=60, check=False
        )

    def report(self, *words, **env):
        """A block report."""
        done = self.verb("hopsfs-report", *words, **env)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def start(self, **env):
        """Start the server and wait until it serves."""
        with self.log.open("a") as log:
            self.process = subprocess.Popen(self.command("hopsfs-server"), env={**self.env, **env}, stderr=log)

        def alive():
            assert self.process.poll() is None, self.log.read_text()
            with contextlib.suppress(requests.ConnectionError):
                return requests.get(f"{self.url}/hopsfs/alive", timeout=5).ok
            return False

        wait_for(alive, what="the server to serve", until=bool, deadline=30, interval=0.1)

    def stop(self):
        """Stop it as Kubernetes does."""
        if self.process:
            self.process.send_signal(signal.SIGTERM)
            assert self.process.wait(timeout=10) == 0
            self.process = None

    def call(self, method, op, path, *, data=None, **parameters):
        """One request."""
        return requests.request(
            method,
            f"{self.url}/webhdfs/v1{path}",
            params={"op": op, "user.name": "meb10000", **parameters},
            data=data,
            timeout=30,
        )


@pytest.fixture
def bucket():
    """A versioned bucket."""
    made = Bucket()
    made.version()
    yield made
    made.remove()


@pytest.fixture
def platform(bucket, sql, tmp_path):
    """Not started yet."""
    made = Platform(bucket, sql, tmp_path)
    yield made
    made.stop()


@pytest.fixture
def hopsfs(platform):
    """A platform that serves."""
    platform.start()
    return platform


@pytest.fixture
def fs(hopsfs):
    """A public client."""
    return fsspec.filesystem("webhdfs", host="127.0.0.1", port=hopsfs.port, user="meb10000", skip_instance_cache=True)


@pytest.fixture
def write(fs):
    """Writes a file through it."""

    def written(path, data, **options):
        with fs.open(path, "wb", **options) as file:
            file.write(data)

    return written
