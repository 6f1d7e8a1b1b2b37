"""The container engine, through its own command line."""

import json
from collections.abc import Sequence
from pathlib import Path

from hopsdrill.core.errors import OperationError, PreconditionError
from hopsdrill.core.process import Completed, run, which


KEY_LABEL = "hopsdrill.key"  # digest of everything an image was made from


class Docker:
    """One engine, by the address of its socket.

    Args:
        host: such as ``unix:///run/docker.sock``.
    """

    def __init__(self, host: str) -> None:
        self.host = host
        self.binary = which("docker")

    def environment(self) -> dict[str, str]:
        """What other programs need to reach the same engine; the classic builder works on every engine."""
        return {"DOCKER_HOST": self.host, "DOCKER_BUILDKIT": "0", "DOCKER_CLI_HINTS": "false"}

    def call(
        self, *words: str | Path, timeout: float = 60, check: bool = True, input_text: str | None = None
    ) -> Completed:
        """Run one docker command."""
        return run([self.binary, *words], timeout=timeout, env=self.environment(), check=check, input_text=input_text)

    def version(self) -> str:
        """The engine's version.

        Raises:
            PreconditionError: no engine answers at this address.
        """
        answer = self.call("version", "--format", "{{.Server.Version}}", timeout=10, check=False)
        if answer.returncode != 0:
            msg = f"No container engine answers at {self.host}: {answer.stderr.strip()[-300:]}"
            raise PreconditionError(msg, hint="hopsdrill lab up starts one of its own")
        return answer.stdout.strip()

    def image_key(self, reference: str) -> str | None:
        """The key an image was built under, or None when it is not there."""
        answer = self.call(
            "image", "inspect", "--format", f'{{{{index .Config.Labels "{KEY_LABEL}"}}}}', reference, check=False
        )
        return answer.stdout.strip() if answer.returncode == 0 else None

    def image_id(self, reference: str) -> str | None:
        """The image's own digest, or None when it is not there."""
        answer = self.call("image", "inspect", "--format", "{{.Id}}", reference, check=False)
        return answer.stdout.strip() if answer.returncode == 0 else None

    def image_size(self, reference: str) -> int:
        """Bytes of an image; 0 when it is not there."""
        answer = self.call("image", "inspect", "--format", "{{.Size}}", reference, check=False)
        return int(answer.stdout) if answer.returncode == 0 else 0

    def pull(self, reference: str, *, timeout: float) -> None:
        """Fetch an image from its registry.

        Raises:
            OperationError: the registry refuses, or does not answer in time.
        """
        self.call("pull", "-q", reference, timeout=timeout)

    def image_digest(self, reference: str) -> str:
        """The digest an image has in the registry it came from; empty when it came from none."""
        answer = self.call("image", "inspect", "--format", '{{join .RepoDigests " "}}', reference, check=False)
        name = reference.rpartition(":")[0]
        found = [part.partition("@")[2] for part in answer.stdout.split() if part.partition("@")[0] == name]
        return found[0] if found else ""

    def build(self, context: Path, reference: str, key: str) -> None:
        """Build a folder with a Dockerfile into an image that carries its key."""
        self.call("build", "-q", "--label", f"{KEY_LABEL}={key}", "-t", reference, context, timeout=600)

    def save(self, references: Sequence[str], archive: Path) -> None:
        """Write images into one tar file."""
        self.call("save", "-o", archive, *references, timeout=600)

    def containers(self, *, label: str) -> list[str]:
        """Names of all containers, running or not, that carry a label."""
        answer = self.call("ps", "-a", "--filter", f"label={label}", "--format", "{{.Names}}")
        return sorted(answer.stdout.split())

    def inspect_container(self, name: str) -> dict[str, object] | None:
        """What the engine knows of a container, or None when there is none of that name."""
        answer = self.call("container", "inspect", name, check=False)
        if answer.returncode != 0:
            return None
        found: list[dict[str, object]] = json.loads(answer.stdout)
        return found[0]

    def remove_container(self, name: str) -> None:
        """Remove a container and its anonymous volumes, running or not."""
        self.call("rm", "-f", "-v", name, check=False)

    def remove_image(self, reference: str) -> None:
        """Remove an image's name, and the image when it was its last."""
        self.call("rmi", "-f", reference, check=False)

    def prune_images(self) -> None:
        """Remove images of ours that have lost their name to a newer build and that no container uses."""
        self.call("image", "prune", "--force", "--filter", f"label={KEY_LABEL}", timeout=300)

    def shell(self, container: str, script: str, *, timeout: float = 300) -> str:
        """Run a shell script in a container; returns what it printed.

        Raises:
            OperationError: it ended with another code than 0.
        """
        return self.call("exec", container, "bash", "-ec", script, timeout=timeout).stdout

    def networks(self) -> list[str]:
        """Names of the engine's networks."""
        return self.call("network", "ls", "--format", "{{.Name}}").stdout.split()

    def network_subnet(self, name: str) -> str:
        """IPv4 subnet of a network."""
        text = self.call("network", "inspect", "--format", "{{range .IPAM.Config}}{{.Subnet}} {{end}}", name).stdout
        subnets = [part for part in text.split() if "." in part]
        if not subnets:
            msg = f"The docker network {name!r} has no IPv4 subnet."
            raise OperationError(msg, hint=f"remove it (docker network rm {name}); lab up makes it anew")
        return subnets[0]
