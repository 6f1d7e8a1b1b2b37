"""Small readings and makings of Kubernetes objects that several layers need."""

import base64
from collections.abc import Mapping
from typing import Any


def decoded(secret: dict[str, Any]) -> dict[str, str]:
    """A Secret's data as text, base64 removed."""
    return {key: base64.b64decode(value).decode(errors="replace") for key, value in (secret.get("data") or {}).items()}


def job_end(job: dict[str, Any] | None) -> str:
    """``complete``, ``failed``, ``running`` or ``absent``, by the Job's own conditions."""
    if job is None:
        return "absent"
    conditions = job.get("status", {}).get("conditions", [])
    held = {each["type"] for each in conditions if each["status"] == "True"}
    if "Complete" in held:
        return "complete"
    return "failed" if "Failed" in held else "running"


def secret(name: str, namespace: str, data: Mapping[str, str]) -> dict[str, Any]:
    """An opaque Secret that holds these texts."""
    encoded = {key: base64.b64encode(value.encode()).decode() for key, value in data.items()}
    meta = {"name": name, "namespace": namespace}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": meta, "type": "Opaque", "data": encoded}
