"""The service: waits for its stores, checks them, then serves."""

import signal
import threading
from types import FrameType

from standin.hopsfs import schema
from standin.hopsfs.database import Database
from standin.hopsfs.files import Files
from standin.hopsfs.objects import Bucket
from standin.hopsfs.operations import Operations
from standin.hopsfs.report import Reports
from standin.hopsfs.web import Server
from standin.say import env, flag, say


def prepare(bucket: Bucket, database: Database) -> None:
    """See that both stores can be used, and make what is absent.

    Raises:
        StandinError: a store is away or refuses; it is named.
    """
    bucket.require(versioning=flag("REQUIRE_VERSIONING"))
    schema.wait_for_database(float(env("DATABASE_SECONDS")))
    schema.make_tables(database)
    schema.pass_over(database, bucket.seen())


def run() -> None:
    """Serve until SIGTERM."""
    bucket, database = Bucket(), Database()
    prepare(bucket, database)
    reports = Reports(database, bucket, int(env("REPORT_DELAY_MS")))
    operations = Operations(Files(database, bucket), int(env("BLOCK_SIZE")))
    server, stop = Server(int(env("PORT")), operations, reports), threading.Event()

    def end(_signal: int, _frame: FrameType | None) -> None:
        stop.set()
        threading.Thread(target=server.shutdown).start()

    signal.signal(signal.SIGTERM, end)
    threading.Thread(target=reports.keep_making, args=(stop,), daemon=True).start()
    say(f"serving WebHDFS on port {server.server_port}")
    with server:
        server.serve_forever(poll_interval=0.2)
        server.let_end(float(env("GRACE_SECONDS", "4")))
    say("stopped")
