"""The stores' fingerprints at a recovery point that lies in the past, as far as they are known.

What is in the backup in a public form is read from there: Kubernetes objects, the registry's images. What only its engine can read
is read from the running store, and counts where the engine itself tells that it has not changed since the recovery point; what
moves, or of which nothing tells, is not known, and is listed with the reason.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from hopsdrill.adapters.sql import Sql
from hopsdrill.clients import database, file_system, need, search_engine
from hopsdrill.core.errors import OperationError
from hopsdrill.core.snapshots import COMMIT
from hopsdrill.proof import documents, files, images, kubernetes
from hopsdrill.proof.key import Key
from hopsdrill.proof.prints import Prints
from hopsdrill.proof.rondb import accounts, still
from hopsdrill.proof.rondb.fingerprint import take
from hopsdrill.proof.rondb.tables import Table, read_tables
from hopsdrill.proof.seal import Thing, Unknown
from hopsdrill.proof.seal.prints import RONDB, TABLE, of_accounts, of_prints, of_tables
from hopsdrill.run.sealing.parts import HOPSFS, KUBERNETES, OPENSEARCH, Snapshot, Span
from hopsdrill.site import Reach


REGISTRY = "registry"
ROOT = "/"  # of the file system
WHOLE = "everything"  # the title of what is not known of a store as a whole
METADATA = re.compile(r"\bFROM\s+`?(\w+)`?\.", re.IGNORECASE)

Said = Iterator[Thing | Unknown]


@dataclass
class Copy:
    """The registry's copy in the bucket: keys of its objects by their digests, and of its index."""

    keys: dict[str, str]
    index: str


def fingerprints(reach: Reach, ids: dict[str, str], span: Span, key: Key, copy: Copy | None) -> Said:
    """Everything that is known, store by store; a store that cannot be read is unknown as a whole."""
    profile = reach.profile
    yield from _guarded(KUBERNETES[0], _kubernetes(reach, ids, key))
    yield from _guarded(RONDB, _rondb(reach, span, key))
    yield from _accounts(reach, ids[RONDB], key)
    if profile.hopsfs is not None:
        yield from _guarded(HOPSFS, _hopsfs(reach, span, key))
    if profile.opensearch is not None:
        yield from _guarded(
            OPENSEARCH,
            _opensearch(reach, Snapshot(reach.store, need(profile.opensearch, OPENSEARCH), ids[OPENSEARCH]), key),
        )
    if copy is not None:
        yield from _guarded(REGISTRY, _registry(reach, copy, key))


def _guarded(store: str, said: Said) -> Said:
    try:
        yield from said
    except OperationError as error:
        yield Unknown(store=store, title=WHOLE, why=error.message)


def _kubernetes(reach: Reach, ids: dict[str, str], key: Key) -> Said:
    """As the archives hold them."""
    prefix, found = reach.profile.kubernetes.bucket_prefix, Prints()
    for name in KUBERNETES:
        found |= kubernetes.from_backup(reach.store, prefix, ids[name], key)
    yield from of_prints(KUBERNETES[0], found)


def compared(reach: Reach, sql: Sql) -> list[Table]:
    """The tables that are compared."""
    names = reach.profile.rondb
    found = read_tables(sql, names.excluded_databases)
    return [each for each in found if each.title not in names.excluded_tables]


def _rondb(reach: Reach, span: Span, key: Key) -> Said:
    """Tables that were not written to since."""
    with database(reach) as sql:
        tables = take(sql, compared(reach, sql), key, keep_rows=False)
        moved = still.changed(sql, span.after)  # after the digests were taken: what was written meanwhile shows
    yield from of_tables({title: each for title, each in tables.items() if title not in moved})
    yield from (Unknown(store=RONDB, title=TABLE + each, why=moved[each]) for each in tables if each in moved)


def _accounts(reach: Reach, backup: str, key: Key) -> Said:
    """As the backup's own file of users says."""
    names = reach.profile.rondb
    file = next((each for each in names.backup_files if "user" in each), "")
    data = reach.store.get(f"{names.bucket_prefix}/{backup}/{file}") if file else None
    found = accounts.accounts_in((data or b"").decode(errors="replace"), names.excluded_accounts, key)
    if not found:
        yield Unknown(store=RONDB, title="accounts", why="the backup has no file of users that could be read")
    yield from of_accounts(found)


def _hopsfs(reach: Reach, span: Span, key: Key) -> Said:
    """All files, if none of the tables that describe them was written to since."""
    names = need(reach.profile.hopsfs, HOPSFS)
    with file_system(reach) as fs:
        found = files.read(fs, ROOT, key)
    with database(reach) as sql:
        tables = [each.title for each in compared(reach, sql)]
        moved = still.changed(sql, span.after)
    where = METADATA.search(names.blocks_query)
    own = [each for each in tables if where and each.startswith(f"{where[1]}.")]
    lost = [f"{each}: {moved[each]}" for each in own if each in moved]
    if lost or not own:
        yield Unknown(store=HOPSFS, title=WHOLE, why=lost[0] if lost else "the tables of its metadata are not known")
        return
    yield from of_prints(HOPSFS, found)


def _opensearch(reach: Reach, taken: Snapshot, key: Key) -> Said:
    """Every index whose shards stand at the commit that the snapshot took, and that nobody has described anew since."""
    names = need(reach.profile.opensearch, OPENSEARCH)
    wanted = {(index, shard): COMMIT.search(body) for index, shard, body in taken.shards()}
    with search_engine(reach) as search:
        found = documents.read(search, names, key)
        commits, versions = search.commits(), search.metadata_versions()
    by_index = _by_index(found)
    for index in sorted(by_index.keys() | {index for index, _ in wanted}):
        why = _moved(index, wanted, commits) or _described(index, taken.described(index), versions)
        if why:
            yield Unknown(store=OPENSEARCH, title=f"index {index}", why=why)
        else:
            yield from of_prints(OPENSEARCH, by_index[index])


def _by_index(found: Prints) -> dict[str, Prints]:
    made: dict[str, Prints] = {}
    for title, each in found.items():
        made.setdefault(title.split(" ", 1)[1].partition("/")[0], {})[title] = each
    return made


def _moved(
    index: str, wanted: dict[tuple[str, int], re.Match[bytes] | None], commits: dict[tuple[str, int], tuple[int, bool]]
) -> str:
    own = {shard: found for (name, shard), found in wanted.items() if name == index}
    if not own:
        return "it is not in the snapshot"
    for shard, found in sorted(own.items()):
        number, quiet = commits.get((index, shard), (0, False))
        if found is None or int(found[1], 36) != number:
            return f"shard {shard} has another commit than the snapshot"
        if not quiet:
            return f"shard {shard} was written to since its last commit"
    return ""


def _described(index: str, said: str, versions: dict[str, str]) -> str:
    same = said.endswith(f"-{versions.get(index, '?')}")
    return "" if same else "settings, mappings or aliases may have changed since the snapshot"


def _registry(reach: Reach, copy: Copy, key: Key) -> Said:
    """As its copy holds it."""

    def held(digest: str) -> bytes | None:
        found = copy.keys.get(digest.removeprefix("sha256:"))
        return reach.store.get(found) if found else None

    yield from of_prints(REGISTRY, images.from_copy(reach.store.get(copy.index) or b"", held, key))
