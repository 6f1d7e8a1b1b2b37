"""One image as a folder: ``manifest.json``, the manifests below it, and a file per blob named by its SHA-256."""

import re
import subprocess
from pathlib import Path

from standin.registry import api
from standin.say import StandinError
from standin.volume import digest as digest_of


SKOPEO = "/usr/bin/skopeo"
SECONDS = 3600.0
MANIFEST = "manifest.json"


def skopeo(*words: str) -> None:
    """Copy an image with all its platforms, bit by bit.

    Raises:
        StandinError: it failed or took more than an hour.
    """
    # no policy: signatures are not what a backup judges; digests are compared afterwards
    argv = [SKOPEO, "--insecure-policy", "--tmpdir=/tmp", "copy", "--quiet", "--all", "--preserve-digests", *words]
    try:
        done = subprocess.run(argv, capture_output=True, text=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired as error:
        message = f"skopeo copy {' '.join(words[-2:])} did not end within {SECONDS:.0f} s"
        raise StandinError(message) from error
    if done.returncode:
        message = f"skopeo copy {' '.join(words[-2:])} failed: {done.stderr.strip()}"
        raise StandinError(message)


def pull(repository: str, digest: str, folder: Path) -> None:
    """Copy an image out of the registry, by digest, so that a tag moved meanwhile does no harm."""
    skopeo("--src-tls-verify=false", f"docker://{api.host()}/{repository}@{digest}", f"dir:{folder}")


def push(folder: Path, repository: str, tag: str) -> None:
    """Copy an image into the registry under a tag."""
    skopeo("--dest-tls-verify=false", f"dir:{folder}", f"docker://{api.host()}/{repository}:{tag}")


def sizes(folder: Path) -> dict[str, int]:
    """``{file name: bytes}``."""
    return {path.name: path.stat().st_size for path in sorted(folder.iterdir())}


def defects(folder: Path, digest: str) -> list[str]:
    """What is wrong with an image in a folder, judged by content; nothing when all is right."""
    manifest = folder / MANIFEST
    if not manifest.is_file():
        return [f"{MANIFEST} is missing"]
    wrong = [] if f"sha256:{digest_of(manifest)}" == digest else [f"{MANIFEST} is not {digest}"]
    named = [(path, re.match(r"[0-9a-f]{64}", path.name)) for path in sorted(folder.iterdir())]
    return wrong + [f"{path.name} has other content" for path, name in named if name and digest_of(path) != name[0]]


def lacking(wanted: dict[str, int], found: dict[str, int]) -> list[str]:
    """Files that are missing, or of another size."""
    return [
        f"{name} is missing" if name not in found else f"{name} has {found[name]} bytes instead of {size}"
        for name, size in sorted(wanted.items())
        if found.get(name) != size
    ]
