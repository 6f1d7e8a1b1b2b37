"""SIGINT and SIGTERM: both end a run the same way, by teardown and a report; a second one ends the teardown."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


HANDLED = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def noted() -> Iterator[list[int]]:
    """Turn the two signals into KeyboardInterrupt, and note them in the list this gives."""
    seen: list[int] = []

    def handle(signum: int, frame: FrameType | None) -> None:
        del frame
        seen.append(signum)
        raise KeyboardInterrupt

    # set outright: a process started in the background by a shell inherits SIGINT ignored
    before = {signum: signal.signal(signum, handle) for signum in HANDLED}
    try:
        yield seen
    finally:
        for signum, handler in before.items():
            signal.signal(signum, handler)
