"""What a person sees of long work: the step, how far, how long so far, what is left."""

import json
import shutil
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO


BEAT_S = 10.0  # a line at least this often while a step runs, so that a log shows life


def span(seconds: float) -> str:
    """``7 s``, ``3 min 05 s``."""
    whole = round(seconds)
    return f"{whole} s" if whole < 100 else f"{whole // 60} min {whole % 60:02d} s"  # noqa: PLR2004


class Progress:
    """Writes one line per step and a heartbeat inside it; keeps a JSON record of each step.

    Args:
        total: expected steps.
        left_s: what is expected to remain, in seconds; steps take their share off it.
        records: file that gets one JSON line a step; None keeps none.
        disk: folder on the disk whose use is watched.
        stream: where lines go; standard error, because standard output is for data.
    """

    def __init__(
        self, total: int, left_s: float, *, records: Path | None, disk: Path, stream: TextIO | None = None
    ) -> None:
        self._stream = stream or sys.stderr
        self._total, self._left, self._number = total, left_s, 0
        self._records, self._disk = records, disk
        self._start = time.monotonic()
        self._free = shutil.disk_usage(disk).free
        self.peak_bytes = 0
        self._detail = ""

    def say(self, text: str) -> None:
        """Write a line."""
        print(text, file=self._stream, flush=True)

    def detail(self, text: str) -> None:
        """What the running step is at; shown with the next heartbeat."""
        self._detail = text

    def watch_disk(self) -> None:
        """Remember the most disk used since the start."""
        self.peak_bytes = max(self.peak_bytes, self._free - shutil.disk_usage(self._disk).free)

    @contextmanager
    def step(self, title: str, *, expected_s: float = 1.0) -> Iterator[None]:
        """Show a step while its body runs, and how long it took."""
        self._number += 1
        self._detail = ""
        head = f"[{self._number:>2}/{self._total}] {title}"
        left = f", about {span(self._left)} left in all" if self._left > BEAT_S else ""
        self.say(f"{head} (so far {span(time.monotonic() - self._start)}{left})")
        started, done = time.monotonic(), threading.Event()
        beat = threading.Thread(target=self._beat, args=(title, started, expected_s, done), daemon=True)
        beat.start()
        try:
            yield
        finally:
            done.set()
            beat.join()
            self.watch_disk()
            self._left = max(0.0, self._left - expected_s)
        self._record(title, time.monotonic() - started)

    def _beat(self, title: str, started: float, expected_s: float, done: threading.Event) -> None:
        while not done.wait(BEAT_S):
            self.watch_disk()
            spent = time.monotonic() - started
            share = f" of about {span(expected_s)}" if expected_s > BEAT_S else ""
            self.say(f"        ... {title}: {span(spent)}{share}{'; ' + self._detail if self._detail else ''}")

    def _record(self, title: str, seconds: float) -> None:
        if seconds >= 1:
            self.say(f"        {span(seconds)}")
        if self._records is not None:
            self._records.parent.mkdir(parents=True, exist_ok=True)
            line = {"step": title, "wall_s": round(seconds, 2), "peak_bytes": self.peak_bytes}
            with self._records.open("a") as records:
                records.write(json.dumps(line, sort_keys=True) + "\n")
