"""The stores whose content is compared thing by thing: how each is loaded, read, and changed after the backup."""

from collections.abc import Callable
from dataclasses import dataclass

from hopsdrill.clients import broker, database, file_system, need, registry, search_engine
from hopsdrill.model.plan import Data
from hopsdrill.proof import documents as document_proof
from hopsdrill.proof import files as file_proof
from hopsdrill.proof import images as image_proof
from hopsdrill.proof import offsets
from hopsdrill.proof.key import Key
from hopsdrill.proof.prints import Prints
from hopsdrill.site import Reach, Site
from hopsdrill.workload import documents, environments, files, stream
from hopsdrill.workload.changed import Changed


@dataclass(frozen=True)
class Content:
    """One store.

    Attributes:
        what: what it holds, in a report's words.
        titles: how the titles of what is loaded begin.
        load: puts the plan's data in; gives how many things were acknowledged.
        read: everything it holds now.
        change: changes, deletes and adds; tells what.
        additions_stay: its restore brings back what the backup holds and removes nothing else.
    """

    what: str
    titles: str
    load: Callable[[Site, Data], int]
    read: Callable[[Reach, Key], Prints]
    change: Callable[[Site], Changed]
    additions_stay: bool = False


def _files(site: Reach, key: Key) -> Prints:
    with file_system(site) as found:
        return file_proof.read(found, files.ROOT, key)


def _documents(site: Reach, key: Key) -> Prints:
    with search_engine(site) as found:
        return document_proof.read(found, need(site.profile.opensearch, "opensearch"), key)


def _images(site: Reach, key: Key) -> Prints:
    with registry(site) as found:
        return image_proof.read(found, key)


CONTENTS = {
    "hopsfs": Content("files", "file ", files.load, _files, files.change),
    "opensearch": Content("documents", "document ", documents.load, _documents, documents.change),
    "registry": Content("environments", "image ", environments.load, _images, environments.change, additions_stay=True),
}


def reconciled(site: Reach) -> file_proof.Reconciled:
    """The file system's blocks, as its metadata knows them now, against the bucket."""
    names = need(site.profile.hopsfs, "hopsfs")
    with database(site) as sql:
        known = file_proof.blocks(sql, names)
    return file_proof.reconcile(known, site.store.entries(names.bucket_prefix), site.store.ref.bucket, names)


def present(site: Reach) -> dict[str, Content]:
    """The stores of this kind that the platform has."""
    return {store: each for store, each in CONTENTS.items() if store in site.profile.stores}


def read_all(site: Reach, key: Key) -> dict[str, Prints]:
    """Everything every such store holds now."""
    return {store: each.read(site, key) for store, each in present(site).items()}


def block_objects(site: Reach, key: Key) -> Prints:
    """The objects of every block that the file system's metadata knows now; none where there is no file system."""
    names = site.profile.hopsfs
    if names is None:
        return {}
    with database(site) as sql:
        known = file_proof.blocks(sql, names)
    return file_proof.objects(known, site.store.entries(names.bucket_prefix), names, key)


def topic_stands(site: Reach, key: Key, then: offsets.Stand | None = None) -> offsets.Stand:
    """How the project's topic and its readers stand; ``then``: only messages of that time are read."""
    names, topic = need(site.profile.kafka, "kafka"), stream.topic_of(site)
    with broker(site) as kafka:
        return offsets.read(kafka, topic, key, reading=names.group, still=[stream.READER], then=then)
