"""Watching Kubernetes: a bell that rings when an object of some kinds in a namespace changes. Whoever hears it looks for himself.

What a watch says is not used, only that it says something: so that a watch which is lost, or was never opened, makes nobody
wrong, only slower by the interval at which he looks anyway.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from kubernetes.client.rest import ApiException
from kubernetes.dynamic.exceptions import DynamicApiError, ResourceNotFoundError, ResourceNotUniqueError
from urllib3.exceptions import HTTPError


RENEWED_S = 240  # after which the API server ends a watch, so that a dead connection is not listened to for ever
PATIENCE = (5, RENEWED_S + 10)  # seconds to connect and to read
AGAIN_S = 1.0  # after a watch broke
JOIN_S = 5.0
CHUNK = 1 << 16  # bytes; the API server sends a change as a chunk of its own

Open = Callable[[], Any]  # opens a watch: urllib3's response, not yet read


class KubeBell:
    """Rings at every line of the watches that were opened for it."""

    def __init__(self) -> None:
        self._rung = threading.Event()

    def ring(self) -> None:
        """Something may have changed."""
        self._rung.set()

    def wait(self, seconds: float) -> None:
        """Return when it has rung since the last call, at the latest after ``seconds``."""
        self._rung.wait(seconds)
        self._rung.clear()


class _Listener(threading.Thread):
    def __init__(self, opened: Open, bell: KubeBell) -> None:
        super().__init__(name="kube-watch", daemon=True)
        self._open, self._bell = opened, bell
        self._ended = threading.Event()
        self._answer: Any = None

    def run(self) -> None:
        while not self._ended.is_set():
            with suppress(
                ApiException, DynamicApiError, ResourceNotFoundError, ResourceNotUniqueError, HTTPError, OSError
            ):
                self._listen()
            self._bell.ring()  # a watch that ended may have missed something
            self._ended.wait(AGAIN_S)

    def _listen(self) -> None:
        answer = self._answer = self._open()
        try:
            # without a resource version it begins with all objects there are, so that no change before it is missed
            for _ in answer.stream(CHUNK) if not self._ended.is_set() else ():
                self._bell.ring()
        finally:
            answer.close()

    def end(self) -> None:
        self._ended.set()
        if self._answer is not None:
            with suppress(ValueError, RuntimeError, OSError, AttributeError):  # it has just ended by itself
                self._answer.shutdown()
        self.join(timeout=JOIN_S)


@contextmanager
def listening(opened: list[Open]) -> Iterator[KubeBell]:
    """A bell that rings for some watches, as long as the ``with`` lasts."""
    bell = KubeBell()
    listeners = [_Listener(each, bell) for each in opened]
    for each in listeners:
        each.start()
    try:
        yield bell
    finally:
        for each in listeners:
            each.end()
