"""kind: clusters whose nodes are containers."""

from pathlib import Path

from hopsdrill.adapters.docker import Docker
from hopsdrill.core.process import run


class Kind:
    """The kind program against one engine.

    Args:
        binary: the program.
        docker: the engine its nodes run on.
    """

    def __init__(self, binary: Path, docker: Docker) -> None:
        self.binary, self.docker = binary, docker

    def clusters(self) -> list[str]:
        """Names of the engine's clusters."""
        done = run([self.binary, "get", "clusters", "-q"], timeout=30, env=self.docker.environment())
        return done.stdout.split()

    def create(self, name: str, config: str, kubeconfig: Path, *, timeout: float = 300) -> None:
        """Create a cluster; returns when its API server answers, before its node and pods are ready.

        Raises:
            OperationError: kind's last words are in the message; the half-made node is removed by kind.
        """
        # no --wait: what comes next can be installed while the node gets ready, and the caller waits for all of it
        words = ["create", "cluster", "--name", name, "--config", "-", "--kubeconfig", str(kubeconfig), "-q"]
        run([self.binary, *words], timeout=timeout, env=self.docker.environment(), input_text=config)

    def delete(self, name: str, kubeconfig: Path) -> None:
        """Delete a cluster; nothing happens when there is none of that name."""
        words = ["delete", "cluster", "--name", name, "--kubeconfig", str(kubeconfig), "-q"]
        run([self.binary, *words], timeout=120, env=self.docker.environment())

    def load(self, name: str, reference: str) -> None:
        """Put an image of the engine into a running cluster's nodes."""
        run(
            [self.binary, "load", "docker-image", "--name", name, reference], timeout=300, env=self.docker.environment()
        )
