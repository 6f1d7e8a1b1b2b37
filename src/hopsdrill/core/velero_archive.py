"""What lies in a Velero backup's archive.

Layout: ``resources/<resource>.<group>/namespaces/<namespace>/<object>.json`` (or ``.../cluster/<object>.json``), and the same
once more below ``<version>-preferredversion``, which is passed over.
Source: Velero's documentation of its backup file format, version 1.1.0.
"""

import gzip
import io
import re
import tarfile
from collections.abc import Iterator


LARGEST = 256 * 1024 * 1024  # bytes unpacked: objects, not volumes
MEMBER = re.compile(r"(?:\./)?resources/[^/]+/namespaces/[^/]+/[^/]+\.json")


def members(data: bytes) -> Iterator[bytes]:
    """The namespaced objects, each as JSON.

    Raises:
        ValueError: more than 256 MiB unpacked.
        OSError, EOFError, tarfile.TarError: it is damaged.
    """
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
