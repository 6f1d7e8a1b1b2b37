"""What is counted, kind by kind: expected, in the backup, there now."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial

from hopsdrill.adapters.sql import Sql
from hopsdrill.clients import database, file_system, need, registry, search_engine
from hopsdrill.core import canary
from hopsdrill.core.errors import DrillError
from hopsdrill.proof import files as file_proof
from hopsdrill.proof import images, kubernetes
from hopsdrill.proof.completeness import Amounts, Kind, tables_in
from hopsdrill.proof.key import Key
from hopsdrill.proof.rondb.accounts import accounts_in, read_accounts
from hopsdrill.proof.rondb.digest import Range
from hopsdrill.proof.rondb.tables import Table, read_tables
from hopsdrill.proof.snapshot import canary_rows
from hopsdrill.run import whole
from hopsdrill.run.sealing.parts import HOPSFS, OPENSEARCH, Snapshot
from hopsdrill.run.sealing.point import REGISTRY
from hopsdrill.run.stages import WRITER_DATABASES, Recovered
from hopsdrill.site import Site
from hopsdrill.workload import files, objects


RONDB, KUBERNETES = "rondb", "kubernetes"
EVERY = Range()
ENGINES_OWN = "only the engine reads the form in which the backup holds them"

Counting = Callable[[], Amounts]


@dataclass
class Counts:
    """How each kind of every store is counted.

    Attributes:
        key: for reading objects.
    """

    site: Site
    recovered: Recovered
    key: Key

    def kinds(self) -> Iterator[Kind]:
        """Every kind of every store that the platform has."""
        snapshot, profile = self.recovered.snapshot, self.site.profile
        expected = snapshot.database.tables
        yield self._kind(RONDB, "tables", dict.fromkeys(expected, 1), self._tables_backed_up, self._tables)
        rows = {title: each.digest.count for title, each in expected.items()}
        yield self._kind(RONDB, "rows", rows, None, self._rows)
        yield self._kind(RONDB, "accounts", dict.fromkeys(snapshot.database.accounts, 1), self._users_held, self._users)
        for kind in sorted({title.partition(" ")[0] for title in snapshot.objects}):
            held, there = partial(self._objects_held, kind), partial(self._objects, kind)
            yield self._kind(KUBERNETES, kind, _titled(snapshot.objects, kind), held, there)
        if profile.hopsfs is not None and HOPSFS in snapshot.contents:
            titles = dict.fromkeys(snapshot.contents[HOPSFS], 1)
            yield self._kind(HOPSFS, "files and directories", titles, None, self._files)
            yield self._kind(HOPSFS, "blocks", None, self._blocks_held, self._blocks_there, known=self._blocks)
        if profile.opensearch is not None and OPENSEARCH in snapshot.contents:
            documents = Counter(
                title.split(" ", 1)[1].partition("/")[0]
                for title in snapshot.contents[OPENSEARCH]
                if title.startswith("document ")
            )
            yield self._kind(OPENSEARCH, "documents", documents, None, self._documents)
            yield self._kind(OPENSEARCH, "shards", None, self.shards_held, self.shards_there, known=self.shards_held)
        if profile.registry is not None and REGISTRY in snapshot.contents:
            titles = dict.fromkeys(snapshot.contents[REGISTRY], 1)
            yield self._kind(REGISTRY, "images", titles, self._images_held, self._images)

    def _kind(  # noqa: PLR0913 - the columns of the account
        self,
        store: str,
        title: str,
        expected: Amounts | None,
        backed_up: Counting | None,
        live: Counting,
        *,
        known: Counting | None = None,
    ) -> Kind:
        uncounted: dict[str, str] = {}

        def counted(column: str, count: Counting | None) -> Amounts | None:
            try:
                return count() if count is not None else None
            except DrillError as error:
                uncounted[column] = error.message
                return None

        wanted = expected if expected is not None else counted("expected", known)
        held, there = counted("backed_up", backed_up), counted("live", live)
        if there is None:
            uncounted["restored"] = uncounted["live"]
        opaque = {} if backed_up else {"backed_up": ENGINES_OWN}
        return Kind(store, title, wanted, held, there, opaque, uncounted)

    def _tables_backed_up(self) -> Amounts:
        return tables_in(self._file("databases").decode(errors="replace"))

    def _users_held(self) -> Amounts:
        excluded = self.site.profile.rondb.excluded_accounts
        return dict.fromkeys(accounts_in(self._file("users").decode(errors="replace"), excluded, self.key), 1)

    def _file(self, word: str) -> bytes:
        names = self.site.profile.rondb
        file = next(each for each in names.backup_files if word in each)
        return self.site.store.get(f"{names.bucket_prefix}/{self.recovered.backup.rondb.id}/{file}") or b""

    def _tables(self) -> Amounts:
        return dict.fromkeys(self._rows(), 1)

    def _rows(self) -> Amounts:
        names = self.site.profile.rondb
        with database(self.site) as sql:
            found = read_tables(sql, [*names.excluded_databases, *WRITER_DATABASES], canary_rows(names))
            return {each.title: _count(sql, each) for each in found if each.title not in names.excluded_tables}

    def _users(self) -> Amounts:
        with database(self.site) as sql:
            return dict.fromkeys(read_accounts(sql, self.site.profile.rondb.excluded_accounts, self.key), 1)

    @cached_property
    def _archived(self) -> list[str]:
        return list(whole.archived_objects(self.site, self.recovered.backup, self.key))

    @cached_property
    def _living(self) -> list[str]:
        return list(kubernetes.read(self.site.kube, objects.namespaces(self.site), self.key))

    def _objects_held(self, kind: str) -> Amounts:
        return _titled(self._archived, kind)

    def _objects(self, kind: str) -> Amounts:
        return _titled(self._living, kind)

    def _files(self) -> Amounts:
        with file_system(self.site) as fs:
            return {f"{each.kind} {each.path}": 1 for each in fs.walk(files.ROOT)} if fs.exists(files.ROOT) else {}

    @cached_property
    def _known_blocks(self) -> dict[str, list[str]]:
        names = need(self.site.profile.hopsfs, HOPSFS)
        with database(self.site) as sql:
            return {f"block {each.id}": names.keys(each.id, each.stamp) for each in file_proof.blocks(sql, names)}

    def _blocks(self) -> Amounts:
        return dict.fromkeys(self._known_blocks, 1)

    def _blocks_held(self) -> Amounts:
        """Those of which the bucket has a version, under a delete marker or not."""
        prefix = need(self.site.profile.hopsfs, HOPSFS).bucket_prefix
        there = {each[0].key for each in self.site.store.histories(prefix) if not all(one.marker for one in each)}
        return {block: 1 for block, keys in self._known_blocks.items() if there.issuperset(keys)}

    def _blocks_there(self) -> Amounts:
        there = {each.key for each in self.site.store.entries(need(self.site.profile.hopsfs, HOPSFS).bucket_prefix)}
        return {block: 1 for block, keys in self._known_blocks.items() if there.issuperset(keys)}

    def _documents(self) -> Amounts:
        with search_engine(self.site) as search:
            return {index: count for index, count in search.counts().items() if index != canary.INDEX}

    def shards_held(self) -> Amounts:
        """Of the snapshot, each with its description; those of the engine's own indices aside, which a restore may leave out."""
        names = need(self.site.profile.opensearch, OPENSEARCH)
        taken = Snapshot(self.site.store, names, self.recovered.backup.others[OPENSEARCH].id)
        return {
            f"{index}/{shard}": 1 for index, shard, _ in taken.shards() if not re.fullmatch(names.system_indices, index)
        }

    def shards_there(self) -> Amounts:
        """Those that serve."""
        with search_engine(self.site) as search:
            return {f"{index}/{shard}": 1 for index, shard in search.started()}

    def _images_held(self) -> Amounts:
        names = need(self.site.profile.registry, REGISTRY)
        index = f"{names.bucket_prefix}/{self.recovered.backup.others[REGISTRY].id}/{names.backup_files[0]}"
        return dict.fromkeys(images.named_in(self.site.store.get(index) or b"[]"), 1)

    def _images(self) -> Amounts:
        with registry(self.site) as client:
            return {f"image {repository}:{tag}": 1 for repository, tag in images.tags(client)}


def _count(sql: Sql, table: Table) -> int:
    """Rows but for the drill's own canaries, which would stand in for lost ones."""
    condition, values = EVERY.where(table)
    return int(sql.query(f"SELECT COUNT(*) FROM {table.quoted} WHERE {condition}", values)[0][0])  # noqa: S608 - quoted


def _titled(titles: Iterable[str], kind: str) -> Amounts:
    return {each: 1 for each in titles if each.partition(" ")[0] == kind}
