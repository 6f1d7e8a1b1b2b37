"""The two lists that drive the lab: ``toolchain/toolchain.yaml`` and ``images/images.yaml``."""

from pathlib import Path
from typing import Literal

import yaml
from pydantic import Field, ValidationError

from hopsdrill.core.errors import InternalError, PreconditionError
from hopsdrill.core.paths import data_dir
from hopsdrill.model.base import Model


VELERO = "/velero"  # where an image of Velero has its program


class Tool(Model):
    """One Go module and the programs built from it.

    Attributes:
        cpu_s: CPU seconds a cold compile took when measured; for the progress display only.
        packages: program name -> Go package.
        stamp: variable -> value, set by the linker.
    """

    name: str
    version: str
    cpu_s: int
    packages: dict[str, str]
    stamp: dict[str, str] = Field(default_factory=dict)


class Toolchain(Model):
    """All tools, and the Go release that builds them."""

    go: str
    flags: list[str]
    ldflags: list[str]
    tools: list[Tool]

    def program(self, name: str) -> Tool:
        """The tool that builds a program.

        Raises:
            InternalError: none does.
        """
        for tool in self.tools:
            if name in tool.packages:
                return tool
        msg = f"No tool in toolchain.yaml builds {name!r}."
        raise InternalError(msg)


class Image(Model):
    """One image of the lab.

    Attributes:
        recipe: how it is built, see ``images/images.yaml``.
        pull: whether a pulled ``upstream`` can take its place; not where charts call programs that only our build has.
        suite: the Debian release its packages come from, when it is not the list's.
        trim: what is removed from the packages' root, as shell patterns.
        onto: the image a collected root is put on; none is ``scratch``.
        maven: set of ``toolchain/maven`` -> the folder that gets its files; for a collected image, where its script finds them.
        upstream: the reference a cluster outside the lab would pull.
        note: in what the local build differs.
        substitution: another version than the documented one runs; stands in every report.
        internal: a building block that no cluster sees.
        preload: baked into the node image.
        optional: built only where somebody asks for it.
    """

    name: str
    version: str
    recipe: Literal["debian", "collected", "scratch"]
    upstream: str = ""
    note: str = ""
    base: str = ""
    substitution: bool = False
    pull: bool = True
    suite: str = ""
    trim: list[str] = Field(default_factory=list)
    onto: str = ""
    maven: dict[str, str] = Field(default_factory=dict)
    internal: bool = False
    preload: bool = False
    node: bool = False
    optional: bool = False
    packages: list[str] = Field(default_factory=list)
    programs: dict[str, str] = Field(default_factory=dict)
    folders: list[str] = Field(default_factory=list)
    files: str = ""
    prepare: str = ""
    prepare_script: str = ""
    entrypoint: list[str] = Field(default_factory=list)


class Catalog(Model):
    """All images under one local name prefix."""

    registry: str
    suite: str
    images: list[Image]

    def reference(self, image: Image) -> str:
        """``hopsdrill.local/<name>:<version>``."""
        return f"{self.registry}/{image.name}:{image.version}"

    def get(self, name: str) -> Image:
        """Find an image by its short name.

        Raises:
            InternalError: it is not listed.
        """
        for image in self.images:
            if image.name == name:
                return image
        msg = f"images.yaml does not list {name!r}."
        raise InternalError(msg)

    def velero(self, version: str) -> Image:
        """The image of a version of Velero, such as ``v1.18.3``.

        Raises:
            PreconditionError: the lab cannot build that version; names those it can.
        """
        known = {image.version: image for image in self.images if VELERO in image.programs.values()}
        if version not in known:
            msg = f"The lab has no recipe for Velero {version}; it has {' and '.join(known)}."
            raise PreconditionError(msg, hint="name one of these")
        return known[version]

    def local(self, upstream: str) -> str:
        """What a cluster of the lab has for a reference as documents write it, such as ``velero/velero:v1.17.1``.

        A version the lab does not have keeps its tag under the local name, so that nothing outside is asked for it; of a
        repository the lab does not know, the reference itself is given.
        """
        repository, _, tag = _qualified(upstream).rpartition(":")
        known = [image for image in self.images if image.upstream.rpartition(":")[0] == repository != ""]
        same = [image for image in known if image.upstream.rpartition(":")[2] == tag]
        if same:
            return self.reference(same[0])
        return f"{self.registry}/{known[0].name}:{tag}" if known else upstream

    def preloaded(self) -> list[Image]:
        """The images baked into the node image."""
        return [image for image in self.images if image.preload]


def _qualified(reference: str) -> str:
    """A reference with its registry: ``docker.io`` where none is written."""
    first = reference.partition("/")[0]
    return reference if "." in first or ":" in first else f"docker.io/{reference}"


def _load(path: Path) -> object:
    try:
        return yaml.safe_load(path.read_text())
    except (OSError, yaml.YAMLError) as error:
        msg = f"Tried to read {path}: {error}"
        raise InternalError(msg, hint="install hopsdrill again") from error


def toolchain() -> Toolchain:
    """Load ``toolchain.yaml``."""
    path = data_dir("toolchain") / "toolchain.yaml"
    try:
        return Toolchain.model_validate(_load(path))
    except ValidationError as error:
        msg = f"{path} is not a toolchain list: {error}"
        raise InternalError(msg) from error


def catalog() -> Catalog:
    """Load ``images.yaml``."""
    path = data_dir("images") / "images.yaml"
    try:
        return Catalog.model_validate(_load(path))
    except ValidationError as error:
        msg = f"{path} is not an image list: {error}"
        raise InternalError(msg) from error
