"""A rollback from beginning to end: planned, carried out, and proved by a listing made afterwards."""

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import datetime
from functools import partial
from typing import IO, Any

from hopsdrill.adapters.versioned import VersionedBucket
from hopsdrill.core.clock import utc_text
from hopsdrill.core.errors import UsageError
from hopsdrill.recovery.rollback.ledger import Known, Ledger
from hopsdrill.recovery.rollback.parts import Part, divide, plans, with_new
from hopsdrill.recovery.rollback.plan import Deed, Moment, Planned
from hopsdrill.recovery.rollback.prove import prove
from hopsdrill.recovery.rollback.tally import Tally
from hopsdrill.recovery.rollback.work import Worker, over, settled


class Rollback:
    """Bringing every key under a prefix back to the state it had at a time.

    Args:
        bucket: the versioned bucket.
        prefix: of the keys; empty: all.
        at: the time.
        ledger: what was done before, and is done now.
        say: receives a line of progress.

    Raises:
        UsageError: the time is not past, by the store's own clock.
        PreconditionError: the bucket is not there, or does not keep versions.
        OperationError: the store refuses or does not answer.
    """

    def __init__(
        self, bucket: VersionedBucket, prefix: str, at: datetime, ledger: Ledger, say: Callable[[str], None]
    ) -> None:
        now = bucket.require_versions()
        if at > now:
            msg = f"{utc_text(at)} is not past: the store's clock says {utc_text(now)}."
            raise UsageError(msg, hint="--at takes a time with its zone, such as 2026-01-31T12:00:00Z")
        self._bucket, self._ledger, self._say = bucket, ledger, say
        self.begun = now
        self._moment = Moment(at, now, bucket.lifecycle())
        order = {"bucket": bucket.name, "endpoint": bucket.endpoint, "prefix": prefix, "at": self._moment.at}
        self._parts = ledger.order(order, lambda: divide(bucket, prefix))

    def plan(self, out: IO[str] | None = None) -> Tally:
        """Count what would be done; every change, and every key that is lost, is written to ``out`` as a line of JSON."""
        lock = threading.Lock()

        def work(part: Part, stop: threading.Event) -> Tally:
            tally = Tally()
            for each in self._settled(part, tally):
                tally.add(each)
                if out is not None and each.deed is not Deed.KEEP:
                    with lock:
                        out.write(json.dumps(as_data(each), ensure_ascii=False) + "\n")
                if stop.is_set():
                    break
            return tally

        return over(with_new(self._bucket, self._parts), work, partial(self._tell, "planned"))

    def carry_out(self) -> Tally:
        """Do it; gives what was done, with what the store refused under ``refused``."""
        worker = Worker(self._bucket, self._ledger)

        def work(part: Part, stop: threading.Event) -> Tally:
            tally = Tally()
            worker.carry_out(part, self._settled(part, tally), tally, stop)
            return tally

        try:
            return over(with_new(self._bucket, self._parts), work, partial(self._tell, "rolled back"))
        finally:
            worker.close()

    def prove(self) -> Tally:
        """List everything again and judge every key; what is not as it was is under ``lost``, ``refused`` or ``changed``."""
        settle = partial(settled, self._bucket)

        def work(part: Part, _: threading.Event) -> Tally:
            tally, known = Tally(), Known(self._ledger.records(part.name))
            prove(self._plans(part, tally), settle, known, self._ledger.round, tally)
            return tally

        return over(with_new(self._bucket, self._parts), work, partial(self._tell, "proved"))

    def _plans(self, part: Part, tally: Tally) -> Iterator[Planned]:
        return plans(self._bucket, part, self._moment, tally.seen)

    def _settled(self, part: Part, tally: Tally) -> Iterator[Planned]:
        known = Known(self._ledger.records(part.name))
        for each in self._plans(part, tally):
            yield settled(self._bucket, each, known.of(each.key) if each.deed is Deed.COPY else None)

    def _tell(self, what: str, how_far: str) -> None:
        self._say(f"{what}: {how_far}")


def as_data(each: Planned) -> dict[str, Any]:
    """A key's plan as JSON."""
    told = asdict(each)
    return {name: told[name] for name in ("key", "deed", "why", "markers") if told[name]} | {
        "current": each.current.id,
        "wanted": each.wanted.id if each.wanted else None,
    }
