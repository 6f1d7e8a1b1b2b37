"""The platform's stores, each by its own public protocol, for the length of a ``with``."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from typing import TypeVar

from hopsdrill.adapters.kafka import Kafka
from hopsdrill.adapters.registry import Registry
from hopsdrill.adapters.search import Search
from hopsdrill.adapters.sql import Sql
from hopsdrill.adapters.webhdfs import Files
from hopsdrill.core.errors import PlanError
from hopsdrill.model.profile import HopsfsProfile, OpenSearchProfile, RegistryProfile
from hopsdrill.site import Reach


T = TypeVar("T")
Reached = AbstractContextManager[tuple[str, int]]  # where a port forward listens


def need(names: T | None, store: str) -> T:
    """A store's names.

    Raises:
        PlanError: the platform profile has none.
    """
    if names is None:
        msg = f"The platform profile names no {store}, and the scenario needs one."
        raise PlanError(msg, hint=f"add a section `{store}:` to the profile, or take the scenario out of the plan")
    return names


def _reached(site: Reach, names: HopsfsProfile | OpenSearchProfile | RegistryProfile) -> Reached:
    return site.forwarder.to(names.service, site.namespace, names.port)


@contextmanager
def database(site: Reach) -> Iterator[Sql]:
    """A session with the database, as its administrator."""
    with closing(site.sql()) as sql:
        yield sql


@contextmanager
def file_system(site: Reach, user: str = "") -> Iterator[Files]:
    """The file system, over WebHDFS; as the profile's user, unless another is given."""
    names = need(site.profile.hopsfs, "hopsfs")
    with _reached(site, names) as (host, port):
        yield Files(host, port, user or names.user)


@contextmanager
def search_engine(site: Reach) -> Iterator[Search]:
    """The search engine, over its REST API."""
    names = need(site.profile.opensearch, "opensearch")
    with _reached(site, names) as (host, port), closing(Search(host, port)) as client:
        yield client


@contextmanager
def broker(site: Reach) -> Iterator[Kafka]:
    """The message broker; its forward stands where the broker says it listens."""
    names = need(site.profile.kafka, "kafka")
    with site.forwarder.to(names.service, site.namespace, names.port, bind=names.advertised) as (host, port):
        yield Kafka(f"{host}:{port}")


@contextmanager
def registry(site: Reach) -> Iterator[Registry]:
    """The container registry."""
    names = need(site.profile.registry, "registry")
    with _reached(site, names) as (host, port), closing(Registry(host, port)) as client:
        yield client
