"""Whether a backup set is still what it was when it was sealed; only read, and told apart object by object."""

import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from operator import attrgetter

from hopsdrill.adapters.kube import Kube
from hopsdrill.adapters.s3_history import HistoryStore, Stamp
from hopsdrill.clients import need
from hopsdrill.core.errors import BackupDamaged, OperationError
from hopsdrill.core.ordered import ordered
from hopsdrill.model.profile import Profile
from hopsdrill.proof.seal import Found, Item, Judgement, Part, Record, Seal, SealError, SealStatus, judge
from hopsdrill.proof.seal.objects import Look, side_by_side
from hopsdrill.run.sealing.parts import OPENSEARCH, Snapshot


READERS = 8  # objects read at once
WHOLE_BYTES = 64 * 1024 * 1024  # an object up to this size is read, unless more or less is asked for
TOTAL_BYTES = 4 * 1024**3  # and of a set so much altogether


class Reading:
    """How much is read: everything (``full``), nothing (``quick``), or what is small.

    Args:
        full: as said; None: objects up to 64 MiB, and of a set up to 4 GiB.
    """

    def __init__(self, *, full: bool | None = None) -> None:
        self._full, self._left, self._lock = full, TOTAL_BYTES, threading.Lock()

    def wants(self, size: int) -> bool:
        """Whether an object of this size is to be read."""
        if self._full is not None:
            return self._full
        with self._lock:
            wanted = size <= min(WHOLE_BYTES, self._left)
            self._left -= size if wanted else 0
            return wanted


@dataclass
class Checked:
    """Everything that was found.

    Attributes:
        parts: by store.
        records: records that are not as they were sealed, each named.
        unread: what could not be read, and why.
    """

    parts: dict[str, Judgement] = field(default_factory=dict)
    records: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)

    @property
    def faults(self) -> list[str]:
        """Everything that is not as it was sealed, store by store."""
        named = [f"{part}: {fault}" for part, each in self.parts.items() for fault in each.faults]
        more = [f"{part}: {each.more} more objects" for part, each in self.parts.items() if each.more]
        return [*named, *more, *self.records]

    @property
    def status(self) -> SealStatus:
        """The one that counts."""
        if self.faults:
            return SealStatus.DIFFERS
        return SealStatus.NOT_ALL_READ if self.unread else SealStatus.INTACT

    @property
    def looked(self) -> str:
        """What was read, in a sentence."""
        sums = {
            name: sum(getattr(each, name) for each in self.parts.values())
            for name in ("objects", "read", "bytes", "read_bytes", "rewritten")
        }
        told = f"{sums['objects']} objects of {sums['bytes']} bytes looked at; of {sums['read']} all {sums['read_bytes']} bytes were read"
        rest = sums["objects"] - sums["read"]
        told += f", {rest} were judged by size, version and ETag alone" if rest else ""
        return told + (f"; {sums['rewritten']} hold the sealed bytes in a newer version" if sums["rewritten"] else "")


def require_of(seal: Seal, id_: str) -> None:
    """See that a seal is of the set that is asked about.

    Raises:
        SealError: it is of another one.
    """
    if id_ not in seal.head.ids.values():
        named = ", ".join(f"{store} {each}" for store, each in sorted(seal.head.ids.items()))
        msg = f"The seal {seal.path} is of another backup set: {named}; asked for was {id_}."
        raise SealError(SealStatus.OTHER_SET, msg)


def check(store: HistoryStore, profile: Profile, kube: Kube | None, seal: Seal, reading: Reading) -> Checked:
    """Look at every object and record a seal names, and for objects that it does not.

    Raises:
        OperationError: the bucket does not answer.
    """
    made, groups = Checked(), groupby(seal.each(Item), key=attrgetter("part"))
    name, items = next(groups, ("", iter(())))
    for part in seal.head.parts:
        own: Iterable[Item] = items if name == part.name else ()
        made.parts[part.name] = judge(part.name, looks(store, part, own, reading))
        if name == part.name:
            name, items = next(groups, ("", iter(())))
    for record in seal.each(Record):
        _record(store, profile, kube, record, made)
    return made


def looks(store: HistoryStore, part: Part, sealed: Iterable[Item], reading: Reading) -> Iterator[Look]:
    """Every sealed object, and every other one of a closed part, with its bytes' digest where they are read."""
    there = (found for history in store.histories(part.prefix) if (found := standing(history, part)))
    pairs = (pair for pair in side_by_side(sealed, there) if part.closed or pair[0] is not None)

    def look(pair: tuple[Item | None, Found | None]) -> Look:
        item, found = pair
        if item is None or found is None or not reading.wants(found.size):
            return Look(item, found)
        digest = store.sha256(found.key, found.version)
        return Look(item, found if digest is not None else None, digest)

    return ordered(look, pairs, READERS)


def standing(history: list[Stamp], part: Part) -> Found | None:
    """What a restore would find under a key; None when that is nothing."""
    newest = next((each for each in history if not each.marker), None)
    hidden = history[0].marker
    if newest is None or (hidden and not part.undeleted):
        return None
    return Found(newest.key, newest.size, newest.version, newest.etag, hidden)


def _record(store: HistoryStore, profile: Profile, kube: Kube | None, record: Record, made: Checked) -> None:
    what = f"{record.store}: the entry {record.id} in {record.place}"
    try:
        now = _now(store, profile, kube, record)
    except BackupDamaged as error:
        made.records.append(f"missing: {what}: {error.message}")
    except OperationError as error:
        made.unread.append(f"{what}: {error.message}")
    else:
        if now is None:
            made.records.append(f"missing: {what}")
        elif now != record.text:
            made.records.append(f"changed: {what}: {now} instead of {record.text}")


def _now(store: HistoryStore, profile: Profile, kube: Kube | None, record: Record) -> str | None:
    if record.store == OPENSEARCH and record.place.startswith("the "):
        return Snapshot(store, need(profile.opensearch, OPENSEARCH), record.id).record().text
    if kube is None:
        raise OperationError("no cluster was read")  # noqa: EM101, TRY003 - a part of a sentence
    return entries(kube, profile, record.store).get(record.id)


def entries(kube: Kube, profile: Profile, store: str) -> dict[str, str]:
    """Every entry of a store's metadata ConfigMaps, as it stands there, by ID."""
    maps = kube.list("v1/ConfigMap", profile.namespace, profile.recorded[store].metadata_selector)
    return {key: text for each in maps for key, text in sorted((each.get("data") or {}).items())}
