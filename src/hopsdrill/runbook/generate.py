"""The packaged data: what the pinned programs say of themselves. ``python -m hopsdrill.runbook.generate`` writes it anew.

``commands.json``: every command of kubectl, helm and velero with its flags, from their ``--help``.
``velero-crds.json``: the schemas of Velero's kinds, from ``velero install --crds-only --dry-run -o yaml``.
Both need the lab's programs (``hopsdrill lab up`` builds them); a test compares the data with them where they are.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from hopsdrill.core.files import put
from hopsdrill.core.process import run
from hopsdrill.lab import program


DATA = Path(__file__).parent / "data"
COMMANDS, KINDS = "commands.json", "velero-crds.json"
PROGRAMS = ("kubectl", "helm", "velero")
DEEPEST = 5  # words of a command
# "  -f, --filename=[]:" of kubectl, and "  -f, --values strings   words" of the others
KUBECTL_FLAG = re.compile(r"^ +(?:-(\w), )?--([\w-]+)=(.*):$", re.MULTILINE)
COBRA_FLAG = re.compile(r"^ +(?:-(\w), )?--([\w-]+)(?: ([\w/]+))?(\[=[^\]]*\])?(?: {2,}|$)", re.MULTILINE)
SUBCOMMAND = re.compile(r"^  ([a-z][\w-]*) {2,}\S", re.MULTILINE)
# flags that take a value only after "=", which kubectl's help does not show; source: NoOptDefVal in k8s.io/kubectl
ONLY_WITH_EQUALS = frozenset({"dry-run", "cascade", "validate"})
KEPT = frozenset(
    {"type", "properties", "items", "additionalProperties", "required", "enum"}
    | {"x-kubernetes-preserve-unknown-fields", "x-kubernetes-int-or-string"}
)


def commands(name: str) -> dict[str, dict[str, bool]]:
    """Every command of a program, as ``words``: flags, each with whether the next word is its value."""
    binary = program(name)
    shared = _flags(_help(binary, ["options"])) if name == "kubectl" else {}
    return {words: {**shared, **flags} for words, flags in _walk(binary, [])}


def velero_kinds() -> dict[str, Any]:
    """``apiVersion/Kind``: schema without its descriptions."""
    told = run([program("velero"), "install", "--crds-only", "--dry-run", "-o", "yaml"], timeout=60).stdout
    found = {}
    for item in yaml.safe_load(told)["items"]:
        for version in item["spec"]["versions"]:
            name = f"{item['spec']['group']}/{version['name']}/{item['spec']['names']['kind']}"
            found[name] = _bare(version["schema"]["openAPIV3Schema"])
    return dict(sorted(found.items()))


def commands_text() -> str:
    """What belongs into ``commands.json``."""
    return json.dumps({name: commands(name) for name in PROGRAMS}, indent=0, sort_keys=True) + "\n"


def kinds_text() -> str:
    """What belongs into ``velero-crds.json``."""
    return json.dumps(velero_kinds(), indent=0, sort_keys=True) + "\n"


def _help(binary: Path, words: list[str]) -> str:
    return run([binary, *words, "--help"] if words != ["options"] else [binary, "options"], timeout=30).stdout


def _walk(binary: Path, words: list[str]) -> Iterator[tuple[str, dict[str, bool]]]:
    told = _help(binary, words)
    yield " ".join(words), _flags(told)
    listed = re.findall(r"Commands[^\n]*:\n((?:  +\S[^\n]*\n)+)", told)
    for name in SUBCOMMAND.findall("".join(listed)):
        if len(words) < DEEPEST and name not in {"help", "completion", *words}:
            yield from _walk(binary, [*words, name])


def _flags(told: str) -> dict[str, bool]:
    found: dict[str, bool] = {}
    for short, long, default in KUBECTL_FLAG.findall(told):
        takes = default not in {"true", "false"} and long not in ONLY_WITH_EQUALS
        found |= {f"--{long}": takes} | ({f"-{short}": takes} if short else {})
    for short, long, kind, optional in COBRA_FLAG.findall(told):
        takes = bool(kind) and not optional
        if f"--{long}" not in found:
            found |= {f"--{long}": takes} | ({f"-{short}": takes} if short else {})
    return found


def _bare(schema: Any) -> Any:
    if not isinstance(schema, dict):
        return schema
    kept = {key: value for key, value in schema.items() if key in KEPT}
    if isinstance(kept.get("properties"), dict):
        kept["properties"] = {name: _bare(each) for name, each in kept["properties"].items()}
    return {key: value if key == "properties" else _bare(value) for key, value in kept.items()}


if __name__ == "__main__":
    put(DATA / COMMANDS, commands_text())
    put(DATA / KINDS, kinds_text())
