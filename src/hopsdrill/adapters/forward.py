"""A port on a loopback address that leads to a Service's pod, for clients that bring their own sockets."""

import fcntl
import socket
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import IO

from hopsdrill.core.paths import state_dir
from hopsdrill.core.process import running
from hopsdrill.core.wait import wait_for


READY_S = 30.0
FREE_S = 120.0  # a broker tells its clients one fixed address; another cluster's drill may hold it for this long
SAID = "Forwarding from "


class Forwarder:
    """``kubectl port-forward`` for one cluster.

    Args:
        binary: kubectl.
        kubeconfig: a file that holds this cluster only.
        context: the context's name inside that file.
    """

    def __init__(self, binary: Path, kubeconfig: Path, context: str) -> None:
        self._head = [str(binary), "--kubeconfig", str(kubeconfig), "--context", context]

    @contextmanager
    def to(self, service: str, namespace: str, port: int, *, bind: str = "127.0.0.1:0") -> Iterator[tuple[str, int]]:
        """Lead ``bind`` (address and port, 0 for a free one) to a Service's port; gives where it listens.

        ``service`` may also be ``pod/<name>``. A fixed port that is taken is waited for.

        Raises:
            OperationError: no such Service, or no pod behind it; kubectl's words are in the message.
            DeadlineExceeded: the local port stayed taken.
        """
        address, _, local = bind.rpartition(":")
        name = service if "/" in service else f"service/{service}"
        turn = _turn(bind) if local.strip("0") else nullcontext()
        words = [
            "port-forward",
            "--namespace",
            namespace,
            "--address",
            address,
            name,
            f"{local.strip('0') and local}:{port}",
        ]
        with turn, running([*self._head, *words], ready=lambda line: line.startswith(SAID), timeout=READY_S) as line:
            told = line.removeprefix(SAID).partition(" ")[0]
            yield address, int(told.rpartition(":")[2])


@contextmanager
def _turn(bind: str) -> Iterator[None]:
    """Have a fixed address for oneself: between threads and drills by a lock, which is gone with its holder, then until nobody listens.

    Raises:
        DeadlineExceeded: it stayed taken.
    """
    state_dir().mkdir(parents=True, exist_ok=True)
    address, _, port = bind.rpartition(":")
    with (state_dir() / f"forward-{bind.replace(':', '-')}.lock").open("w") as file:
        for state in (lambda: _locked(file), lambda: _free(address, int(port))):
            wait_for(state, what=f"{bind} to be free", until=bool, deadline=FREE_S)
        yield


def _locked(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _free(address: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError:
            return False
    return True
