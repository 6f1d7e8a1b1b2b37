"""Velero's own command line: installing and uninstalling."""

from collections.abc import Callable, Sequence
from pathlib import Path

from hopsdrill.core.process import Completed, run


UNINSTALL_S = 180.0


class VeleroCli:
    """The velero program against one cluster.

    Args:
        binary: the program.
        kubeconfig: a file that holds this cluster only.
        context: the context's name.
        guard: called before each change; raises when the cluster may not be changed.
    """

    def __init__(self, binary: Path, kubeconfig: Path, context: str, *, guard: Callable[[], None]) -> None:
        self._head: list[str | Path] = [binary, "--kubeconfig", kubeconfig, "--kubecontext", context]
        self._guard = guard

    def install(self, flags: Sequence[str], *, timeout: float) -> Completed:
        """``velero install`` with these flags; the caller judges the exit code, for a refusal may be what is wanted.

        Raises:
            DeadlineExceeded: it did not end in time, as when it waits for a server that does not start.
        """
        self._guard()
        return run([*self._head, "install", *flags], timeout=timeout, check=False)

    def uninstall(self, namespace: str) -> None:
        """Remove Velero with its namespace, its kinds, and so with every object of them; returns when they are gone.

        Raises:
            OperationError, DeadlineExceeded: velero's last words are in the message.
        """
        self._guard()
        run([*self._head, "uninstall", "--force", "--namespace", namespace], timeout=UNINSTALL_S)
