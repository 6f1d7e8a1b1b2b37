"""Whether a backup set is whole, store by store, judged by what lies in the bucket; each answer is recorded."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from hopsdrill.adapters.registry import digest_of
from hopsdrill.clients import registry
from hopsdrill.core.errors import BackupDamaged
from hopsdrill.core.snapshots import newest_catalogue, snapshot_lacking
from hopsdrill.model.profile import OpenSearchProfile, RegistryProfile
from hopsdrill.proof import images, kubernetes
from hopsdrill.proof.completeness import images_lacking, lacking
from hopsdrill.proof.key import Key
from hopsdrill.proof.prints import Prints
from hopsdrill.recovery.backup import BackupSet
from hopsdrill.run.contents import reconciled
from hopsdrill.run.sealing.parts import Snapshot
from hopsdrill.site import Site


@dataclass(frozen=True)
class Look:
    """What a look at one store's backup has shown; it is whole when nothing is missing.

    Attributes:
        proof: the name under which it is recorded.
        seen: artefacts, by name.
    """

    proof: str
    store: str
    missing: list[str]
    expected: str
    observed: str
    seen: dict[str, object] = field(default_factory=dict)


def record(site: Site, look: Look) -> list[str]:
    """Record that a backup is whole, which it is when nothing is missing; gives what is."""
    site.recorder.proof(
        look.proof,
        store=look.store,
        passed=not look.missing,
        expected=look.expected,
        observed=look.observed,
        differences=look.missing,
        evidence=[site.recorder.keep(name, value) for name, value in look.seen.items()],
        data=False,
    )
    return look.missing


def looks(
    site: Site, backup: BackupSet, expected: kubernetes.Fingerprint, contents: dict[str, Prints], key: Key
) -> dict[str, Callable[[], Look]]:
    """How to look at each store's backup, by store; a store that holds something must have something backed up.

    ``expected`` are the Kubernetes objects as they were before the backup, ``contents`` those of the other stores.
    """
    profile, others = site.profile, backup.others
    found: dict[str, Callable[[], Look]] = {
        "rondb": partial(database, site, backup),
        "kubernetes": partial(objects, site, backup, expected, key),
    }
    if profile.hopsfs is not None:
        found["hopsfs"] = partial(_blocks, site, some=bool(contents.get("hopsfs")))
    if profile.opensearch is not None:
        held = {title.removeprefix("index ") for title in contents.get("opensearch", {}) if title.startswith("index ")}
        found["opensearch"] = partial(_snapshot, site, profile.opensearch, others["opensearch"].id, held)
    if profile.registry is not None:
        some = bool(contents.get("registry"))
        found["registry"] = partial(_images, site, profile.registry, others["registry"].id, some=some)
    return found


def archived_objects(site: Site, backup: BackupSet, key: Key) -> kubernetes.Fingerprint:
    """The objects that lie in the bucket.

    Raises:
        BackupDamaged: an archive is missing, or cannot be read.
    """
    prefix = site.profile.kubernetes.bucket_prefix
    names = [each["metadata"]["name"] for each in (backup.main, backup.users)]
    main, users = (kubernetes.from_backup(site.store, prefix, name, key) for name in names)
    return {**main, **users}


def database(site: Site, backup: BackupSet) -> Look:
    """What the database's backup lacks."""
    rondb = site.profile.rondb
    prefix = f"{rondb.bucket_prefix}/{backup.rondb.id}/"
    files = site.store.entries(prefix)
    missing = lacking((each.key.removeprefix(prefix) for each in files), rondb)
    return Look(
        "database-backup-is-whole",
        "rondb",
        missing,
        expected=f"nodes {rondb.node_ids} with all their parts, {', '.join(rondb.backup_files)}",
        observed="all there" if not missing else f"{len(missing)} missing",
        seen={"backup-files.json": {each.key: each.size for each in files}},
    )


def objects(site: Site, backup: BackupSet, expected: kubernetes.Fingerprint, key: Key) -> Look:
    """In what the archived Kubernetes objects differ from those that were there."""
    try:
        archived = archived_objects(site, backup, key)
        lost = kubernetes.compare(expected, archived).differences
    except BackupDamaged as error:
        archived, lost = {}, [error.message]
    return Look(
        "object-backup-is-whole",
        "kubernetes",
        lost,
        expected=f"{len(expected)} objects as they were before the backup",
        observed=f"{len(archived)} objects in the bucket, {len(lost)} differences",
        seen={"backup-objects.json": sorted(archived)},
    )


def _blocks(site: Site, *, some: bool) -> Look:
    """The file system's backup is the database's rows and the bucket's versions: every block must lie there now."""
    found = reconciled(site)
    versioning = site.store.versioning()
    none = ["no block is known, although there are files"] if some and not found.blocks else []
    missing = (
        found.wrong
        + none
        + ([] if versioning == "Enabled" else [f"versioning of the bucket: {versioning or 'never set'}"])
    )
    return Look(
        "file-blocks-are-whole",
        "hopsfs",
        missing,
        expected="every block the metadata knows in the bucket, with its size; versioning Enabled",
        observed=f"{found.blocks} blocks, {len(found.wrong)} wrong, {len(found.orphaned)} orphaned objects, versioning {versioning}",
    )


def _snapshot(site: Site, names: OpenSearchProfile, snapshot: str, held: set[str]) -> Look:
    prefix = f"{names.bucket_prefix}/"
    there = [each.key for each in site.store.entries(prefix)]
    keys = [each.removeprefix(prefix) for each in there]
    newest = newest_catalogue(keys)
    text = site.store.get(prefix + newest) if newest else None
    missing = snapshot_lacking(keys, json.loads(text or b"{}"), snapshot, held)
    missing = missing or _data_lost(site, names, snapshot, there)
    return Look(
        "search-backup-is-whole",
        "opensearch",
        missing,
        expected=f"snapshot {snapshot} SUCCESS in the repository's catalogue, {len(held)} indices in it, the files of each of their shards in the bucket",
        observed="all there" if not missing else f"{len(missing)} missing",
    )


def _data_lost(site: Site, names: OpenSearchProfile, snapshot: str, there: list[str]) -> list[str]:
    try:
        return list(Snapshot(site.store, names, snapshot).lost(there))
    except BackupDamaged as error:
        return [error.message]


def _images(site: Site, names: RegistryProfile, backup: str, *, some: bool) -> Look:
    with registry(site) as found:
        expected = images.digests(found)
    entries = site.store.entries(f"{names.bucket_prefix}/{backup}/")
    read = [site.store.get(each.key) for each in entries]
    lying = {digest_of(data) for data in read if data is not None}
    missing = images_lacking(expected, lying)
    missing += ["the registry holds no image, although it did"] if some and not expected else []
    return Look(
        "registry-backup-is-whole",
        "registry",
        missing,
        expected=f"{len(expected)} manifests and blobs, each by its digest",
        observed=f"{len(lying)} objects in the bucket, {len(missing)} digests missing",
    )
