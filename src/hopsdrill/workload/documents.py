"""Documents of the search engine: search metadata, service logs, dashboards and user embeddings, the same in every run."""

import random
from collections.abc import Iterator
from typing import Any

from hopsdrill.adapters.search import Document
from hopsdrill.clients import search_engine
from hopsdrill.model.plan import Data
from hopsdrill.site import Site
from hopsdrill.workload.changed import Changed


PROJECTS, FEATURES, LOGS, DASHBOARDS, EMBEDDINGS = (
    "projects",
    "featurestore",
    ".services-2026.01.01",
    "dashboards",
    "fraud__embeddings",
)
LATER = "made-after-the-backup"
DIMENSIONS = 8
# what share of the documents an index gets; the rest are feature groups' search metadata
SHARES = {PROJECTS: 0.05, LOGS: 0.3, DASHBOARDS: 0.05, EMBEDDINGS: 0.2}
BODIES: dict[str, dict[str, Any]] = {
    DASHBOARDS: {"aliases": {"boards": {}}},
    EMBEDDINGS: {"mappings": {"properties": {"vector": {"type": "float"}, "user": {"type": "keyword"}}}},
}
WORDS = ("transactions", "größe", "北京", "merchant", "O'Brien", "risk", "weekly", "churn")


def counts(total: int) -> dict[str, int]:
    """Documents per index."""
    found = {index: max(2, int(total * share)) for index, share in SHARES.items()}
    return {**found, FEATURES: total - sum(found.values())}


def documents(data: Data) -> Iterator[tuple[str, str, Document]]:
    """All documents by the plan's seed: index, ID and source."""
    for index, count in counts(data.documents).items():
        chance = random.Random(f"{data.seed}/{index}")  # noqa: S311 - the same documents in every run is the point
        for number in range(count):
            yield index, str(number), _source(index, number, chance)


def _source(index: str, number: int, chance: random.Random) -> Document:
    if index == EMBEDDINGS:
        return {"user": f"user-{number}", "vector": [round(chance.uniform(-1, 1), 6) for _ in range(DIMENSIONS)]}
    text = " ".join(chance.choices(WORDS, k=chance.randint(3, 9)))
    return {"name": f"{index.strip('.')}-{number}", "description": text, "project_id": chance.randint(1, 2)}


def load(site: Site, data: Data) -> int:
    """Make the indices and write every document; gives how many were acknowledged."""
    with search_engine(site) as search:
        for index in counts(data.documents):
            search.create(index, BODIES.get(index, {}))
        return search.fill(documents(data))


def change(site: Site) -> Changed:
    """Change, delete and add documents, drop an index, make another."""
    with search_engine(site) as search:
        changed = search.get(FEATURES, "1") or {}
        search.put(FEATURES, "1", {**changed, "description": "after the backup"})
        search.remove(PROJECTS, "1")
        search.put(FEATURES, LATER, {"name": LATER})
        search.drop(DASHBOARDS)
        search.put(LATER, "1", {"name": LATER})
    return Changed(
        changed=(f"document {FEATURES}/1",),
        deleted=(f"document {PROJECTS}/1", f"index {DASHBOARDS}", f"document {DASHBOARDS}/0"),
        added=(f"document {FEATURES}/{LATER}", f"index {LATER}", f"document {LATER}/1"),
    )
