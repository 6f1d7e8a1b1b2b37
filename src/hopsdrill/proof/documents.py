"""The search engine's content: every document, mapping, alias and setting, and whether all shards serve."""

import re
from collections.abc import Iterator
from typing import Any

from hopsdrill.adapters.search import Search
from hopsdrill.core.canary import INDEX
from hopsdrill.model.profile import OpenSearchProfile
from hopsdrill.proof.key import Key
from hopsdrill.proof.prints import Prints, printed


# Settings of an index that are left out of every comparison, and why; printed in the documentation.
VOLATILE = {
    "settings.creation_date": "the engine stamps each index it makes",
    "settings.history_uuid": "the engine begins a new history with each restore",
    "settings.provided_name": "stands in the index's title",
    "settings.uuid": "an index made anew has another",
    "settings.version": "which engine made it, and which restored it",
}


def read(search: Search, profile: OpenSearchProfile, key: Key) -> Prints:
    """Read everything of every index that is neither the engine's own nor the drill's canaries'.

    Raises:
        OperationError: the engine or one of its shards does not answer.
    """
    found: Prints = {}
    for index, what in sorted(search.indices().items()):
        if re.fullmatch(profile.system_indices, index) or index == INDEX:  # canaries are accounted for one by one
            continue
        found[f"index {index}"] = printed(_shape(what), key)
        for document in search.documents(index):
            found[f"document {index}/{document['_id']}"] = printed(document["_source"], key)
    return found


def _shape(index: dict[str, Any]) -> dict[str, Any]:
    shape = {name: index.get(name, {}) for name in ("mappings", "aliases")} | {"settings": index["settings"]["index"]}
    return {path: value for path, value in _leaves(shape, "") if not _volatile(path)}


def _volatile(path: str) -> bool:
    return any(path == each or path.startswith(f"{each}.") for each in VOLATILE)


def _leaves(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Values by dotted path; an empty mapping, such as an alias without a filter, is one too."""
    if isinstance(value, dict) and value:
        for name in sorted(value):
            yield from _leaves(value[name], f"{path}.{name}" if path else name)
    elif path.count("."):
        yield path, value


def unfit(search: Search, profile: OpenSearchProfile) -> list[str]:
    """Why the engine does not serve the platform: a red index, an index that must be there and is not."""
    health = search.health()
    red = (
        [f"the cluster is red: {health['unassigned_shards']} shards do not serve"] if health["status"] == "red" else []
    )
    there = search.indices()
    return [*red, *(f"index {name} is missing" for name in profile.mandatory_indices if name not in there)]
