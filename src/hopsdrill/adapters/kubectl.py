"""kubectl, for what the lab does before and around the Kubernetes client: apply, read, ask the API server."""

import json
from pathlib import Path
from typing import Any

from hopsdrill.core.process import Completed, run


class Kubectl:
    """One cluster, always by its own file and context.

    Args:
        binary: the program.
        kubeconfig: a file that holds this cluster only.
        context: the context's name.
    """

    def __init__(self, binary: Path, kubeconfig: Path, context: str) -> None:
        self._head: list[str | Path] = [binary, "--kubeconfig", kubeconfig, "--context", context]

    def call(self, *words: str, timeout: float = 30, check: bool = True, input_text: str | None = None) -> Completed:
        """Run one kubectl command."""
        return run([*self._head, *words], timeout=timeout, check=check, input_text=input_text)

    def get(self, *words: str) -> Any:
        """``kubectl get ... -o json``, parsed."""
        return json.loads(self.call("get", *words, "-o", "json").stdout)

    def apply(self, manifest: str) -> None:
        """Create or update the objects of a manifest."""
        self.call("apply", "-f", "-", input_text=manifest)

    def cluster_uid(self) -> str:
        """UID of the namespace kube-system: the identity of the cluster, whatever it is called."""
        uid: str = self.get("namespace", "kube-system")["metadata"]["uid"]
        return uid
