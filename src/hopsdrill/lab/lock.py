"""One `lab up` or `lab down` at a time."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from hopsdrill.core.clock import now, utc_text
from hopsdrill.core.errors import PreconditionError
from hopsdrill.core.paths import state_dir
from hopsdrill.lab.progress import Progress


WAIT_S = 1800.0  # a cold build takes about 20 minutes on two cores


@contextmanager
def exclusive(what: str, progress: Progress, *, wait_s: float = WAIT_S) -> Iterator[None]:
    """Hold ``<state_dir>/lab.lock``; waits for the holder and says who it is.

    The lock is the kernel's: it is gone when its holder is, however that ended.

    Raises:
        PreconditionError: it is still held after ``wait_s`` seconds.
    """
    state_dir().mkdir(parents=True, exist_ok=True)
    with (state_dir() / "lab.lock").open("a+") as file:
        _acquire(file, progress, time.monotonic() + wait_s)
        file.seek(0)
        file.truncate()
        file.write(f"`{what}`, process {os.getpid()}, since {utc_text(now().utc)}")
        file.flush()
        try:
            yield
        finally:
            file.seek(0)
            file.truncate()


def _acquire(file: IO[str], progress: Progress, deadline: float) -> None:
    told = False
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            holder = file.read() or "another process"
            if time.monotonic() >= deadline:
                msg = f"The lab is being changed by {holder}."
                raise PreconditionError(msg, hint="wait for it to end, or end it") from None
            if not told:
                progress.say(f"waiting: the lab is being changed by {holder}")
                told = True
            time.sleep(0.5)
        else:
            return
