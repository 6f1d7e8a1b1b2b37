"""Which objects of the bucket belong to a backup set, store by store; read from outside, in order, in bounded memory."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from hopsdrill.adapters.s3_history import HistoryStore, Stamp
from hopsdrill.clients import need
from hopsdrill.core.errors import BackupDamaged
from hopsdrill.core.snapshots import data_files, newest_catalogue, own_files, unpacked
from hopsdrill.journal.chain import canonical
from hopsdrill.model.profile import OpenSearchProfile, Profile
from hopsdrill.proof.seal import Part, Record


OPENSEARCH, HOPSFS = "opensearch", "hopsfs"
KUBERNETES = ("kubernetes", "kubernetes (projects)")


@dataclass(frozen=True)
class Span:
    """Between which moments (UTC) the recovery point lies."""

    after: datetime
    before: datetime


def parts(profile: Profile, ids: dict[str, str]) -> list[Part]:
    """The places in the bucket that belong to a set, by the IDs of its backups."""
    made = [
        Part(name=store, prefix=f"{profile.recorded[store].bucket_prefix}/{ids[store]}/")
        for store in profile.recorded
        if store in ids and store != OPENSEARCH
    ]
    folder = profile.kubernetes.bucket_prefix
    made += [Part(name=name, prefix=f"{folder}/backups/{ids[name]}/") for name in KUBERNETES if name in ids]
    if profile.opensearch is not None and OPENSEARCH in ids:
        made.append(Part(name=OPENSEARCH, prefix=f"{profile.opensearch.bucket_prefix}/", closed=False))
    if profile.hopsfs is not None:
        made.append(Part(name=HOPSFS, prefix=profile.hopsfs.bucket_prefix, closed=False, undeleted=True))
    return sorted(made, key=lambda each: each.name)


def belonging(store: HistoryStore, profile: Profile, part: Part, ids: dict[str, str], span: Span) -> Iterator[Stamp]:
    """The versions of a part's objects that belong to the set, in order of their keys.

    Raises:
        BackupDamaged: the search engine's repository does not say which files are the snapshot's.
    """
    if part.undeleted:
        for history in store.histories(part.prefix):
            yield from at_point(history, span)
        return
    shared = None
    if part.name == OPENSEARCH:
        shared = Snapshot(store, need(profile.opensearch, OPENSEARCH), ids[OPENSEARCH])
    for history in store.histories(part.prefix):
        if not history[0].marker and (shared is None or shared.holds(history[0].key)):
            yield history[0]


def at_point(history: list[Stamp], span: Span) -> Iterator[Stamp]:
    """The version of an object that stood at the recovery point, if one did: written before it, and not gone by then."""
    for stamp in history:
        if stamp.marker and stamp.modified <= span.after:
            return  # deleted before the point
        if not stamp.marker and stamp.modified <= span.before:
            yield stamp
            return


class Snapshot:
    """A snapshot in the search engine's repository, as the bucket has it.

    Attributes:
        folders: ``indices/<id>`` of each index in it.

    Raises:
        BackupDamaged: the catalogue cannot be read, or does not name it.
    """

    def __init__(self, store: HistoryStore, names: OpenSearchProfile, snapshot: str) -> None:
        self._store, self._prefix, self.name = store, f"{names.bucket_prefix}/", snapshot
        listed = (history[0] for history in store.histories(f"{self._prefix}index-"))
        newest = newest_catalogue(each.key.removeprefix(self._prefix) for each in listed if not each.marker)
        self._catalogue = f"{self._prefix}{newest}"
        try:
            self._told = json.loads(store.get(self._catalogue) or b"{}") if newest else {}
            self._uuid, self.folders, self._own = own_files(self._told, snapshot)
        except (ValueError, KeyError, TypeError) as error:
            raise self._damaged(self._catalogue, str(error)) from error
        self._shard, self._names = "", frozenset[str]()

    def _damaged(self, key: str, why: str) -> BackupDamaged:
        msg = f"Snapshot {self.name}: {key} in bucket {self._store.ref.bucket}: {why}."
        return BackupDamaged(msg, hint="hopsdrill backups list tells which sets are complete")

    def holds(self, key: str) -> bool:
        """Whether an object is the snapshot's."""
        name = key.removeprefix(self._prefix)
        folder, _, file = name.rpartition("/")
        if name in self._own:
            return True
        if folder.rpartition("/")[0] not in self.folders.values():
            return False
        return file == f"snap-{self._uuid}.dat" or file.partition(".")[0] in self._data(folder)

    def _data(self, shard: str) -> frozenset[str]:
        """The data files of one shard; keys come in order, so one shard is remembered."""
        if self._shard != shard:
            self._shard, self._names = shard, data_files(self._description(shard))
        return self._names

    def _description(self, shard: str) -> bytes:
        key = f"{self._prefix}{shard}/snap-{self._uuid}.dat"
        try:
            body = unpacked(self._store.get(key) or b"")
            data_files(body)
        except ValueError as error:
            raise self._damaged(key, str(error)) from error
        return body

    def shards(self) -> Iterator[tuple[str, int, bytes]]:
        """Of each index each shard, with its unpacked description."""
        for index, folder in self.folders.items():
            for number in range(len(self._told["indices"][index].get("shard_generations", ()))):
                yield index, number, self._description(f"{folder}/{number}")

    def lost(self, keys: Iterable[str]) -> Iterator[str]:
        """Data files that a shard's description names and that are not there; ``keys`` are those of the repository's objects."""
        there = {key.removeprefix(self._prefix).partition(".part")[0] for key in keys}
        for index, shard, body in self.shards():
            for file in sorted(data_files(body)):
                if f"{self.folders[index]}/{shard}/{file}" not in there:
                    yield f"index {index}: shard {shard}: its data file {file} is missing"

    def described(self, index: str) -> str:
        """By which of its states the snapshot holds an index: ``...-<settings>-<mappings>-<aliases>``, counted; or nothing."""
        own = next(each for each in self._told["snapshots"] if each["name"] == self.name)
        return str(own.get("index_metadata_lookup", {}).get(self._told["indices"].get(index, {}).get("id", ""), ""))

    def record(self) -> Record:
        """What the catalogue says of it: what later snapshots change is left out."""
        own = next(each for each in self._told["snapshots"] if each["name"] == self.name)
        said = {name: own.get(name) for name in ("name", "uuid", "state", "index_metadata_lookup")}
        text = canonical({**said, "indices": self.folders}).decode()
        return Record(store=OPENSEARCH, place="the repository's catalogue", id=self.name, text=text)
