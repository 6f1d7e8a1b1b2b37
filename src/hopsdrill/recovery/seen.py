"""Reading a platform's backups from outside: a fact was seen, or it carries the reason why it could not be."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Generic, TypeVar

from hopsdrill.adapters.kube import Kube, Object
from hopsdrill.core.clock import parse_utc
from hopsdrill.core.errors import OperationError
from hopsdrill.model.profile import Profile


T = TypeVar("T")
REFUSED = frozenset({401, 403})  # HTTP status of an API server that is there and does not let everybody read everything
GOOD = "SUCCESS"  # the only state the platform records


@dataclass(frozen=True)
class Seen(Generic[T]):
    """One fact: ``value``, or in ``unread`` the reason why it could not be read."""

    value: T
    unread: str = ""


@dataclass(frozen=True)
class Entry:
    """What a metadata ConfigMap says of a backup.

    Attributes:
        start, end: UTC; None when the entry does not say.
        problem: why the entry cannot be read; empty when it can.
    """

    id: str
    config_map: str
    start: datetime | None = None
    end: datetime | None = None
    state: str = ""
    problem: str = ""


def look(read: Callable[[], T], otherwise: T) -> Seen[T]:
    """Read one fact; ``otherwise`` stands in its place when it cannot be read."""
    try:
        return Seen(read())
    except OperationError as error:
        return Seen(otherwise, error.message)


def require_answer(kube: Kube) -> None:
    """See that the cluster answers at all, so that what is unreadable later is that fact alone.

    Raises:
        OperationError: nobody answers.
    """
    try:
        kube.uid()
    except OperationError as error:
        if getattr(error.__cause__, "status", None) not in REFUSED:
            raise


def entries(kube: Kube, profile: Profile, store: str) -> Seen[list[Entry]]:
    """Every entry of a store from all its metadata ConfigMaps (they rotate); one ID may stand in two of them."""
    own = profile.recorded[store]
    maps: Seen[list[Object]] = look(partial(kube.list, "v1/ConfigMap", profile.namespace, own.metadata_selector), [])
    made = [
        parse_entry(each["metadata"]["name"], key, text)
        for each in maps.value
        for key, text in sorted((each.get("data") or {}).items())
    ]
    unsure = f"{store}.metadata_selector" in profile.unconfirmed and not maps.value
    vague = f"no ConfigMap carries {own.metadata_selector}, and the profile says that this is not confirmed"
    return Seen(made, maps.unread or (vague if unsure else ""))


def parse_entry(config_map: str, key: str, text: str) -> Entry:
    """Read one entry; a damaged one is an entry with a problem."""
    try:
        told: dict[str, Any] = json.loads(text)
        times = [parse_utc(told[name]) if name in told else None for name in ("start_time", "end_time")]
        return Entry(key, config_map, times[0], times[1], str(told["state"]))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        return Entry(
            key, config_map, problem=f"its entry in {config_map} cannot be read ({type(error).__name__}: {error})"
        )


def defined(kube: Kube, resource: str) -> bool:
    """Whether the cluster knows a kind, such as ``schedules.velero.io``; true when that may not be asked."""
    try:
        return kube.exists("apiextensions.k8s.io/v1/CustomResourceDefinition", resource)
    except OperationError:
        return True  # reading the kind itself will then say what is wrong
