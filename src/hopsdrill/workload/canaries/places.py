"""Where canaries sit in each store: how the place is made, how one is written, and which are left. Each place is the drill's own."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

from hopsdrill.adapters.registry import Registry as Client
from hopsdrill.adapters.registry import digest_of
from hopsdrill.adapters.sql import name
from hopsdrill.adapters.webhdfs import Files
from hopsdrill.clients import broker, database, file_system, registry, search_engine
from hopsdrill.core import canary
from hopsdrill.core.errors import ConnectionLost, OperationError
from hopsdrill.site import Site
from hopsdrill.workload import environments, files, writer


PAGES = 16  # ConfigMaps that share the canaries; all are there before the backup, so that a restore in place overwrites each
READERS = 8  # files read at once
SETTINGS = {"number_of_shards": 1, "number_of_replicas": 0, "translog.durability": "request"}
TEXT = {"properties": {"text": {"type": "keyword", "index": False}}}

Say = Callable[[int, str], None]  # writes a numbered text; returns when the store has acknowledged it


class Place(Protocol):
    """One store's; ``newest_only``: it holds one canary, each in the place of the one before."""

    store: str
    newest_only: bool

    def make(self) -> None:
        """Have it there and empty."""

    def writing(self) -> AbstractContextManager[Say]:
        """Write to it, for the length of a ``with``."""

    def left(self) -> dict[int, str]:
        """The texts in it by number; none where the place itself is gone."""


class _OfSite:
    """What all have: where they are."""

    newest_only = False

    def __init__(self, site: Site) -> None:
        self._site = site


class Rondb(_OfSite):
    """Rows of a table."""

    store = "rondb"
    _table = name(writer.DATABASE, canary.TABLE)

    def make(self) -> None:
        """A table beside the writer's."""
        columns = "number BIGINT NOT NULL PRIMARY KEY, said VARCHAR(1000) CHARACTER SET utf8mb4 NOT NULL"
        with database(self._site) as sql:
            sql.execute(f"CREATE DATABASE IF NOT EXISTS {name(writer.DATABASE)}")
            sql.execute(f"DROP TABLE IF EXISTS {self._table}")
            sql.execute(f"CREATE TABLE {self._table} ({columns})")

    @contextmanager
    def writing(self) -> Iterator[Say]:
        """One commit each."""
        with database(self._site) as sql:
            insert = f"INSERT INTO {self._table} VALUES (%s, %s)"  # noqa: S608 - names are quoted
            yield lambda number, text: void(sql.execute(insert, [number, text]))

    def left(self) -> dict[int, str]:
        """All rows."""
        there = "SELECT COUNT(*) FROM information_schema.TABLES WHERE TABLE_SCHEMA = %s AND TABLE_NAME = %s"
        with database(self._site) as sql:
            if not sql.query(there, [writer.DATABASE, canary.TABLE])[0][0]:
                return {}
            return {int(number): str(text) for number, text in sql.query(f"SELECT number, said FROM {self._table}")}  # noqa: S608 - names are quoted


class Hopsfs(_OfSite):
    """Small files of a user of the drill's own."""

    store = "hopsfs"

    def make(self) -> None:
        """The user's folder, empty."""
        with file_system(self._site) as found:
            files.make_home(found, canary.FOLDER, canary.OWNER)
            for each in list(found.walk(canary.FOLDER)):
                found.remove(each.path)

    @contextmanager
    def writing(self) -> Iterator[Say]:
        """A file each."""
        with file_system(self._site, canary.OWNER) as found:
            yield lambda number, text: found.write(f"{canary.FOLDER}/{number}", text.encode())

    def left(self) -> dict[int, str]:
        """All files, read whole."""
        with file_system(self._site, canary.OWNER) as found:
            if not found.exists(canary.FOLDER):
                return {}
            there = [each.path for each in found.walk(canary.FOLDER)]
            with ThreadPoolExecutor(READERS) as pool:
                texts = pool.map(lambda path: _said(found, path), there)
                return {int(path.rpartition("/")[2]): text for path, text in zip(there, texts, strict=True)}


def _said(found: Files, path: str) -> str:
    try:
        return found.read(path).decode(errors="replace")
    except ConnectionLost:
        raise  # says nothing about this file
    except OperationError as error:
        return f"cannot be read: {error.message}"


class OpenSearch(_OfSite):
    """Documents of an index; one is acknowledged when it is in the translog on disk, and a snapshot flushes first."""

    store = "opensearch"

    def make(self) -> None:
        """An index of one shard."""
        with search_engine(self._site) as search:
            if canary.INDEX in search.indices():
                search.drop(canary.INDEX)
            search.create(canary.INDEX, {"settings": {"index": SETTINGS}, "mappings": TEXT})

    @contextmanager
    def writing(self) -> Iterator[Say]:
        """A document each."""
        with search_engine(self._site) as search:
            yield lambda number, text: search.put(canary.INDEX, str(number), {"text": text}, findable=False)

    def left(self) -> dict[int, str]:
        """All documents."""
        with search_engine(self._site) as search:
            if canary.INDEX not in search.indices():
                return {}
            search.refresh(canary.INDEX)
            return {int(each["_id"]): str(each["_source"]["text"]) for each in search.documents(canary.INDEX)}


class Kafka(_OfSite):
    """Messages of a topic with one partition. The broker is reached anew for each: its address is fixed, and others need it too."""

    store = "kafka"

    def make(self) -> None:
        """A topic without messages."""
        with broker(self._site) as kafka:
            kafka.create(canary.TOPIC, 1)
            kafka.discard(canary.TOPIC)

    @contextmanager
    def writing(self) -> Iterator[Say]:
        """A message each."""
        yield self._send

    def _send(self, number: int, text: str) -> None:
        with broker(self._site) as kafka:
            kafka.produce(canary.TOPIC, [(str(number).encode(), text.encode())])

    def left(self) -> dict[int, str]:
        """All messages that the broker keeps."""
        with broker(self._site) as kafka:
            return {int(each.key): each.value.decode(errors="replace") for each in kafka.records(canary.TOPIC)}


class Registry(_OfSite):
    """One image, pushed anew under the same tag: the tag's digest says which canary it is."""

    store, newest_only = "registry", True

    def __init__(self, site: Site) -> None:
        super().__init__(site)
        self._digests: dict[str, tuple[int, str]] = {}

    def make(self) -> None:
        """Nothing: the first push makes it."""

    @contextmanager
    def writing(self) -> Iterator[Say]:
        """A push each."""
        with registry(self._site) as images:
            yield lambda number, text: self._push(images, number, text)

    def _push(self, images: Client, number: int, text: str) -> None:
        made = environments.built(canary.REPOSITORY, [text])
        self._digests[digest_of(made.manifest)] = number, text  # before the push, which may take effect unacknowledged
        environments.put(images, canary.REPOSITORY, environments.TAG, made)

    def left(self) -> dict[int, str]:
        """The canary that has the tag's digest; number 0 says that none has, or that a part of it is missing."""
        with registry(self._site) as images:
            manifest = images.manifest(canary.REPOSITORY, environments.TAG)
            if manifest is None:
                return {}
            blobs = {each: images.blob(canary.REPOSITORY, each) for each in images.parts(manifest)}
        bad = [digest for digest, data in blobs.items() if data is None or digest_of(data) != digest]
        number, text = self._digests.get(digest_of(manifest), (0, digest_of(manifest)))
        return {0: f"blobs {', '.join(bad)} missing or damaged"} if bad else {number: text}


class Kubernetes(_OfSite):
    """Entries of ConfigMaps that the platform's backups include."""

    store = "kubernetes"

    def make(self) -> None:
        """All ConfigMaps, empty."""
        key, _, flag = self._site.profile.kubernetes.include_label.partition("=")
        for page in range(PAGES):
            meta = {"name": self._name(page), "namespace": self._site.namespace}
            labels = {key: flag, canary.LABEL: "true"}
            self._site.kube.delete("v1/ConfigMap", meta["name"], meta["namespace"])
            self._site.create({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {**meta, "labels": labels}})

    @staticmethod
    def _name(number: int) -> str:
        return f"hopsdrill-canaries-{number % PAGES:02d}"

    @contextmanager
    def writing(self) -> Iterator[Say]:
        """A patch each."""
        kube, namespace = self._site.kube, self._site.namespace
        yield lambda number, text: void(
            kube.patch("v1/ConfigMap", self._name(number), namespace, {"data": {str(number): text}})
        )

    def left(self) -> dict[int, str]:
        """All entries."""
        found = self._site.kube.list("v1/ConfigMap", self._site.namespace, f"{canary.LABEL}=true")
        return {int(number): text for each in found for number, text in (each.get("data") or {}).items()}


def void(_: object) -> None:
    """Take an answer that says no more than that there is one."""


PLACES: tuple[Callable[[Site], Place], ...] = (Rondb, Hopsfs, OpenSearch, Kafka, Registry, Kubernetes)


def places(site: Site) -> list[Place]:
    """Those of the stores that the platform has."""
    return [each for each in (make(site) for make in PLACES) if each.store in site.profile.stores]
