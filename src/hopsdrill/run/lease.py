"""One run at a time on a cluster: a lock of the kernel's, gone when its holder is, however that ended."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from hopsdrill.core.errors import InterlockError
from hopsdrill.core.paths import state_dir


def _file(cluster: str) -> Path:
    folder = state_dir() / "leases"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{cluster}.lock"


def _taken(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def lease(cluster: str, holder: str) -> Iterator[None]:
    """Hold a cluster of the lab by its name: a run that loses its cluster and makes it anew holds it all the while.

    Raises:
        InterlockError: another run or clean-up holds it; says which.
    """
    with _file(cluster).open("a+") as file:
        if not _taken(file):
            file.seek(0)
            _, _, name = file.read().partition(" ")
            msg = f"The cluster is held by {name or 'another process'}."
            raise InterlockError(msg, hint="wait until it ends, or end it with `hopsdrill abort`")
        file.truncate(0)
        file.write(f"{os.getpid()} {holder}")
        file.flush()
        try:
            yield
        finally:
            file.truncate(0)


def holder(cluster: str) -> tuple[int, str] | None:
    """Process ID and name of whoever holds a cluster; None when it is free."""
    with _file(cluster).open("a+") as file:
        if _taken(file):
            return None
        file.seek(0)
        pid, _, name = file.read().partition(" ")
        return (int(pid), name) if pid.isdigit() else None
