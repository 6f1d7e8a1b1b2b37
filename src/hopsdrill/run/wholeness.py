"""A backup that is not whole is found: a part of one store's backup is lost unnoticed, and that store's own look finds it."""

import json
import re
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass

from hopsdrill.clients import database, file_system, need, registry
from hopsdrill.core.errors import OperationError, VerificationError
from hopsdrill.core.snapshots import newest_catalogue
from hopsdrill.proof import files as file_proof
from hopsdrill.proof import kubernetes
from hopsdrill.proof.key import Key
from hopsdrill.proof.prints import Prints
from hopsdrill.recovery.backup import BackupSet, take_set
from hopsdrill.recovery.jobs import Change
from hopsdrill.run import whole
from hopsdrill.run.contents import read_all
from hopsdrill.run.sealing.parts import Snapshot
from hopsdrill.run.stages import backed_up_objects
from hopsdrill.run.whole import Look
from hopsdrill.site import Site
from hopsdrill.workload import environments


FILE, TEXT = "/hopsdrill/wholeness.txt", b"a file with a block of its own"
REPOSITORY = "hopsdrill/wholeness"


@dataclass(frozen=True)
class Taken:
    """A backup set, and what its stores held when it was taken."""

    backup: BackupSet
    objects: kubernetes.Fingerprint
    contents: dict[str, Prints]

    def looks(self, site: Site, key: Key) -> dict[str, Callable[[], Look]]:
        """How to look at each store's backup."""
        return whole.looks(site, self.backup, self.objects, self.contents, key)


def take(site: Site, key: Key, changes: Mapping[str, Change] | None = None) -> Taken:
    """See that every store holds something, and take a backup of all; ``changes`` as `take_set` has them."""
    _furnish(site)
    objects, contents = backed_up_objects(site, key), read_all(site, key)
    return Taken(take_set(site, changes), objects, contents)


def still_whole(site: Site, taken: Taken, key: Key) -> bool:
    """Whether the set can be used once more: the stores it is compared with may have gone on."""
    return not any(look().missing for look in taken.looks(site, key).values())


def _furnish(site: Site) -> None:
    """A file and an image where there is none: what holds nothing has nothing to lose. They stay, for later backups hold them."""
    if site.profile.hopsfs is not None and not _blocks(site):
        with file_system(site) as files:
            files.write(FILE, TEXT)
    if site.profile.registry is not None:
        with registry(site) as images:
            if not images.tags():
                environments.push(images, REPOSITORY, environments.TAG, ["numpy==2.1.0"])


def _blocks(site: Site) -> list[file_proof.Block]:
    with database(site) as sql:
        return file_proof.blocks(sql, need(site.profile.hopsfs, "hopsfs"))


def prove_whole(site: Site, taken: Taken, key: Key) -> None:
    """Record for every store that its backup is whole."""
    for look in taken.looks(site, key).values():
        whole.record(site, look())


# --- loss --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Lost:
    """What was lost from a store's backup.

    Attributes:
        named: what the look has to name, a regular expression.
    """

    store: str
    key: str
    named: str


def victim(site: Site, what: str, taken: Taken) -> Lost:
    """Which object of the bucket is lost.

    Raises:
        VerificationError: the scenario names a part nobody knows.
        OperationError: the backup has no such part.
    """
    known: dict[str, Callable[[Site, BackupSet], Lost]] = {
        "a part file of the database's backup": _part,
        "a block of a file": _block,
        "the index file of a shard in the snapshot": _shard,
        "a data file of a shard in the snapshot": _data,
        "the archive of Kubernetes objects": _archive,
        "a layer of an image": _layer,
    }
    if what not in known:
        msg = f"There is no part {what!r} of a backup."
        raise VerificationError(msg, hint=f"known: {', '.join(known)}")
    return known[what](site, taken.backup)


def _first(site: Site, prefix: str, pattern: str, what: str) -> re.Match[str]:
    """The first object below a prefix whose key, without it, has a form.

    Raises:
        OperationError: none has.
    """
    keys = (each.key.removeprefix(prefix) for each in site.store.entries(prefix))
    found = next((match for key in keys if (match := re.fullmatch(pattern, key))), None)
    if found is None:
        msg = f"Below {prefix} the bucket has no {what}."
        raise OperationError(msg)
    return found


def _part(site: Site, backup: BackupSet) -> Lost:
    names = site.profile.rondb
    prefix = f"{names.bucket_prefix}/{backup.rondb.id}/"
    found = _first(site, prefix, rf"rondb/(?P<node>\d+)/{names.part_folder}/.+", "part of a node")
    return Lost("rondb", prefix + found[0], rf"node {found['node']}: .*part {found['part']}\b")


def _block(site: Site, backup: BackupSet) -> Lost:
    del backup  # the file system's backup is the bucket itself
    block = _blocks(site)[0]
    key = need(site.profile.hopsfs, "hopsfs").keys(block.id, block.stamp)[0]
    return Lost("hopsfs", key, re.escape(f"{key} is missing"))


def _shard(site: Site, backup: BackupSet) -> Lost:
    names = need(site.profile.opensearch, "opensearch")
    prefix = f"{names.bucket_prefix}/"
    newest = newest_catalogue(each.key.removeprefix(prefix) for each in site.store.entries(prefix))
    told = json.loads(site.store.get(f"{prefix}{newest}") or b"{}")
    wanted = backup.others["opensearch"].id
    uuid = next(each["uuid"] for each in told["snapshots"] if each["name"] == wanted)
    index = min(name for name, each in told["indices"].items() if uuid in each["snapshots"])
    key = f"{prefix}indices/{told['indices'][index]['id']}/0/snap-{uuid}.dat"
    return Lost("opensearch", key, re.escape(f"index {index}: shard 0 is missing"))


def _data(site: Site, backup: BackupSet) -> Lost:
    names = need(site.profile.opensearch, "opensearch")
    taken = Snapshot(site.store, names, backup.others["opensearch"].id)
    keys = (each.key for each in site.store.entries(f"{names.bucket_prefix}/indices/"))
    key = min(key for key in keys if "/__" in key and taken.holds(key))
    return Lost("opensearch", key, re.escape(f"its data file {key.rpartition('/')[2].partition('.')[0]} is missing"))


def _archive(site: Site, backup: BackupSet) -> Lost:
    name = backup.users["metadata"]["name"]
    key = f"{site.profile.kubernetes.bucket_prefix}/backups/{name}/{name}.tar.gz"
    return Lost("kubernetes", key, re.escape(key))


def _layer(site: Site, backup: BackupSet) -> Lost:
    names = need(site.profile.registry, "registry")
    prefix = f"{names.bucket_prefix}/{backup.others['registry'].id}/"
    found = _first(site, prefix, r".*(?P<digest>[0-9a-f]{64})(\..*)?", "layer")
    return Lost("registry", prefix + found[0], f"digest sha256:{found['digest']}")


def lose(site: Site, what: str, taken: Taken, upset: ExitStack) -> Lost:
    """Remove one object from the bucket; the stack puts it back.

    Raises:
        OperationError: it is not there.
    """
    lost = victim(site, what, taken)
    data = site.store.get(lost.key)
    if data is None:
        msg = f"The bucket has no {lost.key} that could be lost."
        raise OperationError(msg)
    with site.recorder.operation("lose a part of a backup", what, target=lost.key, destructive=True) as done:
        upset.callback(site.store.put, lost.key, data)
        site.store.delete(lost.key)
        done.text = f"{len(data)} bytes gone"
    gone = site.store.get(lost.key) is None
    site.recorder.action(
        "a-part-was-lost", effective=gone, expected=f"no {lost.key}", observed="gone" if gone else "still there"
    )
    return lost


def prove_found(site: Site, lost: Lost, taken: Taken, key: Key) -> None:
    """Look at every store's backup: the loss is found by that store's look, and named; no other finds anything."""
    found = {store: look() for store, look in taken.looks(site, key).items()}
    own = found.pop(lost.store)
    site.recorder.proof(
        "loss-is-found-and-named",
        store=lost.store,
        passed=len(own.missing) == 1 and re.search(lost.named, own.missing[0]) is not None,
        expected=f"{own.proof} is red with one difference: {lost.named!r}",
        observed="; ".join(own.missing[:3]) or f"{own.proof} is green",
        differences=own.missing,
        data=False,
    )
    others = [f"{look.proof}: {line}" for look in found.values() for line in look.missing]
    site.recorder.proof(
        "nothing-else-is-found",
        store="platform",
        passed=not others,
        expected=f"{', '.join(look.proof for look in found.values())}: green",
        observed=f"{len(others)} differences" if others else "green",
        differences=others,
        data=False,
    )
