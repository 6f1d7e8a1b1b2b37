"""Python environments of two projects, as images of the container registry; layers are real archives of real files."""

import gzip
import io
import json
import tarfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from hopsdrill.adapters.registry import MANIFEST, Registry, digest_of
from hopsdrill.clients import registry
from hopsdrill.model.plan import Data
from hopsdrill.site import Site
from hopsdrill.workload.changed import Changed


REPOSITORIES = ("fraud/python-environment", "churn/python-environment")
TAG = "1"
EPOCH = int(datetime(2026, 1, 1, tzinfo=UTC).timestamp())
PACKAGES = {
    REPOSITORIES[0]: ["numpy==2.1.0", "pandas==2.2.3", "xgboost==2.1.1"],
    REPOSITORIES[1]: ["numpy==2.1.0", "scikit-learn==1.5.2"],
}


def layer(files: dict[str, bytes]) -> bytes:
    """A gzip-packed archive, the same bytes for the same files."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for name, data in sorted(files.items()):
            entry = tarfile.TarInfo(name)
            entry.size, entry.mtime, entry.mode = len(data), EPOCH, 0o644
            archive.addfile(entry, io.BytesIO(data))
    return gzip.compress(packed.getvalue(), mtime=0)


@dataclass(frozen=True)
class Image:
    """An image of two layers, as it is pushed; the same packages give the same bytes."""

    blobs: tuple[bytes, ...]
    manifest: bytes


def built(repository: str, packages: list[str]) -> Image:
    """The image of an environment."""
    base = layer({"usr/lib/os-release": b"ID=hopsdrill\n", "usr/bin/python": b"#!/bin/false\n" * 4096})
    own = layer({"srv/environment/requirements.txt": ("\n".join(packages) + "\n").encode()})
    history: dict[str, Any] = {
        "architecture": "amd64",
        "os": "linux",
        "config": {"Labels": {"environment": repository}},
        "rootfs": {"type": "layers", "diff_ids": [digest_of(gzip.decompress(each)) for each in (base, own)]},
    }
    config = json.dumps(history, sort_keys=True).encode()
    kind = "application/vnd.oci.image"
    manifest = {
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "config": _part(f"{kind}.config.v1+json", config),
        "layers": [_part(f"{kind}.layer.v1.tar+gzip", each) for each in (base, own)],
    }
    return Image((base, own, config), json.dumps(manifest, sort_keys=True).encode())


def put(images: Registry, repository: str, tag: str, image: Image) -> str:
    """Push an image; gives its digest."""
    for blob in image.blobs:
        images.put_blob(repository, blob)
    return images.put_manifest(repository, tag, image.manifest)


def push(images: Registry, repository: str, tag: str, packages: list[str]) -> str:
    """Push an environment of two layers; gives its digest."""
    return put(images, repository, tag, built(repository, packages))


def recipe(repository: str) -> dict[str, str]:
    """What a project writes down of its environment: by this it can be made again."""
    return {"repository": repository, "tag": TAG, "requirements": "\n".join(PACKAGES[repository])}


def make(images: Registry, said: Mapping[str, str], more: Sequence[str] = ()) -> str:
    """Make an environment by its recipe, and of ``more`` packages if that is wanted; gives its digest."""
    return push(images, said["repository"], said["tag"], [*said["requirements"].split("\n"), *more])


def title(repository: str) -> str:
    """How proofs call the environment."""
    return f"image {repository}:{TAG}"


def delete(site: Site, repository: str) -> None:
    """Remove an environment from the registry."""
    with registry(site) as images:
        images.remove(repository, digest_of(images.manifest(repository, TAG) or b""))


def _part(media: str, data: bytes) -> dict[str, object]:
    return {"mediaType": media, "digest": digest_of(data), "size": len(data)}


def load(site: Site, data: Data) -> int:
    """Push both projects' environments; gives how many."""
    del data  # their number does not follow the plan: one for each project
    with registry(site) as images:
        return len([push(images, repository, TAG, packages) for repository, packages in PACKAGES.items()])


def change(site: Site) -> Changed:
    """Replace one project's environment and delete the other's."""
    first, second = REPOSITORIES
    with registry(site) as images:
        push(images, first, TAG, [*PACKAGES[first], "requests==2.32.3"])
        gone = images.manifest(second, TAG) or b""
        images.remove(second, digest_of(gone))
    return Changed(changed=(f"image {first}:{TAG}",), deleted=(f"image {second}:{TAG}",))
