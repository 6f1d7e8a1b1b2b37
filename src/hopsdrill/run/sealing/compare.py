"""Live stores against a seal's fingerprints: what differs, and what the seal does not know."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from hopsdrill.clients import database, file_system, need, registry, search_engine
from hopsdrill.core.errors import OperationError, PreconditionError
from hopsdrill.proof import documents, files, images, kubernetes
from hopsdrill.proof.key import Key
from hopsdrill.proof.prints import compare as compare_prints
from hopsdrill.proof.rondb.accounts import compare_accounts, read_accounts
from hopsdrill.proof.rondb.compare import compare as compare_tables
from hopsdrill.proof.seal import Seal, SealError, SealStatus, Thing, Unknown
from hopsdrill.proof.seal import prints as sealed
from hopsdrill.proof.seal.body import content_key_id
from hopsdrill.run.sealing.check import entries
from hopsdrill.run.sealing.parts import HOPSFS, KUBERNETES, OPENSEARCH
from hopsdrill.run.sealing.point import REGISTRY, ROOT, compared
from hopsdrill.run.sealing.take import KEY_FILE
from hopsdrill.site import Reach


@dataclass
class Compared:
    """One store against its fingerprint.

    Attributes:
        things: how many the seal has of it.
        differences: each named.
        unknown: what the seal does not know of it, each with the reason.
    """

    store: str
    things: int = 0
    differences: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)


def content_key(seal: Seal) -> Key:
    """The key of a seal's fingerprints, from the file beside it.

    Raises:
        PreconditionError: it is not there.
        SealError: it is another seal's.
    """
    path = seal.path.with_name(seal.path.name + KEY_FILE)
    try:
        secret = bytes.fromhex(path.read_text().strip())
    except (OSError, ValueError) as error:
        msg = f"The key of the seal's fingerprints, {path}, cannot be read: {error}"
        raise PreconditionError(
            msg, hint="it was written beside the seal; without it no content can be compared"
        ) from error
    if content_key_id(secret) != seal.head.content_key:
        raise SealError(SealStatus.OTHER_SET, f"{path} is the key of another seal's fingerprints.")
    return Key(secret)


def compare(reach: Reach, seal: Seal, key: Key) -> list[Compared]:
    """Every store of the seal, in order of its name."""
    unknown: dict[str, list[str]] = {}
    for each in seal.each(Unknown):
        unknown.setdefault(each.store, []).append(f"{each.title}: {each.why}")
    things: dict[str, list[Thing]] = {}
    for thing in seal.each(Thing):
        things.setdefault(thing.store, []).append(thing)
    made = []
    for store in sorted(known := _readers(reach)):
        own = things.get(store, [])
        found = Compared(store, len(own), unknown=unknown.get(store, []))
        if own:
            try:
                found.differences = list(known[store](reach, own, key, found.unknown))
            except OperationError as error:  # a store that does not serve after its restore has not come back
                found.differences = [f"{store} cannot be read: {error.message}"]
        elif not found.unknown:
            found.unknown = ["the seal has nothing of it"]
        made.append(found)
    return made


Reader = Callable[[Reach, list[Thing], Key, list[str]], Iterable[str]]


def _readers(reach: Reach) -> dict[str, Reader]:
    known: dict[str, Reader] = {
        sealed.RONDB: _rondb,
        KUBERNETES[0]: _kubernetes,
        HOPSFS: _hopsfs,
        OPENSEARCH: _opensearch,
        REGISTRY: _registry,
    }
    return {store: each for store, each in known.items() if store in reach.profile.stores}


def _rondb(reach: Reach, things: list[Thing], key: Key, unknown: list[str]) -> Iterator[str]:
    names, tables, accounts = reach.profile.rondb, sealed.tables(things), sealed.accounts(things)
    said = " ".join(unknown)
    with database(reach) as sql:
        there = compared(reach, sql)
        unknown += [
            f"table {each.title}: the seal does not name it"
            for each in there
            if each.title not in tables and f"table {each.title}:" not in said
        ]
        yield from compare_tables(sql, tables, [each for each in there if each.title in tables], key)
        live = read_accounts(sql, names.excluded_accounts, key) if accounts else {}
    yield from compare_accounts(accounts, live)


def _kubernetes(reach: Reach, things: list[Thing], key: Key, unknown: list[str]) -> Iterator[str]:
    """Velero's restores never delete, so what is there besides is no difference; nor is the record of a later backup."""
    del unknown
    spaces = sorted({each.title.partition(" ")[2].partition("/")[0] for each in things})
    live = kubernetes.read(reach.kube, spaces, key)
    later = {
        f" data.{id_}: absent -> "
        for store in reach.profile.recorded
        for id_ in entries(reach.kube, reach.profile, store)
    }
    for line in compare_prints(sealed.prints(things), live).differences:
        if not any(each in line for each in later):
            yield line


def _hopsfs(reach: Reach, things: list[Thing], key: Key, unknown: list[str]) -> Iterator[str]:
    del unknown
    with file_system(reach) as fs:
        yield from compare_prints(sealed.prints(things), files.read(fs, ROOT, key)).all


def _opensearch(reach: Reach, things: list[Thing], key: Key, unknown: list[str]) -> Iterator[str]:
    expected, names = sealed.prints(things), need(reach.profile.opensearch, OPENSEARCH)
    indices, said = {_index(title) for title in expected}, " ".join(unknown)
    with search_engine(reach) as search:
        found = documents.read(search, names, key)
        yield from documents.unfit(search, names)
    unknown += [
        f"{title}: the seal does not name it"
        for title in sorted(found)
        if title.startswith("index ") and _index(title) not in indices and f"{title}:" not in said
    ]
    yield from compare_prints(expected, {title: each for title, each in found.items() if _index(title) in indices}).all


def _index(title: str) -> str:
    """The index of ``index <name>`` and ``document <name>/<id>``."""
    return title.partition(" ")[2].partition("/")[0]


def _registry(reach: Reach, things: list[Thing], key: Key, unknown: list[str]) -> Iterator[str]:
    """Its restore removes nothing, so what is there besides is no difference."""
    del unknown
    with registry(reach) as client:
        yield from compare_prints(sealed.prints(things), images.read(client, key)).differences
