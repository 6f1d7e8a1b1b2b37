"""Buckets full of versions for the benches of this folder, and how their figures are told."""

import hashlib
import io
import json
import math
import os
import resource
import statistics
import subprocess
import sys
import tarfile
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from hopsdrill.adapters.bucket_admin import make_bucket
from hopsdrill.adapters.credentials import read_credentials
from hopsdrill.adapters.versioned import CONNECTIONS, Access, VersionedBucket
from hopsdrill.lab import load


FOLDER = 1000  # keys in one
TAR = 500  # objects in one archive
THREADS = 8
PAGE = """# Performance of object versions

Written by `bench/versions.py` and `bench/rollback.py`; run them to have the figures of your machine. Ratios are of one run on one machine, so they travel; seconds do not.
"""


class Shelf:
    """A versioned bucket on the lab's object store."""

    def __init__(self, name: str = "") -> None:
        store = load().store
        if store is None:
            sys.exit("there is no lab: hopsdrill lab up")
        self.ref = store.model_copy(update={"bucket": name or f"bench-{uuid.uuid4().hex[:12]}"})
        self.name = self.ref.bucket
        if not name:
            make_bucket(self.ref, "Enabled")
        access = Access(self.name, self.ref.endpoint, self.ref.region, self.ref.credentials_file)
        self.versioned = VersionedBucket(access)
        keys = dict(
            zip(
                ("aws_access_key_id", "aws_secret_access_key"), read_credentials(self.ref.credentials_file), strict=True
            )
        )
        config = Config(s3={"addressing_style": "path"}, max_pool_connections=CONNECTIONS, read_timeout=600)
        where = {"endpoint_url": self.ref.endpoint, "region_name": self.ref.region}
        self.client: Any = boto3.client("s3", **where, **keys, config=config)  # plain, for the bare calls

    def fill(self, keys: Sequence[str], body: bytes) -> None:
        """Write many objects: MinIO unpacks an archive that is put with this header of its own."""
        parts = [keys[start : start + TAR] for start in range(0, len(keys), TAR)]
        with _headed(self.client, "PutObject", "X-Amz-Meta-Snowball-Auto-Extract"), ThreadPoolExecutor(4) as pool:
            list(
                pool.map(
                    lambda part: self.client.put_object(Bucket=self.name, Key="a.tar", Body=_tar(part, body)), parts
                )
            )

    def delete(self, keys: Sequence[str]) -> None:
        """Delete many objects, each of which gets a marker."""
        parts = [keys[start : start + 1000] for start in range(0, len(keys), 1000)]
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(self.versioned.hide, parts))

    def remove(self) -> None:
        """Remove it with all it holds: MinIO does so at once for a header of its own."""
        with _headed(self.client, "DeleteBucket", "x-minio-force-delete"):
            self.client.delete_bucket(Bucket=self.name)


@contextmanager
def shelf() -> Iterator[Shelf]:
    """A bucket that is removed at the end, whatever happened."""
    made = Shelf()
    try:
        yield made
    finally:
        made.remove()


@contextmanager
def _headed(client: Any, call: str, header: str) -> Any:
    def add(request: Any, **_: Any) -> None:
        request.headers[header] = "true"

    client.meta.events.register(f"before-sign.s3.{call}", add)
    try:
        yield
    finally:
        client.meta.events.unregister(f"before-sign.s3.{call}", add)


def _tar(keys: Iterable[str], body: bytes) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for key in keys:
            info = tarfile.TarInfo(key)
            info.size = len(body)
            archive.addfile(info, io.BytesIO(body))
    return out.getvalue()


def key(number: int, kind: str = "k") -> str:
    """A key in its folder."""
    return f"p{number // FOLDER:05d}/{kind}{number:07d}"


def etag(body: bytes) -> str:
    """What the store lists of such a body."""
    return f'"{hashlib.md5(body).hexdigest()}"'  # noqa: S324 - by the S3 API


def between() -> datetime:
    """A moment at which nothing is written, in whole seconds."""
    time.sleep(1.2)
    moment = datetime.now(UTC).replace(microsecond=0)
    time.sleep(1.2)
    return moment


def apart(*words: str) -> dict[str, Any]:
    """Have this script measure one thing in a process of its own, so that its memory is its own."""
    done = subprocess.run(
        [sys.executable, sys.argv[0], *words], capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
    )
    if done.returncode:
        sys.exit(f"{words} ended with {done.returncode}:\n{done.stderr[-3000:]}")
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def tell(**figures: float) -> None:
    """Print what such a process measured, with the most memory it had."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({**figures, "mib": peak}))


def timed(body: Callable[[], Any]) -> tuple[float, Any]:
    """Wall seconds of a body, and what it gives."""
    started = time.monotonic()
    found = body()
    return time.monotonic() - started, found


def spread(values: Sequence[float], form: str = ".2f") -> str:
    """Median with the lowest and highest."""
    return f"{statistics.median(values):{form}} ({min(values):{form}} to {max(values):{form}})"


def slope(seconds: dict[int, float]) -> str:
    """How the time grows with the size, from the smallest to the largest: 1 is in proportion."""
    small, large = min(seconds), max(seconds)
    if small == large:
        return "one size only"
    grown = math.log(seconds[large] / seconds[small]) / math.log(large / small)
    return f"{grown:.2f} from {small} to {large}"


def section(title: str, lines: Sequence[str], load_before: Sequence[float]) -> str:
    """A bench's part of the page."""
    now = " ".join(f"{each:.2f}" for each in os.getloadavg())
    before = " ".join(f"{each:.2f}" for each in load_before)
    head = f"Measured {datetime.now(UTC):%Y-%m-%d} on {os.cpu_count()} cores, which the store shares; load average before {before}, after {now}."
    return "\n".join([f"## {title}", "", head, "", *lines, ""])


def write(page: Path, title: str, text: str) -> None:
    """Put a section into the page in place of the one that was there; the others stay."""
    kept = page.read_text() if page.exists() else PAGE
    parts = kept.split("\n## ")
    own = [part for part in parts[1:] if not part.startswith(title)]
    page.write_text("\n## ".join([parts[0], *sorted([*own, text.removeprefix("## ").rstrip("\n") + "\n"])]))
