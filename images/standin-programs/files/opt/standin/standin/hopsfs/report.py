"""Block reports: what is missing, corrupt or orphaned; orphans are deleted."""

import json
import time
from datetime import UTC, datetime
from threading import Event
from typing import Any

from standin.hopsfs import blocks, inodes
from standin.hopsfs.database import Cursor, Database
from standin.hopsfs.diff import Difference, Found, compare
from standin.hopsfs.errors import RemoteError
from standin.hopsfs.keys import KINDS
from standin.hopsfs.objects import Bucket
from standin.hopsfs.schema import now
from standin.say import StandinError, env, say, utc_text


GIVEN_UP = 3_600_000  # milliseconds after which a block under construction has lost its writer, as HDFS' hard limit


def make(database: Database, bucket: Bucket, *, delete: bool) -> dict[str, Any]:
    """Compare, delete orphans if asked, and give the report.

    The bucket is listed first. A block listed is then either known or under construction when the metadata is read, so
    that no block being written is taken for an orphan; one that is known but not listed is looked for once more.
    """
    began = now()
    grace_before = began - int(env("MARK_AFTER_MS"))
    objects = bucket.current()
    written = database.read(lambda cursor: blocks.under_construction(cursor, began - GIVEN_UP))
    known = database.read(blocks.every)
    objects |= _written_since(bucket, [block for block in known if block.time >= began], objects)
    found = compare(known, objects, bucket.keys, bucket=bucket.name, written=written, grace_before=grace_before)
    if delete:
        bucket.delete(found.orphaned)
    return database.read(lambda cursor: _shape(cursor, found, bucket, deleted=len(found.orphaned) if delete else 0))


def _written_since(bucket: Bucket, young: list[blocks.Block], objects: dict[str, int]) -> dict[str, int]:
    """Objects of blocks written after the listing, with the sizes their writer saw."""
    sizes = {
        bucket.keys.key(block.name, kind): block.size if kind == "data" else 0 for block in young for kind in KINDS
    }
    return {key: size for key, size in sizes.items() if key not in objects and bucket.exists(key)}


def _shape(cursor: Cursor, found: Difference, bucket: Bucket, *, deleted: int) -> dict[str, Any]:
    def entries(items: list[Found]) -> list[dict[str, Any]]:
        return [
            {
                "block_id": block.block_id,
                "generation_stamp": block.generation,
                "key": bucket.keys.key(block.name, "data"),
                "path": inodes.path_of(cursor, block.inode_id),
                "reason": reason,
            }
            for block, reason in items
        ]

    return {
        "missing": entries(found.missing),
        "corrupt": entries(found.corrupt),
        "orphaned": found.orphaned,
        "deleted": deleted,
        "safe": found.safe,
        "within_grace": entries(found.waiting),
    }


def run(dry_run: bool) -> None:  # noqa: FBT001 - a flag of the command line
    """Print one report as JSON."""
    bucket, database = Bucket(), Database(sessions=1)
    print(json.dumps(make(database, bucket, delete=not dry_run)), flush=True)


class Reports:
    """Makes a report every so often; keeps the last."""

    def __init__(self, database: Database, bucket: Bucket, delay_ms: int) -> None:
        self._database, self._bucket, self._seconds = database, bucket, delay_ms / 1000
        self.last: dict[str, Any] = {"time": None, "report": None, "error": None}

    def keep_making(self, stop: Event) -> None:
        """Make reports until told to stop; one that fails says so and does not end the others."""
        while not stop.wait(self._seconds):
            began = time.monotonic()
            try:
                self._keep(make(self._database, self._bucket, delete=True), None)
            except (RemoteError, StandinError) as error:
                self._keep(None, str(error))
            say(f"block report after {time.monotonic() - began:.1f} s: {self._summary()}")

    def _keep(self, report: dict[str, Any] | None, error: str | None) -> None:
        self.last = {"time": utc_text(datetime.now(UTC)), "report": report, "error": error}

    def _summary(self) -> str:
        report = self.last["report"]
        if report is None:
            return f"failed: {self.last['error']}"
        counts = {key: len(value) if isinstance(value, list) else value for key, value in report.items()}
        return ", ".join(f"{key} {count}" for key, count in counts.items())
