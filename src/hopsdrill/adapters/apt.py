"""Debian's package manager."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from hopsdrill.core.process import run, which


POLICY = Path("/usr/sbin/policy-rc.d")
QUIET = {"DEBIAN_FRONTEND": "noninteractive"}


@contextmanager
def _no_services() -> Iterator[None]:
    # a package's own service must not start: the lab runs its own engine, beside the machine's, never instead
    if POLICY.exists():
        yield
        return
    POLICY.write_text("#!/bin/sh\nexit 101\n")
    POLICY.chmod(0o755)
    try:
        yield
    finally:
        POLICY.unlink()


def install(packages: Sequence[str]) -> None:
    """Install packages without their recommendations, and without starting their services.

    Raises:
        OperationError: apt refuses; its last words are in the message.
    """
    apt = which("apt-get")
    run([apt, "update", "-qq"], timeout=300, env=QUIET)
    with _no_services():
        run([apt, "install", "-y", "-qq", "--no-install-recommends", *packages], timeout=900, env=QUIET)


def root_archive(suite: str, packages: Sequence[str], archive: Path, *, trim: Sequence[str] = ()) -> None:
    """Write the root file system of a minimal Debian with these packages as a tar file.

    Args:
        suite: the Debian release.
        packages: what to install in it.
        archive: the file to write.
        trim: absolute shell patterns of what to remove before it is packed.

    Raises:
        OperationError: mmdebstrap failed.
    """
    wanted = f"--include={','.join(packages)}"
    removed = " ".join(f'"$1"{pattern}' for pattern in trim)
    hooks = [f"--customize-hook=rm -rf {removed}"] if trim else []
    options = ["--variant=minbase", "--quiet", wanted, *hooks]
    run([which("mmdebstrap"), *options, suite, archive], timeout=1200, env=QUIET)
