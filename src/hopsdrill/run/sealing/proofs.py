"""The proofs of a platform that was restored from a set the drill did not take, recorded: content by the seal, coherence by itself."""

from collections.abc import Callable, Iterator
from functools import partial

from hopsdrill.clients import database, file_system, need, registry, search_engine
from hopsdrill.core.errors import DrillError, OperationError
from hopsdrill.proof import documents, files, images
from hopsdrill.proof.key import Key
from hopsdrill.proof.rondb.references import foreign_keys, orphans
from hopsdrill.proof.seal import Seal
from hopsdrill.recovery.backup import entries
from hopsdrill.run.contents import reconciled
from hopsdrill.run.given import UNSEALED, opens
from hopsdrill.run.sealing.compare import Compared, compare, content_key
from hopsdrill.run.sealing.parts import HOPSFS, KUBERNETES, OPENSEARCH
from hopsdrill.run.sealing.point import REGISTRY, ROOT
from hopsdrill.site import Site


CONTENT = {
    "rondb": "rows-and-users-match-the-seal",
    KUBERNETES[0]: "objects-match-the-seal",
    HOPSFS: "files-match-the-seal",
    OPENSEARCH: "documents-match-the-seal",
    REGISTRY: "environments-match-the-seal",
}
COHERENT = (
    "foreign-keys-hold",
    "blocks-match-the-metadata",
    "files-can-be-read",
    "all-shards-serve",
    "images-are-whole",
    "references-between-stores-hold",
)


def prove_content(site: Site, seal: Seal | None) -> None:
    """Compare every store with the seal's fingerprints; what the seal does not know is UNKNOWN, what differs is a failure."""
    stores = [store for store in CONTENT if store in site.profile.stores]
    try:
        found = {each.store: each for each in compare(site, seal, content_key(seal))} if seal else {}
        why = UNSEALED
    except DrillError as error:
        found, why = {}, error.message
    for store in stores:
        _record(site, store, found.get(store), why)


def _record(site: Site, store: str, found: Compared | None, why: str) -> None:
    expected = "everything as the seal says it was at the recovery point"
    if found is None:
        site.recorder.undecided(CONTENT[store], store=store, expected=expected, observed=why)
    elif found.unknown and not found.differences:
        told = f"{found.things} things are as they were sealed; not known of {len(found.unknown)}: {'; '.join(found.unknown[:5])}"
        site.recorder.undecided(CONTENT[store], store=store, expected=expected, observed=told)
    else:
        first = f", first: {found.differences[0]}" if found.differences else ""
        site.recorder.proof(
            CONTENT[store],
            store=store,
            passed=not found.differences,
            expected=expected,
            observed=f"{found.things} things compared, {len(found.differences)} differences{first}",
            differences=found.differences,
        )


def prove_coherent(site: Site) -> None:
    """What must hold inside and between the stores whatever they hold; needs no seal."""
    profile = site.profile
    looks: dict[str, tuple[str, str, Callable[[], Iterator[str]]]] = {
        "foreign-keys-hold": ("rondb", "every row's parent is there", partial(_foreign_keys, site)),
        "references-between-stores-hold": (
            "platform",
            "the restored Secret opens the restored database; every recorded backup lies in the bucket",
            partial(_references, site),
        ),
    }
    if profile.hopsfs is not None:
        looks |= {
            "blocks-match-the-metadata": (HOPSFS, "every block's objects, with their sizes", partial(_blocks, site)),
            "files-can-be-read": (
                HOPSFS,
                "every file gives as many bytes as it is said to have",
                partial(_files, site),
            ),
        }
    if profile.opensearch is not None:
        looks["all-shards-serve"] = (OPENSEARCH, "no red index, every mandatory one", partial(_shards, site))
    if profile.registry is not None:
        looks["images-are-whole"] = (REGISTRY, "every tag's manifest and blobs, by digest", partial(_images, site))
    for proof, (store, expected, look) in looks.items():
        try:
            wrong = list(look())
        except OperationError as error:
            wrong = [f"{store} cannot be read: {error.message}"]
        site.recorder.proof(
            proof,
            store=store,
            passed=not wrong,
            expected=expected,
            observed=f"{len(wrong)} faults, first: {wrong[0]}" if wrong else "no fault",
            differences=wrong,
        )


def _foreign_keys(site: Site) -> Iterator[str]:
    with database(site) as sql:
        yield from orphans(sql, foreign_keys(sql))


def _blocks(site: Site) -> Iterator[str]:
    yield from reconciled(site).wrong


def _files(site: Site) -> Iterator[str]:
    with file_system(site) as fs:
        found = files.read(fs, ROOT, Key())
    for title, each in sorted(found.items()):
        if "size" in each.shown and each.shown.get("bytes") != each.shown["size"]:
            yield f"{title}: {each.shown.get('bytes', 'no')} bytes of {each.shown['size']}"


def _shards(site: Site) -> Iterator[str]:
    with search_engine(site) as search:
        yield from documents.unfit(search, need(site.profile.opensearch, OPENSEARCH))


def _images(site: Site) -> Iterator[str]:
    with registry(site) as client:
        found = images.read(client, Key())
    for title, each in sorted(found.items()):
        yield from (
            f"{title} {path}: {state}"
            for path, state in each.shown.items()
            if path.startswith("blob ") and state != '"whole"'
        )


def _references(site: Site) -> Iterator[str]:
    if why := opens(site):
        yield f"the Secret {site.profile.rondb.credentials_secret} does not open the database: {why}"
    for store, names in site.profile.recorded.items():
        for id_ in entries(site, names) if names.backup_files else ():
            if not site.store.holds(f"{names.bucket_prefix}/{id_}/"):
                yield f"{store}: backup {id_} is recorded, and nothing of it is in the bucket"
