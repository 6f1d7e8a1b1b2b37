"""Reading objects from a Velero backup as it lies in the bucket.

Layout: ``<prefix>/backups/<name>/<name>.tar.gz`` holds ``resources/<resource>.<group>/namespaces/<namespace>/<object>.json``
(or ``.../cluster/<object>.json``), and the same once more below ``<version>-preferredversion``, which is passed over.
Source: Velero's documentation of its backup file format, version 1.1.0.
"""

import json
import tarfile

from hopsdrill.adapters.s3 import ObjectStore
from hopsdrill.core.errors import BackupDamaged
from hopsdrill.core.velero_archive import members
from hopsdrill.proof.key import Key
from hopsdrill.proof.kubernetes.live import KINDS
from hopsdrill.proof.kubernetes.normal import Fingerprint, ignored, normal, title


COMPARED = {kind.rpartition("/")[2] for kind in KINDS}


def from_backup(store: ObjectStore, prefix: str, backup: str, key: Key) -> Fingerprint:
    """Read the namespaced objects of a backup.

    Raises:
        BackupDamaged: the file is missing, damaged, or larger than 256 MiB unpacked.
    """
    path = f"{prefix}/backups/{backup}/{backup}.tar.gz"
    data = store.get(path)
    if data is None:
        msg = f"The bucket {store.ref.bucket} has no {path}: the backup's own file is missing."
        raise BackupDamaged(msg, hint="take another backup; this one cannot be restored")
    try:
        found = [json.loads(text) for text in members(data)]
    except (OSError, EOFError, tarfile.TarError, ValueError) as error:
        msg = f"{path} in bucket {store.ref.bucket} cannot be read: {error}"
        raise BackupDamaged(msg, hint="the backup is damaged; take another one") from error
    wanted = [each for each in found if each["kind"] in COMPARED and not ignored(each)]
    return {title(each): normal(each, key) for each in sorted(wanted, key=title)}
