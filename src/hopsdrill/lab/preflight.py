"""What the lab needs of the machine, and what it sees: all of it at once, within seconds."""

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from hopsdrill.core.errors import PreconditionError
from hopsdrill.core.paths import cache_dir
from hopsdrill.core.process import search_path


# measured: a cold build peaks at 15 GB of caches, images and layers; afterwards 5 GB stay
DISK_COLD_GB = 25
DISK_WARM_GB = 8
MEMORY_GB = 8  # one cluster with Velero and the platform uses 2.5 GB; compiling Kubernetes 4 GB
INODES_PER_USER = 256  # fs.inotify.max_user_instances: kubelet and containerd of two clusters
GB = 10**9

# Debian's packages: the engine, the packet filter it calls, the root builder, the JSON editor of the OCI wrapper,
# the client of Maven repositories
PACKAGES = {
    "dockerd": "docker.io",
    "docker": "docker.io",
    "iptables": "iptables",
    "mmdebstrap": "mmdebstrap",
    "jq": "jq",
    "mvn": "maven",
}


@dataclass(frozen=True)
class Check:
    """One requirement.

    Attributes:
        need: what is needed.
        seen: what was seen.
        ok: whether that is enough.
        cure: what to do when it is not.
        package: the Debian package that cures it, if one does.
    """

    need: str
    seen: str
    ok: bool
    cure: str = ""
    package: str = ""


def checks(*, cold: bool, engine: bool) -> list[Check]:
    """Look at everything the lab needs.

    Args:
        cold: images must be built, so that more disk is needed.
        engine: a working engine is there, so that none has to be started.
    """
    found = [_root(), _debian(), _disk(cold=cold), _memory(), _overlay(), _inotify()]
    programs = ["docker", "mmdebstrap", "mvn", *([] if engine else ["dockerd", "iptables", "jq"])]
    return found + [_program(name) for name in programs]


def require(found: list[Check]) -> None:
    """Stop when a requirement is not met.

    Raises:
        PreconditionError: lists everything that is missing.
    """
    missing = [check for check in found if not check.ok]
    if not missing:
        return
    lines = "\n".join(f"  - needed: {check.need}; seen: {check.seen}; {check.cure}" for check in missing)
    msg = f"This machine cannot run the lab as it is:\n{lines}"
    fixable = any(check.package for check in missing)
    raise PreconditionError(msg, hint="hopsdrill doctor --fix" if fixable else "mend the points above")


def _root() -> Check:
    return Check("root", f"user id {os.geteuid()}", os.geteuid() == 0, "run as root")


def _debian() -> Check:
    # images are made of this release's packages, and doctor --fix asks its apt
    text = Path("/etc/os-release").read_text() if Path("/etc/os-release").exists() else ""
    fields = dict(line.split("=", 1) for line in text.splitlines() if "=" in line)
    name = fields.get("PRETTY_NAME", "unknown").strip('"')
    ok = fields.get("ID", "").strip('"') == "debian"
    return Check("Debian", name, ok, "use a Debian 12 machine")


def _disk(*, cold: bool) -> Check:
    folder = next(path for path in [cache_dir(), *cache_dir().parents] if path.exists())
    need, free = DISK_COLD_GB if cold else DISK_WARM_GB, shutil.disk_usage(folder).free / GB
    return Check(
        f"{need} GB of free disk at {folder}",
        f"{free:.1f} GB",
        free >= need,
        f"free {max(0.0, need - free):.1f} GB more",
    )


def _memory() -> Check:
    lines = Path("/proc/meminfo").read_text().splitlines()
    total = int(next(line for line in lines if line.startswith("MemTotal")).split()[1]) * 1024 / GB
    return Check(f"{MEMORY_GB} GB of memory", f"{total:.1f} GB", total >= MEMORY_GB, "use a larger machine")


def _overlay() -> Check:
    ok = "overlay" in Path("/proc/filesystems").read_text()
    return Check("the overlay file system", "there" if ok else "not in /proc/filesystems", ok, "modprobe overlay")


def _inotify() -> Check:
    path = Path("/proc/sys/fs/inotify/max_user_instances")
    value = int(path.read_text())
    ok = value >= INODES_PER_USER or os.access(path, os.W_OK)
    cure = f"sysctl fs.inotify.max_user_instances={INODES_PER_USER}"
    return Check(
        f"{INODES_PER_USER} inotify instances per user", f"{value} (the lab raises it)" if ok else f"{value}", ok, cure
    )


def _program(name: str) -> Check:
    found = shutil.which(name, path=search_path())
    package = PACKAGES[name]
    return Check(
        f"the program {name}", found or "not installed", found is not None, f"install Debian's {package}", package
    )


def raise_inotify(say: Callable[[str], None]) -> None:
    """Raise the machine's inotify limit when a second cluster would exhaust it; says so."""
    path = Path("/proc/sys/fs/inotify/max_user_instances")
    value = int(path.read_text())
    if value < INODES_PER_USER:
        path.write_text(str(INODES_PER_USER))
        say(f"raised fs.inotify.max_user_instances from {value} to {INODES_PER_USER} until the next boot")
