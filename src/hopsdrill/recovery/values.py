"""Helm values: the profile's, filled in, with what a restore is asked for."""

import os
from pathlib import Path
from typing import Any

import yaml

from hopsdrill.site import Site


def filled(value: Any, names: dict[str, str]) -> Any:
    """Replace ``{name}`` in every text of a nested value."""
    if isinstance(value, dict):
        return {key: filled(each, names) for key, each in value.items()}
    if isinstance(value, list):
        return [filled(each, names) for each in value]
    if isinstance(value, str):
        for name, text in names.items():
            value = value.replace("{" + name + "}", text)
    return value


def set_path(values: dict[str, Any], path: str, value: object) -> None:
    """Set ``a.b.c`` in nested dictionaries, making those that are missing."""
    *folders, last = path.split(".")
    for folder in folders:
        values = values.setdefault(folder, {})
    values[last] = value


def at_path(values: dict[str, Any], path: str) -> Any:
    """What stands at ``a.b.c`` in nested dictionaries; None where nothing does."""
    found: Any = values
    for name in path.split("."):
        found = found.get(name) if isinstance(found, dict) else None
    return found


def platform_values(site: Site) -> dict[str, Any]:
    """What every install and upgrade of the release is given."""
    ref = site.store.ref
    names = {
        "endpoint": ref.internal_endpoint,
        "bucket": ref.bucket,
        "region": ref.region,
        "schedule": site.schedule,
    }
    made: dict[str, Any] = filled(site.profile.values, names)
    return made


def write(site: Site, name: str, values: dict[str, Any]) -> Path:
    """Write a values file that only its owner may read; its text is evidence."""
    path = site.scratch / f"{name}.yaml"
    text = yaml.safe_dump(values, sort_keys=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    site.recorder.keep(f"{name}.yaml", text)
    return path
