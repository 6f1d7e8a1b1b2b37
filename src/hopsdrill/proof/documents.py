"""The search engine's content: every document, mapping and alias, and whether all shards serve."""

import re
from typing import Any

from hopsdrill.adapters.search import Search
from hopsdrill.model.profile import OpenSearchProfile
from hopsdrill.proof.key import Key
from hopsdrill.proof.prints import Prints, printed


def read(search: Search, profile: OpenSearchProfile, key: Key) -> Prints:
    """Read everything of every index that is not the engine's own.

    Settings are compared by their number of shards only; the engine makes the others anew with each index.

    Raises:
        OperationError: the engine or one of its shards does not answer.
    """
    found: Prints = {}
    for index, what in sorted(search.indices().items()):
        if re.fullmatch(profile.system_indices, index):
            continue
        found[f"index {index}"] = printed(_shape(what), key)
        for document in search.documents(index):
            found[f"document {index}/{document['_id']}"] = printed(document["_source"], key)
    return found


def _shape(index: dict[str, Any]) -> dict[str, Any]:
    fields: dict[str, Any] = {f"mappings.{name}": each for name, each in index.get("mappings", {}).items()}
    fields |= {f"aliases.{name}": each for name, each in index.get("aliases", {}).items()}
    return {**fields, "shards": index["settings"]["index"]["number_of_shards"]}


def unfit(search: Search, profile: OpenSearchProfile) -> list[str]:
    """Why the engine does not serve the platform: a red index, an index that must be there and is not."""
    health = search.health()
    red = (
        [f"the cluster is red: {health['unassigned_shards']} shards do not serve"] if health["status"] == "red" else []
    )
    there = search.indices()
    return [*red, *(f"index {name} is missing" for name in profile.mandatory_indices if name not in there)]
