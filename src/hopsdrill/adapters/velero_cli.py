"""Velero's own command line: installing, and reading logs as evidence."""

from pathlib import Path

from hopsdrill.core.process import run


RESOURCES = ("velero-pod-cpu", "velero-pod-mem", "node-agent-pod-cpu", "node-agent-pod-mem")


class VeleroCli:
    """The velero program against one cluster.

    Args:
        binary: the program.
        kubeconfig: a file that holds this cluster only.
        context: the context's name.
    """

    def __init__(self, binary: Path, kubeconfig: Path, context: str) -> None:
        self._head: list[str | Path] = [binary, "--kubeconfig", kubeconfig, "--kubecontext", context]

    def install(self, image: str, plugin: str) -> None:
        """Install server and node agent without a backup location, without requests or limits.

        Raises:
            OperationError: velero's last words are in the message.
        """
        # --provider must stay away when no location is made; --wait would add ten seconds
        words = ["install", "--image", image, "--plugins", plugin, "--no-default-backup-location", "--no-secret"]
        words += ["--use-volume-snapshots=false", "--use-node-agent"]
        words += [f"--{part}-{bound}=0" for part in RESOURCES for bound in ("request", "limit")]
        run([*self._head, *words], timeout=120)
