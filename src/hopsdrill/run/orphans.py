"""Processes that a killed run left behind, found by the variable every child of a run inherits."""

import contextlib
import os
import signal
from pathlib import Path

from hopsdrill.core.wait import wait_for
from hopsdrill.run.execute import RUN_VARIABLE


def orphans(run_id: str) -> list[int]:
    """Process IDs of a run's children that are still there."""
    wanted = f"{RUN_VARIABLE}={run_id}".encode()
    found: list[int] = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and int(folder.name) != os.getpid():
            with contextlib.suppress(OSError):  # it ended meanwhile, or is another user's
                if wanted in (folder / "environ").read_bytes().split(b"\0"):
                    found.append(int(folder.name))
    return sorted(found)


def end(run_id: str) -> list[int]:
    """End a run's orphans; gives their process IDs.

    Raises:
        DeadlineExceeded: one does not end.
    """
    found = orphans(run_id)
    for pid in found:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    if found:
        wait_for(
            lambda: orphans(run_id), what="a killed run's processes to end", until=lambda left: not left, deadline=10
        )
    return found
