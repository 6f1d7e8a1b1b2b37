"""Reading objects from a Velero backup as it lies in the bucket.

Layout: ``<prefix>/backups/<name>/<name>.tar.gz`` holds ``resources/<resource>.<group>/namespaces/<namespace>/<object>.json``
(or ``.../cluster/<object>.json``), and the same once more below ``<version>-preferredversion``, which is passed over.
Source: Velero's documentation of its backup file format, version 1.1.0.
"""

import gzip
import io
import json
import re
import tarfile
from collections.abc import Iterator

from hopsdrill.adapters.s3 import ObjectStore
from hopsdrill.core.errors import OperationError
from hopsdrill.proof.key import Key
from hopsdrill.proof.kubernetes.live import KINDS
from hopsdrill.proof.kubernetes.normal import Fingerprint, ignored, normal, title


LARGEST = 256 * 1024 * 1024  # bytes unpacked: objects, not volumes
MEMBER = re.compile(r"(?:\./)?resources/[^/]+/namespaces/[^/]+/[^/]+\.json")
COMPARED = {kind.rpartition("/")[2] for kind in KINDS}


def from_backup(store: ObjectStore, prefix: str, backup: str, key: Key) -> Fingerprint:
    """Read the namespaced objects of a backup.

    Raises:
        OperationError: the file is missing, damaged, or larger than 256 MiB unpacked.
    """
    path = f"{prefix}/backups/{backup}/{backup}.tar.gz"
    data = store.get(path)
    if data is None:
        msg = f"The bucket {store.ref.bucket} has no {path}: the backup's own file is missing."
        raise OperationError(msg, hint="take another backup; this one cannot be restored")
    try:
        found = [json.loads(text) for text in _members(data)]
    except (OSError, EOFError, tarfile.TarError, ValueError) as error:
        msg = f"{path} in bucket {store.ref.bucket} cannot be read: {error}"
        raise OperationError(msg, hint="the backup is damaged; take another one") from error
    wanted = [each for each in found if each["kind"] in COMPARED and not ignored(each)]
    return {title(each): normal(each, key) for each in sorted(wanted, key=title)}


def _members(data: bytes) -> Iterator[bytes]:
    with gzip.open(io.BytesIO(data)) as packed:
        unpacked = packed.read(LARGEST + 1)
    if len(unpacked) > LARGEST:
        msg = f"more than {LARGEST} bytes unpacked"
        raise ValueError(msg)
    with tarfile.open(fileobj=io.BytesIO(unpacked)) as archive:
        for member in archive:
            file = archive.extractfile(member) if member.isfile() and MEMBER.fullmatch(member.name) else None
            if file is not None:
                yield file.read()
