"""What the Kubernetes client knows of the built-in kinds: which there are, and the fields of each, as JSON schema.

A reference (``{"$ref": "V1PodSpec"}``) is followed by :func:`definition`. Read from the client's generated models, so that the
kinds are those of the client's release; the cluster has the last word.
"""

import re
from functools import cache
from typing import Any

from kubernetes import client
from kubernetes.client import models


Schema = dict[str, Any]
PLAIN: dict[str, Schema] = {
    "str": {"type": "string"},
    "bytes": {"type": "string"},
    "datetime": {"type": "string"},
    "date": {"type": "string"},
    "int": {"type": "integer"},
    "float": {"type": "number"},
    "bool": {"type": "boolean"},
    "object": {"x-kubernetes-preserve-unknown-fields": True},
}
# Quantities may be written as numbers, though the client calls them "str"; source: Kubernetes' API reference, Quantity
QUANTITIES = frozenset(
    {
        "allocatable",
        "capacity",
        "default",
        "defaultRequest",
        "hard",
        "limits",
        "max",
        "maxLimitRequestRatio",
        "min",
        "requests",
        "sizeLimit",
        "used",
    }
)
QUANTITY: Schema = {"x-kubernetes-int-or-string": True}
NESTED = re.compile(r"(?:Dict\[str, |dict\(str, |List\[|list\[)(.+)[\])]")


def is_built_in(api_version: str) -> bool:
    """Whether a group belongs to Kubernetes itself: it has no dot, or it ends with ``.k8s.io`` and the client knows it."""
    group, _, _ = api_version.rpartition("/")
    return "." not in group or any(_api(group, version) for version in ("V1", "V2", "V1beta1", "V1alpha1"))


def kind_of(api_version: str, kind: str) -> tuple[str, bool] | None:
    """The model's name of a kind, and whether it lives in a namespace; None when there is no such kind in that version."""
    group, _, version = api_version.rpartition("/")
    api = _api(group, version.title().replace("Beta", "beta").replace("Alpha", "alpha"))
    words = _underscored(kind)
    for prefix, namespaced in (("create_namespaced_", True), ("create_", False)):
        if api is not None and hasattr(api, prefix + words):
            name = version[:1].upper() + version[1:] + kind
            return (name, namespaced) if hasattr(models, name) else None
    return None


@cache
def definition(name: str) -> Schema:
    """A model's fields as JSON schema."""
    model = getattr(models, name)
    names: dict[str, str] = model.attribute_map
    fields = {names[own]: _field(names[own], kind) for own, kind in model.openapi_types.items()}
    known = getattr(model, "model_fields", {})
    required = [names[own] for own, field in known.items() if own in names and field.is_required()]
    return {"type": "object", "properties": fields, "required": required}


def _field(name: str, kind: str) -> Schema:
    if name in QUANTITIES and kind in {"str", "Dict[str, str]", "dict(str, str)"}:
        return QUANTITY if kind == "str" else {"type": "object", "additionalProperties": QUANTITY}
    return _schema(kind)


def _schema(kind: str) -> Schema:
    if kind in PLAIN:
        return PLAIN[kind]
    nested = NESTED.fullmatch(kind)
    if nested is None:
        return {"$ref": kind} if hasattr(models, kind) else {"x-kubernetes-preserve-unknown-fields": True}
    if kind.lower().startswith("list"):
        return {"type": "array", "items": _schema(nested[1])}
    return {"type": "object", "additionalProperties": _schema(nested[1])}


def _api(group: str, version: str) -> Any:
    """The client's class for a group and version: ``rbac.authorization.k8s.io`` and ``V1`` give ``RbacAuthorizationV1Api``."""
    parts = group.removesuffix(".k8s.io").split(".") if group else ["core"]
    return getattr(client, "".join(part[:1].upper() + part[1:] for part in parts) + version + "Api", None)


def _underscored(kind: str) -> str:
    words = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", kind)
    return re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", words).lower()
