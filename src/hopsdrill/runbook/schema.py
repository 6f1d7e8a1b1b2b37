"""Values against the schemas of Kubernetes' kinds: the client's models for the built-in ones, packaged schemas for Velero's.

Kubernetes refuses fields it does not know when ``kubectl apply`` or ``create`` validates strictly, which is the default.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from hopsdrill.adapters.kube_models import Schema, definition
from hopsdrill.plan.strict_yaml import Route
from hopsdrill.runbook.manifest import dotted
from hopsdrill.runbook.shell import PLACEHOLDER


PRESERVES = "x-kubernetes-preserve-unknown-fields"
EITHER = "x-kubernetes-int-or-string"
TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
}
METADATA: Schema = {"$ref": "V1ObjectMeta"}


@dataclass(frozen=True)
class Problem:
    """Something a schema does not allow; ``shifted`` when indentation is what went wrong."""

    route: Route
    text: str
    shifted: bool = False


@cache
def velero_kinds() -> dict[str, Schema]:
    """Velero's kinds by ``apiVersion/Kind``; the metadata's schema is Kubernetes' own."""
    found: dict[str, Schema] = json.loads((Path(__file__).parent / "data" / "velero-crds.json").read_text())
    for schema in found.values():
        schema["properties"]["metadata"] = METADATA
    return found


def problems(value: Any, schema: Schema, route: Route = ()) -> Iterator[Problem]:
    """Everything about a value that its schema does not allow."""
    if "$ref" in schema:
        schema = definition(schema["$ref"])
    if value is None or _unknown_yet(value) or (schema.get(PRESERVES) and "properties" not in schema):
        return
    if schema.get(EITHER):
        if isinstance(value, (dict, list, bool)):
            yield Problem(route, f"{dotted(route)} must be a number or a text, not {_said(value)}")
    elif "type" in schema and not _fits(value, schema["type"]):
        yield Problem(route, f"{dotted(route)} must be {_article(schema['type'])}, not {_said(value)}")
    elif isinstance(value, dict):
        yield from _of_object(value, schema, route)
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from problems(each, schema.get("items", {}), (*route, index))
    elif "enum" in schema and value not in schema["enum"]:
        yield Problem(route, f"{dotted(route)} is {value!r}; allowed are {', '.join(map(str, schema['enum']))}")


def _of_object(value: dict[str, Any], schema: Schema, route: Route) -> Iterator[Problem]:
    fields: dict[str, Schema] = schema.get("properties", {})
    other = schema.get("additionalProperties")
    open_ended = schema.get(PRESERVES) or other is not None or not fields
    strange = [] if open_ended else [key for key in value if key not in fields]
    hollow = [key for key, each in value.items() if each is None and key in fields and _is_object(fields[key])]
    moved = [key for key in hollow if any(name in _fields(fields[key]) or strange for name in strange)]
    if moved and strange:
        empty = " and ".join(f"{dotted((*route, key))} is empty" for key in moved)
        where = dotted(route) or "the top level"
        yield Problem(
            (*route, moved[0]), f"{empty}; {', '.join(strange)} stand at {where} instead of below", shifted=True
        )
        strange = []
    for key in strange:
        yield Problem((*route, key), f"there is no field {dotted((*route, key))}; {_similar(key, list(fields))}")
    if not moved:
        for key in schema.get("required", []):
            if value.get(key) is None:
                yield Problem(route, f"{dotted((*route, key))} is missing")
    for key, each in value.items():
        if (*route, key) == ("status",):
            continue  # the cluster's to write; what a page shows of it is ignored
        yield from problems(each, fields.get(key) or (other if isinstance(other, dict) else {}), (*route, key))


def _fields(schema: Schema) -> dict[str, Schema]:
    found: dict[str, Schema] = (definition(schema["$ref"]) if "$ref" in schema else schema).get("properties", {})
    return found


def _is_object(schema: Schema) -> bool:
    return "$ref" in schema or schema.get("type") == "object"


def _unknown_yet(value: Any) -> bool:
    """A placeholder or a shell variable: what it becomes is not on the page."""
    return isinstance(value, str) and ("$" in value or bool(PLACEHOLDER.search(value)))


def _fits(value: Any, kind: str) -> bool:
    return isinstance(value, TYPES[kind]) and not (isinstance(value, bool) and kind != "boolean")


def _said(value: Any) -> str:
    if isinstance(value, (dict, list)):
        return "a mapping" if isinstance(value, dict) else "a list"
    return f"{str(value).lower() if isinstance(value, bool) else value}"


def _article(kind: str) -> str:
    return {"object": "a mapping", "array": "a list", "string": "a text (in quotes)", "integer": "a whole number"}.get(
        kind, f"a {kind}"
    )


def _similar(key: str, fields: list[str]) -> str:
    same = [each for each in fields if each.lower() == key.lower()]
    return f"did you mean {same[0]}?" if same else f"known here: {', '.join(sorted(fields)[:8])}"
