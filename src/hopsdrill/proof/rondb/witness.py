"""A pod of ours beside the data nodes: it sees their data directories empty between the shutdown and the load."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hopsdrill.adapters.kube import Kube
from hopsdrill.core.clock import parse_utc
from hopsdrill.core.wait import wait_for
from hopsdrill.model.profile import Profile


MOUNT = "/volumes"
LONGEST_S = 3600  # the pod ends by itself after this, whatever becomes of the drill
READY_S = 60.0
LINE = re.compile(r"^(?P<at>\S+) (?P<node>\d+) (?P<entries>-?\d+)$", re.MULTILINE)

# Prints a line only when the number of entries of a directory changes; -1 while the directory is not there.
LOOP = """
while :; do
  for node in $NODES; do
    folder=$(eval echo \\$FOLDER_$node)
    if [ -d "$folder" ]; then seen=$(ls -A "$folder" | wc -l); else seen=-1; fi
    [ "$(eval echo \\$LAST_$node)" = "$seen" ] || { eval LAST_$node=$seen; echo "$node $seen"; }
  done
  sleep 0.05
done
"""


@dataclass(frozen=True)
class Seen:
    """A directory's number of entries, as of a moment (the container runtime's clock); -1: the directory is not there."""

    at: datetime
    node: int
    entries: int


class Witness:
    """Watches while it runs.

    Args:
        kube: the cluster; a changing verb is used, so it must be the lab's own.
        profile: names volumes, nodes and the image.
        run_id: goes into the pod's labels.
    """

    def __init__(self, kube: Kube, profile: Profile, run_id: str) -> None:
        self._kube, self._profile, self._run_id = kube, profile, run_id
        self.name = "hopsdrill-witness"

    def start(self) -> None:
        """Start the pod; returns when it has reported every directory once.

        Raises:
            DeadlineExceeded: it did not within a minute.
        """
        self._kube.create(self.manifest())
        nodes = set(self._profile.rondb.node_ids)
        wait_for(
            lambda: {each.node for each in self.observations()},
            what="the witness to see every data directory",
            until=lambda seen: seen >= nodes,
            deadline=READY_S,
        )

    def observations(self) -> list[Seen]:
        """Everything it has reported so far; nothing while its container is not running."""
        pod = self._kube.get("v1/Pod", self.name, self._profile.namespace)
        if pod is None or pod.get("status", {}).get("phase") in {None, "Pending"}:
            return []
        return parse(self._kube.logs(self.name, self._profile.namespace, timestamps=True))

    def stop(self) -> None:
        """Remove the pod at once."""
        self._kube.delete("v1/Pod", self.name, self._profile.namespace, grace=0)

    def manifest(self) -> dict[str, Any]:
        """The pod: volumes mounted read-only, no rights, an end of its own."""
        rondb = self._profile.rondb
        nodes = list(zip(rondb.node_ids, rondb.volume_claims, strict=True))
        env = [{"name": "NODES", "value": " ".join(str(node) for node, _ in nodes)}]
        env += [
            {"name": f"FOLDER_{node}", "value": f"{MOUNT}/{node}/{rondb.data_path.format(node=node)}"}
            for node, _ in nodes
        ]
        container = {
            "name": "witness",
            "image": self._profile.witness_image,
            "imagePullPolicy": "IfNotPresent",
            "command": ["/bin/busybox", "sh", "-c", LOOP],
            "env": env,
            "resources": {"requests": {"cpu": "10m", "memory": "8Mi"}, "limits": {"memory": "32Mi"}},
            "securityContext": {
                "allowPrivilegeEscalation": False,
                "readOnlyRootFilesystem": True,
                "capabilities": {"drop": ["ALL"]},
            },
            "volumeMounts": [
                {"name": f"node-{node}", "mountPath": f"{MOUNT}/{node}", "readOnly": True} for node, _ in nodes
            ],
        }
        spec = {
            "restartPolicy": "Never",
            "activeDeadlineSeconds": LONGEST_S,
            "terminationGracePeriodSeconds": 0,
            "automountServiceAccountToken": False,
            "securityContext": {
                "runAsNonRoot": True,
                "runAsUser": 1000,
                "runAsGroup": 1000,
                "seccompProfile": {"type": "RuntimeDefault"},
            },
            "containers": [container],
            "volumes": [
                {"name": f"node-{node}", "persistentVolumeClaim": {"claimName": claim}} for node, claim in nodes
            ],
        }
        meta = {"name": self.name, "namespace": self._profile.namespace, "labels": {"hopsdrill.io/run": self._run_id}}
        return {"apiVersion": "v1", "kind": "Pod", "metadata": meta, "spec": spec}


def parse(log: str) -> list[Seen]:
    """Read the witness's log with the runtime's timestamps, which have nanoseconds."""
    return [
        Seen(parse_utc(_micro(found["at"])), int(found["node"]), int(found["entries"])) for found in LINE.finditer(log)
    ]


def _micro(stamp: str) -> str:
    return re.sub(r"(\.\d{6})\d+", r"\1", stamp)


def emptied(
    seen: Sequence[Seen], nodes: Sequence[int], after: datetime, before: datetime
) -> dict[int, datetime | None]:
    """When each node's directory was first seen empty within a span, having held something before and something later.

    A directory that was empty all along proves nothing, and so does one that was never filled again.
    """
    return {node: _emptied([each for each in seen if each.node == node], after, before) for node in nodes}


def _emptied(seen: Sequence[Seen], after: datetime, before: datetime) -> datetime | None:
    for index, each in enumerate(seen):
        full_before = any(earlier.entries > 0 for earlier in seen[:index])
        full_later = any(later.entries > 0 for later in seen[index + 1 :])
        if each.entries == 0 and after <= each.at <= before and full_before and full_later:
            return each.at
    return None
