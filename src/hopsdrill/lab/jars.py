"""Sets of files from Maven, each locked by coordinate and digest in ``toolchain/maven/<set>.yaml``."""

import json
import shutil
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

import yaml

from hopsdrill.adapters import maven
from hopsdrill.core.errors import InternalError, OperationError
from hopsdrill.core.paths import cache_dir, data_dir
from hopsdrill.lab.progress import Progress
from hopsdrill.lab.toolchain import digest


FETCH_S = 30.0


def lock(name: str) -> dict[str, str]:
    """Coordinate -> SHA-256 of a set.

    Raises:
        InternalError: there is no such set, or its file is not a lock.
    """
    path = data_dir("toolchain") / "maven" / f"{name}.yaml"
    try:
        found = yaml.safe_load(path.read_text())
    except (OSError, yaml.YAMLError) as error:
        msg = f"Tried to read the Maven lock {path}: {error}"
        raise InternalError(msg, hint="install hopsdrill again") from error
    if not isinstance(found, dict) or not all(isinstance(value, str) for value in found.values()):
        msg = f"{path} is not a Maven lock; each line must be `coordinate: SHA-256`."
        raise InternalError(msg, hint="install hopsdrill again")
    return found


def key(name: str) -> str:
    """Digest of a set's lock: of every coordinate and every digest in it."""
    return sha256(json.dumps(lock(name), sort_keys=True).encode()).hexdigest()


def shelf(name: str) -> Path:
    """The folder that holds a set's files."""
    return _root() / f"{name}-{key(name)[:16]}"


def _root() -> Path:
    return cache_dir() / "maven"


def _repository() -> Path:
    return cache_dir() / "maven-repository"


def verify(name: str, folder: Path) -> None:
    """Check every file of a set against its digest.

    Raises:
        OperationError: one is missing or differs; names its coordinate, and the digests expected and seen.
    """
    for text, expected in lock(name).items():
        path = folder / maven.coordinate(text).file_name
        seen = digest(path) if path.exists() else "no file"
        if seen != expected:
            msg = f"The Maven set {name!r}: {text} should have the SHA-256 {expected}, but {path} has {seen}."
            hint = "run hopsdrill lab up again, it fetches the set anew; if it says the same, what mvn fetches is not what was locked"
            raise OperationError(msg, hint=hint)


def ensure(name: str, progress: Progress) -> None:
    """Have a set's files, each with its locked digest; fetches them when they are not there or were damaged.

    Raises:
        OperationError: mvn refuses, or what it fetched has another digest: then nothing of it is kept.
    """
    target = shelf(name)
    if target.exists():
        try:
            verify(name, target)
        except OperationError as error:
            progress.say(f"        {error.message} It is fetched again.")
            shutil.rmtree(target)
        else:
            return
    with progress.step(f"fetching the Maven set {name} ({len(lock(name))} files)", expected_s=FETCH_S):
        _fetch(name, target)


def _fetch(name: str, target: Path) -> None:
    fresh = target.with_name(target.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    try:
        maven.fetch([maven.coordinate(text) for text in lock(name)], fresh, _repository())
        verify(name, fresh)
    except OperationError:
        # mvn would answer from its own folder again
        shutil.rmtree(fresh, ignore_errors=True)
        drop_repository()
        raise
    fresh.rename(target)


def prune(names: Iterable[str], progress: Progress) -> None:
    """Remove sets that no image names any more, and those of other locks."""
    wanted = {shelf(name).name for name in names}
    for path in sorted(_root().glob("*")):
        if path.name not in wanted:
            shutil.rmtree(path)
            progress.say(f"        removed {path.name}, which no image names any more")


def drop_repository() -> None:
    """Remove what mvn keeps for itself; the sets are kept by digest."""
    shutil.rmtree(_repository(), ignore_errors=True)
