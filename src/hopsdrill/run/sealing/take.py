"""Sealing a backup set: what lies in the bucket of it, what its records say, what its stores held; only read, and signed."""

import os
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from securesystemslib.signer import CryptoSigner

from hopsdrill import __version__
from hopsdrill.adapters.s3_history import HistoryStore, Stamp
from hopsdrill.clients import need
from hopsdrill.core.clock import now, utc_text
from hopsdrill.core.errors import BackupDamaged, PreconditionError, UsageError, VerificationError
from hopsdrill.core.ordered import ordered
from hopsdrill.proof.completeness import lacking
from hopsdrill.proof.key import Key
from hopsdrill.proof.seal import Head, Item, Part, Record, Unknown, Writer
from hopsdrill.proof.seal.body import content_key_id
from hopsdrill.recovery.sets import BackupSet, Mark, read, sets
from hopsdrill.run.sealing.check import READERS, entries
from hopsdrill.run.sealing.parts import OPENSEARCH, Snapshot, Span, belonging, parts
from hopsdrill.run.sealing.point import REGISTRY, Copy, fingerprints
from hopsdrill.site import Reach


KEY_FILE = ".key"  # beside the seal: with it the fingerprints can be compared, and guessed at


@dataclass
class Sealed:
    """What a seal says.

    Attributes:
        counts: lines by kind.
        bytes: of all objects.
        unknown: what its fingerprints do not cover, store by store.
    """

    path: Path
    counts: dict[str, int]
    bytes: int = 0
    unknown: list[Unknown] = field(default_factory=list)


def chosen(reach: Reach, id_: str) -> BackupSet:
    """The one set that has a backup of this ID.

    Raises:
        PreconditionError: there is none.
        UsageError: there are several, for IDs come back within a year.
    """
    facts = read(reach.profile, reach.kube, reach.store, lacking)
    found = [each for each in sets(facts, reach.profile) if any(one.id == id_ for one in each.backups.values())]
    if not found:
        raise PreconditionError(f"No backup set has a backup {id_}.", hint="hopsdrill backups list --last 0")  # noqa: EM102, TRY003
    if len(found) > 1:
        starts = ", ".join(f"{each.start:%Y-%m-%d %H:%M}" for each in found if each.start)
        msg = f"{len(found)} backup sets have a backup {id_}, begun {starts}: IDs come back within a year."
        raise UsageError(msg, hint="name the set by another of its IDs, such as its Velero backup's")
    return found[0]


def require_sealable(chosen: BackupSet) -> Span:
    """See that a set is whole; gives between which moments its recovery point lies.

    Raises:
        VerificationError: it is not complete, or does not say when it was taken.
    """
    if chosen.mark is not Mark.COMPLETE:
        msg = f"The set is {chosen.mark.value}, and what is not whole is not sealed: {'; '.join(chosen.reasons)}"
        raise VerificationError(msg, hint="hopsdrill backups list shows every set")
    own = chosen.backups["rondb"]
    if own.start is None or own.end is None:
        raise VerificationError("The database's record does not say when its backup began and ended.")  # noqa: EM101, TRY003
    return Span(own.start, own.end)


def seal(reach: Reach, chosen: BackupSet, path: Path, signer: CryptoSigner) -> Sealed:
    """Write a set's seal, and beside it the key of its fingerprints.

    Raises:
        VerificationError: the set is not complete.
        PreconditionError: a file of that name is there.
        OperationError: bucket or cluster do not answer; BackupDamaged: an object was gone when it was to be read.
    """
    span, ids = require_sealable(chosen), {name: each.id for name, each in chosen.backups.items()}
    store = reach.store
    if path.exists():
        msg = f"There is a file {path} already; a seal is never replaced."
        raise PreconditionError(msg, hint="name another --out")
    secret = secrets.token_bytes(32)
    with Writer(path, _head(reach, ids, span, secret)) as writer:
        made, copy = Sealed(path, writer.counts), Copy({}, "")
        for part in parts(reach.profile, ids):
            for item in _items(store, part, belonging(store, reach.profile, part, ids, span)):
                writer.add(item)
                made.bytes += item.size
                _copied(reach, copy, part, item)
        for record in _records(reach, ids):
            writer.add(record)
        for said in fingerprints(reach, ids, span, Key(secret), copy if copy.keys else None):
            writer.add(said)
            made.unknown += [said] if isinstance(said, Unknown) else []
        _keep(path.with_name(path.name + KEY_FILE), secret)
        writer.sign(signer)
    return made


def _head(reach: Reach, ids: dict[str, str], span: Span, secret: bytes) -> Head:
    return Head(
        ids=ids,
        sealed=utc_text(now().utc),
        after=utc_text(span.after),
        before=utc_text(span.before),
        platform=reach.profile.name,
        version=reach.profile.version,
        bucket=reach.store.ref.bucket,
        tool_version=__version__,
        content_key=content_key_id(secret),
        parts=parts(reach.profile, ids),
    )


def _items(store: HistoryStore, part: Part, stamps: Iterable[Stamp]) -> Iterator[Item]:
    def digested(stamp: Stamp) -> Item:
        digest = store.sha256(stamp.key, stamp.version)
        if digest is None:
            msg = f"{stamp.key} in bucket {store.ref.bucket} was listed, and is gone."
            raise BackupDamaged(msg, hint="is somebody removing old backups? Seal again")
        return Item(
            part=part.name,
            key=stamp.key,
            size=stamp.size,
            sha256=digest,
            version=stamp.version,
            etag=stamp.etag,
        )

    return ordered(digested, stamps, READERS)


def _copied(reach: Reach, copy: Copy, part: Part, item: Item) -> None:
    names = reach.profile.registry
    if names is not None and part.name == REGISTRY:
        copy.keys[item.sha256] = item.key
        if item.key == f"{part.prefix}{names.backup_files[0]}":
            copy.index = item.key


def _records(reach: Reach, ids: dict[str, str]) -> Iterator[Record]:
    for name in reach.profile.recorded:
        if name in ids:
            text = entries(reach.kube, reach.profile, name).get(ids[name])
            if text is None:
                msg = f"The entry {ids[name]} of {name} is gone from its metadata ConfigMaps."
                raise BackupDamaged(msg, hint="hopsdrill backups list")
            selector = reach.profile.recorded[name].metadata_selector
            yield Record(store=name, place=f"ConfigMaps {selector}", id=ids[name], text=text)
    if reach.profile.opensearch is not None and OPENSEARCH in ids:
        yield Snapshot(reach.store, need(reach.profile.opensearch, OPENSEARCH), ids[OPENSEARCH]).record()


def _keep(path: Path, secret: bytes) -> None:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        msg = f"Tried to write the key of the fingerprints, {path}; the system said: {error.strerror}."
        raise PreconditionError(msg, hint="a seal and its key are never replaced; name another --out") from error
    with os.fdopen(descriptor, "w") as file:
        file.write(secret.hex() + "\n")
