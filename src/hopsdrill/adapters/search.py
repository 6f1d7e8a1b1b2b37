"""OpenSearch, over its REST API."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from opensearchpy import OpenSearch, helpers
from opensearchpy.exceptions import NotFoundError, OpenSearchException, TransportError

from hopsdrill.core.errors import OperationError


TIMEOUT = 30  # seconds one call may take
NOT_SERVING = 503  # HTTP status of a search of which all shards failed
PAGE = 1000  # documents of one page when all are read

Document = dict[str, Any]


RATE = "max_restore_bytes_per_sec"  # a repository's setting


class Search:
    """One engine; every error is ours.

    Args:
        host: address.
        port: plain HTTP.
    """

    def __init__(self, host: str, port: int) -> None:
        self._where = f"{host}:{port}"
        self._client = OpenSearch([{"host": host, "port": port}], timeout=TIMEOUT, max_retries=3, retry_on_timeout=True)

    def close(self) -> None:
        """Give the connections back."""
        self._client.close()

    def health(self) -> dict[str, Any]:
        """The cluster's health as it says it: ``status`` green, yellow or red, shard counts."""
        with self._translated("read the health"):
            return dict(self._client.cluster.health())

    def indices(self) -> dict[str, Any]:
        """Mappings, aliases and settings of every index, hidden ones too."""
        with self._translated("list the indices"):
            return dict(self._client.indices.get(index="*", expand_wildcards="all"))

    def documents(self, index: str) -> Iterator[Document]:
        """All documents: ``_id`` and ``_source``.

        Raises:
            OperationError: a shard did not answer, so that some would be missing.
        """
        with self._translated(f"read the documents of {index}"):
            yield from helpers.scan(self._client, index=index, size=PAGE, raise_on_error=True)

    def commits(self) -> dict[tuple[str, int], tuple[int, bool]]:
        """Of each shard of each index: the number of its last commit, and whether nothing was written since."""
        with self._translated("read the commits of the shards"):
            found = self._client.indices.stats(metric="flush", params={"level": "shards", "expand_wildcards": "all"})
        made: dict[tuple[str, int], tuple[int, bool]] = {}
        for index, told in dict(found)["indices"].items():
            for number, copies in told["shards"].items():
                own = next((each for each in copies if each["routing"]["primary"]), None)
                if own is not None and "commit" in own:
                    quiet = str(own["seq_no"]["max_seq_no"]) == own["commit"]["user_data"]["max_seq_no"]
                    made[index, int(number)] = int(own["commit"]["generation"]), quiet
        return made

    def counts(self) -> dict[str, int]:
        """Documents of each index, as far as its shards serve."""
        return {index: self._count(index) for index in self.indices()}

    def _count(self, index: str) -> int:
        with self._translated(f"count the documents of {index}"):
            try:
                return int(self._client.count(index=index)["count"])
            except TransportError as error:
                if error.status_code == NOT_SERVING:
                    return 0  # none of its shards serves
                raise

    def started(self) -> list[tuple[str, int]]:
        """Shards that serve, each once: index and number."""
        with self._translated("list the shards"):
            found = self._client.cat.shards(params={"format": "json", "h": "index,shard,prirep,state"})
        return sorted(
            (each["index"], int(each["shard"])) for each in found if (each["prirep"], each["state"]) == ("p", "STARTED")
        )

    def metadata_versions(self) -> dict[str, str]:
        """Of each index how often settings, mappings and aliases were changed, as a snapshot's catalogue writes it."""
        with self._translated("read the metadata of the indices"):
            found = self._client.cluster.state(metric="metadata", params={"expand_wildcards": "all"})
        return {
            name: "-".join(str(told[f"{what}_version"]) for what in ("settings", "mapping", "aliases"))
            for name, told in dict(found)["metadata"]["indices"].items()
        }

    def get(self, index: str, document: str) -> Document | None:
        """One document's source; None when there is none."""
        with self._translated(f"read {index}/{document}"):
            try:
                found: Document = self._client.get(index=index, id=document)["_source"]
            except NotFoundError:
                return None
            return found

    def create(self, index: str, body: dict[str, Any]) -> None:
        """Make an index with its settings, mappings and aliases, unless it is there."""
        with self._translated(f"create index {index}"):
            if not self._client.indices.exists(index=index):
                self._client.indices.create(index=index, body=body)

    def drop(self, index: str) -> None:
        """Remove an index."""
        with self._translated(f"delete index {index}"):
            self._client.indices.delete(index=index)

    def map(self, index: str, body: dict[str, Any]) -> None:
        """Change what the mapping of an index says, where the engine lets it be changed."""
        with self._translated(f"change the mapping of {index}"):
            self._client.indices.put_mapping(index=index, body=body)

    def put(self, index: str, document: str, source: Document, *, findable: bool = True) -> None:
        """Write one document; unless told otherwise, it is to be found at once."""
        with self._translated(f"write {index}/{document}"):
            self._client.index(index=index, id=document, body=source, params={"refresh": str(findable).lower()})

    def refresh(self, index: str) -> None:
        """Make everything that was written to be found."""
        with self._translated(f"refresh {index}"):
            self._client.indices.refresh(index=index)

    def clock(self) -> datetime:
        """A node's time, to the millisecond; its answers carry no ``Date``."""
        with self._translated("read the clock"):
            nodes = self._client.nodes.stats(node_id="_local", metric="process")["nodes"]
            return datetime.fromtimestamp(next(iter(nodes.values()))["timestamp"] / 1000, UTC)

    def remove(self, index: str, document: str) -> None:
        """Remove one document."""
        with self._translated(f"delete {index}/{document}"):
            self._client.delete(index=index, id=document, params={"refresh": "true"})

    def fill(self, documents: Iterable[tuple[str, str, Document]]) -> int:
        """Write many documents, given as index, ID and source; gives how many were acknowledged."""
        actions = ({"_index": index, "_id": name, "_source": source} for index, name, source in documents)
        with self._translated("write documents"):
            count, _ = helpers.bulk(self._client, actions, chunk_size=PAGE, refresh=True)
            return int(count)

    def snapshots(self, repository: str) -> dict[str, datetime]:
        """The snapshots of a repository by name, each with the time at which the engine began it (UTC)."""
        with self._translated(f"list the snapshots of {repository}"):
            found: list[dict[str, Any]] = self._client.snapshot.get(repository=repository, snapshot="_all")["snapshots"]
        return {each["snapshot"]: datetime.fromtimestamp(each["start_time_in_millis"] / 1000, UTC) for each in found}

    def snapshot_bytes(self, repository: str, snapshot: str) -> int:
        """Size of all files that a snapshot refers to."""
        with self._translated(f"read the size of snapshot {snapshot} of {repository}"):
            found = self._client.snapshot.status(repository=repository, snapshot=snapshot)["snapshots"]
        return int(found[0]["stats"]["total"]["size_in_bytes"])

    def unbind(self, repository: str) -> None:
        """Register a snapshot repository as it is but for the rate of its restores: registering it without one keeps the old one."""
        with self._translated(f"register the repository {repository} anew"):
            found = self._client.snapshot.get_repository(repository=repository)[repository]
            settings = {name: value for name, value in found["settings"].items() if name != RATE}
            self._client.snapshot.delete_repository(repository=repository)
            self._client.snapshot.create_repository(
                repository=repository, body={"type": found["type"], "settings": settings}
            )

    def recovering(self) -> list[str]:
        """Indices that are being brought back at this moment, or wait for their turn: few are worked on at once."""
        with self._translated("list the recoveries"):
            found = self._client.indices.recovery(params={"active_only": "true"})
            waiting = self._client.cat.indices(params={"format": "json", "health": "red", "expand_wildcards": "all"})
        return sorted(
            {index for index, each in dict(found).items() if each.get("shards")} | {each["index"] for each in waiting}
        )

    @contextmanager
    def _translated(self, what: str) -> Iterator[None]:
        try:
            yield
        except (OpenSearchException, helpers.errors.BulkIndexError, OSError) as error:
            msg = f"opensearch: tried to {what} at {self._where}; it said: {error}"
            raise OperationError(msg, hint="is the search engine running, and its index not red?") from error
