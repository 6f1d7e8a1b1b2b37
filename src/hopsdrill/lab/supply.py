"""Where images come from: built here, pulled from their upstream (or a mirror of it), or whichever of the two works.

The node image is always put together here, for it carries all others; what goes into it may have been pulled.
"""

import json
from collections.abc import Iterable
from enum import StrEnum

from hopsdrill.adapters.docker import Docker
from hopsdrill.core.errors import OperationError
from hopsdrill.core.paths import cache_dir
from hopsdrill.lab.catalog import Catalog, Image
from hopsdrill.lab.progress import Progress


PULL_S = 600.0
TRY_S = 20.0  # how long `auto` waits for its first image before it believes that there is no registry


class Supply(StrEnum):
    """What may be done to get an image."""

    BUILD = "build"
    PULL = "pull"
    AUTO = "auto"


def pullable(image: Image) -> bool:
    """Whether an image's upstream is the same thing: it has one, no other version stands in, and no chart needs more of it."""
    return bool(image.upstream) and image.pull and not (image.internal or image.node or image.substitution)


def upstream(image: Image, mirror: str) -> str:
    """The reference to pull: the mirror's prefix stands before the whole upstream reference, registry included."""
    return f"{mirror.rstrip('/')}/{image.upstream}" if mirror else image.upstream


class Puller:
    """Pulls images, gives them their local names, and remembers what they are.

    A pulled image carries no key of ours; ``<cache>/pulled.json`` says which image of which upstream has a local name.
    """

    def __init__(self, docker: Docker, catalog: Catalog) -> None:
        self._docker, self._catalog = docker, catalog
        self._path = cache_dir() / "pulled.json"

    def records(self) -> dict[str, dict[str, str]]:
        """Upstream reference, digest and image ID by local name."""
        found: dict[str, dict[str, str]] = json.loads(self._path.read_text()) if self._path.exists() else {}
        return found

    def has(self, image: Image) -> bool:
        """Whether the local name still belongs to what was pulled for it."""
        reference = self._catalog.reference(image)
        record = self.records().get(reference, {})
        return record.get("upstream") == image.upstream and record.get("id") == self._docker.image_id(reference)

    def pull_all(self, images: Iterable[Image], supply: Supply, mirror: str, progress: Progress) -> None:
        """Pull what can be pulled; what cannot stays for the builder.

        Raises:
            OperationError: ``pull`` was asked for, and the registry refuses or does not answer.
        """
        if supply is Supply.BUILD:
            return
        wait = TRY_S if supply is Supply.AUTO else PULL_S
        for image in [each for each in images if pullable(each)]:
            try:
                self._pull(image, upstream(image, mirror), wait, progress)
            except OperationError as error:
                if supply is Supply.PULL:
                    msg = f"Tried to pull {upstream(image, mirror)} for {image.name}: {error.message}"
                    raise OperationError(
                        msg, hint="--supply build needs no registry; --mirror names another one"
                    ) from error
                progress.say(f"        no registry answers ({upstream(image, mirror)}); what is missing is built")
                return
            wait = PULL_S

    def _pull(self, image: Image, source: str, wait: float, progress: Progress) -> None:
        reference = self._catalog.reference(image)
        with progress.step(f"pulling {source}"):
            self._docker.pull(source, timeout=wait)
            self._docker.call("tag", source, reference)
        record = {
            "upstream": image.upstream,
            "digest": self._docker.image_digest(source),
            "id": self._docker.image_id(reference) or "",
        }
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.write_text(json.dumps({**self.records(), reference: record}, indent=1, sort_keys=True) + "\n")
