"""Damage inside a Velero backup's archive."""

import gzip
import io
import tarfile

from hopsdrill.adapters.s3 import ObjectStore
from hopsdrill.core.errors import OperationError


GARBAGE = b'{"apiVersion": "v1", "kind": '


def damage(store: ObjectStore, key: str, file: str) -> int:
    """Cut every object file of a name short inside an archive; gives how many were.

    Raises:
        OperationError: there is no such archive, or no such file in it.
    """
    data = store.get(key)
    if data is None:
        msg = f"There is no archive {key} to damage."
        raise OperationError(msg)
    made, cut = io.BytesIO(), 0
    with tarfile.open(fileobj=io.BytesIO(gzip.decompress(data))) as old, tarfile.open(fileobj=made, mode="w:gz") as new:
        for member in old:
            content = old.extractfile(member)
            text = content.read() if content is not None else b""
            if member.isfile() and member.name.endswith(f"/{file}"):
                text, cut = GARBAGE, cut + 1
            member.size = len(text)
            new.addfile(member, io.BytesIO(text))
    if not cut:
        msg = f"The archive {key} holds no {file}; nothing was damaged."
        raise OperationError(msg)
    store.put(key, made.getvalue())
    return cut
