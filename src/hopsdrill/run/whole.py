"""Whether a backup set is whole, store by store, judged by what lies in the bucket; each answer is recorded."""

import json
from collections.abc import Sequence

from hopsdrill.adapters.registry import digest_of
from hopsdrill.clients import registry
from hopsdrill.core.snapshots import newest_catalogue, snapshot_lacking
from hopsdrill.model.profile import OpenSearchProfile, RegistryProfile
from hopsdrill.proof import images, kubernetes
from hopsdrill.proof.completeness import images_lacking, lacking
from hopsdrill.proof.prints import Prints
from hopsdrill.recovery.backup import BackupSet
from hopsdrill.run.contents import reconciled
from hopsdrill.site import Site


def _judged(  # noqa: PLR0913 - the fields of a proof
    site: Site,
    proof: str,
    store: str,
    missing: list[str],
    *,
    expected: str,
    observed: str,
    evidence: Sequence[str] = (),
) -> list[str]:
    """Record that a backup is whole, which it is when nothing is missing; gives what is."""
    site.recorder.proof(
        proof,
        store=store,
        passed=not missing,
        expected=expected,
        observed=observed,
        differences=missing,
        evidence=list(evidence),
        data=False,
    )
    return missing


def database(site: Site, backup: BackupSet) -> list[str]:
    """What the database's backup lacks."""
    rondb = site.profile.rondb
    prefix = f"{rondb.bucket_prefix}/{backup.rondb.id}/"
    files = site.store.entries(prefix)
    missing = lacking((each.key.removeprefix(prefix) for each in files), rondb)
    return _judged(
        site,
        "database-backup-is-whole",
        "rondb",
        missing,
        expected=f"nodes {rondb.node_ids} with all their parts, {', '.join(rondb.backup_files)}",
        observed="all there" if not missing else f"{len(missing)} missing",
        evidence=[site.recorder.keep("backup-files.json", {each.key: each.size for each in files})],
    )


def objects(site: Site, expected: kubernetes.Fingerprint, archived: kubernetes.Fingerprint) -> list[str]:
    """In what the archived Kubernetes objects differ from those that were there."""
    lost = kubernetes.compare(expected, archived).differences
    return _judged(
        site,
        "object-backup-is-whole",
        "kubernetes",
        lost,
        expected=f"{len(expected)} objects as they were before the backup",
        observed=f"{len(archived)} objects in the bucket, {len(lost)} differences",
        evidence=[site.recorder.keep("backup-objects.json", sorted(archived))],
    )


def others(site: Site, backup: BackupSet, contents: dict[str, Prints]) -> list[str]:
    """What the backups of the platform's other stores lack; a store that holds something must have something backed up."""
    profile, missing = site.profile, list[str]()
    if profile.hopsfs is not None:
        missing += _blocks(site, some=bool(contents.get("hopsfs")))
    if profile.opensearch is not None:
        held = {title.removeprefix("index ") for title in contents.get("opensearch", {}) if title.startswith("index ")}
        missing += _snapshot(site, profile.opensearch, backup.others["opensearch"].id, held)
    if profile.registry is not None:
        missing += _images(site, profile.registry, backup.others["registry"].id, some=bool(contents.get("registry")))
    return missing


def _blocks(site: Site, *, some: bool) -> list[str]:
    """The file system's backup is the database's rows and the bucket's versions: every block must lie there now."""
    found = reconciled(site)
    versioning = site.store.versioning()
    none = ["no block is known, although there are files"] if some and not found.blocks else []
    missing = (
        found.wrong
        + none
        + ([] if versioning == "Enabled" else [f"versioning of the bucket: {versioning or 'never set'}"])
    )
    return _judged(
        site,
        "file-blocks-are-whole",
        "hopsfs",
        missing,
        expected="every block the metadata knows in the bucket, with its size; versioning Enabled",
        observed=f"{found.blocks} blocks, {len(found.wrong)} wrong, {len(found.orphaned)} orphaned objects, versioning {versioning}",
    )


def _snapshot(site: Site, names: OpenSearchProfile, snapshot: str, held: set[str]) -> list[str]:
    prefix = f"{names.bucket_prefix}/"
    keys = [each.key.removeprefix(prefix) for each in site.store.entries(prefix)]
    newest = newest_catalogue(keys)
    text = site.store.get(prefix + newest) if newest else None
    missing = snapshot_lacking(keys, json.loads(text or b"{}"), snapshot, held)
    return _judged(
        site,
        "search-backup-is-whole",
        "opensearch",
        missing,
        expected=f"snapshot {snapshot} SUCCESS in the repository's catalogue, {len(held)} indices in it, the file of each of their shards in the bucket",
        observed="all there" if not missing else f"{len(missing)} missing",
    )


def _images(site: Site, names: RegistryProfile, backup: str, *, some: bool) -> list[str]:
    with registry(site) as found:
        expected = images.digests(found)
    entries = site.store.entries(f"{names.bucket_prefix}/{backup}/")
    read = [site.store.get(each.key) for each in entries]
    lying = {digest_of(data) for data in read if data is not None}
    missing = images_lacking(expected, lying)
    missing += ["the registry holds no image, although it did"] if some and not expected else []
    return _judged(
        site,
        "registry-backup-is-whole",
        "registry",
        missing,
        expected=f"{len(expected)} manifests and blobs, each by its digest",
        observed=f"{len(lying)} objects in the bucket, {len(missing)} digests missing",
    )
