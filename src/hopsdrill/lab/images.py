"""Images built locally, each carrying the digest of everything it was made from."""

import json
import os
import shutil
import tarfile
from collections.abc import Collection
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

from hopsdrill.adapters import apt
from hopsdrill.adapters.docker import Docker
from hopsdrill.core.errors import OperationError
from hopsdrill.core.paths import cache_dir, data_dir
from hopsdrill.lab import jars, toolchain
from hopsdrill.lab.catalog import Catalog, Image, Toolchain
from hopsdrill.lab.progress import Progress
from hopsdrill.lab.supply import Puller


SEARCH_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


class Builder:
    """Builds the images of a catalogue, skipping those whose key is there already.

    Args:
        docker: the engine.
        catalog: what to build.
        chain: where programs come from.
    """

    def __init__(self, docker: Docker, catalog: Catalog, chain: Toolchain) -> None:
        self.docker, self.catalog, self.chain = docker, catalog, chain

    def key(self, image: Image) -> str:
        """Digest of an image's recipe, files, programs, base, and (for the node) preloaded images."""
        tools = {name: toolchain.key(self.chain, self.chain.program(name)) for name in image.programs}
        bases = [self.key(self.catalog.get(name)) for name in (image.base, image.onto) if name]
        sets = {name: jars.key(name) for name in image.maven}
        preloaded = [self.key(other) for other in self.catalog.preloaded()] if image.node else []
        # what is at its default is left out, so that a new kind of ingredient changes no other image's key
        recipe = image.model_dump(exclude={"note", "upstream", "substitution", "pull"}, exclude_defaults=True)
        parts = [recipe, self.catalog.suite, tools, bases, sets, preloaded, self._files(image)]
        return sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()

    def _files(self, image: Image) -> dict[str, str]:
        root = data_dir("images")
        paths = [
            path
            for name in (image.name, image.files)
            if name and (root / name).is_dir()
            for path in (root / name).rglob("*")
        ]
        paths += [root / image.prepare_script] if image.prepare_script else []
        keep = {path for path in paths if path.is_file() and "__pycache__" not in path.parts}
        return {
            f"{path.relative_to(root)} {path.stat().st_mode & 0o111:o}": toolchain.digest(path) for path in sorted(keep)
        }

    def missing(self, asked: Collection[str] = ()) -> list[Image]:
        """Images to build, in the order of the list, optional ones by their names; what a present image was built on may be missing itself."""
        wanted = [image for image in self.catalog.images if not image.optional or image.name in asked]
        stale = [image for image in wanted if not self.present(image)]
        needed = {image.name for image in stale if not image.internal}
        for image in reversed(stale):  # a base stands before what is built on it
            needed |= {image.base, image.onto} if image.name in needed else set()
        return [image for image in stale if image.name in needed]

    def present(self, image: Image) -> bool:
        """Whether an image is there as its recipe says, or was pulled."""
        built = self.docker.image_key(self.catalog.reference(image)) == self.key(image)
        return built or Puller(self.docker, self.catalog).has(image)

    def build(self, image: Image, progress: Progress) -> None:
        """Build one image; its base must be there."""
        expected = 25.0 if image.recipe == "debian" and not image.base else 12.0 if image.node else 2.0
        with progress.step(f"image {image.name} {image.version}", expected_s=expected), self._context() as folder:
            if image.packages:
                self._debian(image)
                return
            reference = self.catalog.reference(image)
            self._fill(image, Path(folder))
            if image.node:
                self._node(image, Path(folder), reference)
            else:
                self.docker.build(Path(folder), reference, self.key(image))

    @staticmethod
    def _context() -> TemporaryDirectory[str]:
        # beside the programs, so that they can be linked instead of copied
        parent = cache_dir() / "contexts"
        parent.mkdir(parents=True, exist_ok=True)
        return TemporaryDirectory(dir=parent)

    def _debian(self, image: Image) -> None:
        with self._context() as folder:
            archive = Path(folder) / "root.tar"
            apt.root_archive(image.suite or self.catalog.suite, image.packages, archive, trim=image.trim)
            label = f"LABEL hopsdrill.key={self.key(image)}"
            self.docker.call(
                "import",
                "-c",
                label,
                "-c",
                f"ENV PATH={SEARCH_PATH}",
                archive,
                self.catalog.reference(image),
                timeout=300,
            )

    def _fill(self, image: Image, folder: Path) -> None:
        root = folder / "root"
        root.mkdir()
        if image.recipe == "collected":
            self._collect(image, root)
        if image.files:
            shutil.copytree(
                data_dir("images") / image.files,
                root,
                dirs_exist_ok=True,
                symlinks=True,
                ignore=shutil.ignore_patterns("__pycache__"),
            )
        if image.recipe != "collected":
            self._jars(image, root)
        for name in image.folders:
            (root / name.lstrip("/")).mkdir(parents=True, exist_ok=True)
        for name, place in image.programs.items():
            target = root / place.lstrip("/")
            target.parent.mkdir(parents=True, exist_ok=True)
            link_or_copy(toolchain.program(self.chain, name), target)
        if image.prepare_script:
            shutil.copy(data_dir("images") / image.prepare_script, folder / "prepare.sh")
        (folder / "Dockerfile").write_text(self._dockerfile(image))

    def _dockerfile(self, image: Image) -> str:
        name = image.onto if image.recipe == "collected" else image.base
        base = self.catalog.reference(self.catalog.get(name)) if name else "scratch"
        lines = [f"FROM {base}", f"ENV PATH={SEARCH_PATH} container=docker"]
        lines += [f"RUN {image.prepare}"] if image.prepare else []
        lines += ["COPY root/ /"]
        if image.prepare_script:
            lines += ["COPY prepare.sh /prepare.sh", "RUN bash /prepare.sh && rm /prepare.sh"]
        lines += ["STOPSIGNAL SIGRTMIN+3"] if image.node else []
        lines += [f"ENTRYPOINT {json.dumps(image.entrypoint)}"] if image.entrypoint else []
        return "\n".join(lines) + "\n"

    @staticmethod
    def _jars(image: Image, root: Path) -> None:
        for name, place in image.maven.items():
            folder = root / place.lstrip("/")
            folder.mkdir(parents=True, exist_ok=True)
            for path in jars.shelf(name).iterdir():
                link_or_copy(path, folder / path.name)

    def _collect(self, image: Image, root: Path) -> None:
        script = (data_dir("images") / image.name / "collect.sh").read_text()
        base = self.catalog.reference(self.catalog.get(image.base))
        mounts = [word for name, place in image.maven.items() for word in ("-v", f"{jars.shelf(name)}:{place}:ro")]
        with self._running(f"hopsdrill-collect-{image.name}", base, *mounts) as name:
            self.docker.call("exec", "-i", name, "bash", "-s", timeout=120, input_text=script)
            archive = root.parent / "out.tar"
            self.docker.call("exec", name, "tar", "-C", "/out", "-cf", "/out.tar", ".")
            self.docker.call("cp", f"{name}:/out.tar", archive, timeout=120)
        with tarfile.open(archive) as packed:
            packed.extractall(root, filter="tar")
        archive.unlink()

    def _running(self, name: str, reference: str, *options: str) -> "Running":
        return Running(self.docker, name, reference, options)

    def _node(self, image: Image, folder: Path, reference: str) -> None:
        # kind's own convention: the node image tells its Kubernetes version in this file
        (folder / "root/kind/version").write_text(image.version + "\n")
        half = f"{self.catalog.registry}/node-half:{image.version}"
        self.docker.build(folder, half, self.key(image))
        archive = folder / "preload.tar"
        self.docker.save([self.catalog.reference(other) for other in self.catalog.preloaded()], archive)
        # the import runs unprivileged: it unpacks nothing and mounts nothing
        with self._running(
            "hopsdrill-preload", half, "--security-opt", "seccomp=unconfined", "-v", f"{archive}:/preload.tar:ro"
        ) as name:
            listed = self.docker.shell(name, PRELOAD, timeout=300).split()
            verify_preload([self.catalog.reference(other) for other in self.catalog.preloaded()], listed)
            entry = f"ENTRYPOINT {json.dumps(image.entrypoint)}"
            self.docker.call("commit", "-c", entry, "-c", "CMD []", name, reference, timeout=300)
        self.docker.remove_image(half)


PRELOAD = """
containerd >/tmp/containerd.log 2>&1 &
daemon=$!
for _ in $(seq 150); do ctr version >/dev/null 2>&1 && break; sleep 0.2; done
ctr -n k8s.io images import --no-unpack /preload.tar >/dev/null
ctr -n k8s.io images ls -q
kill $daemon; wait $daemon || true
rm -rf /run/containerd /tmp/containerd.log
"""


def verify_preload(wanted: list[str], listed: list[str]) -> None:
    """Check that every image a cluster needs is inside the node image.

    Raises:
        OperationError: one is missing; the cluster would fail with ErrImagePull much later.
    """
    absent = sorted(set(wanted) - set(listed))
    if absent:
        msg = f"The node image lacks {', '.join(absent)} after preloading."
        raise OperationError(msg, hint="run hopsdrill lab up again")


def link_or_copy(source: Path, target: Path) -> None:
    """Hard-link where the file system allows, else copy."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


class Running:
    """A throw-away container that sleeps while its body works in it."""

    def __init__(self, docker: Docker, name: str, reference: str, options: tuple[str, ...]) -> None:
        self._docker, self._name, self._reference, self._options = docker, name, reference, options

    def __enter__(self) -> str:
        self._docker.remove_container(self._name)
        words = [
            "run",
            "-d",
            "--name",
            self._name,
            *self._options,
            "--entrypoint",
            "/bin/sleep",
            self._reference,
            "600",
        ]
        self._docker.call(*words)
        return self._name

    def __exit__(self, *_: object) -> None:
        self._docker.remove_container(self._name)
