"""Where hopsdrill keeps things: cache, state, and the data that ships with it."""

import os
from pathlib import Path

from hopsdrill.core.errors import InternalError


PACKAGE = Path(__file__).resolve().parents[1]


def _home() -> Path:
    # cron jobs and CI runners may have no HOME; the password database still knows it
    return Path(os.environ.get("HOME") or os.path.expanduser("~"))  # noqa: PTH111 - Path.home() reads HOME only


def _base(own: str, xdg: str, default: str) -> Path:
    if chosen := os.environ.get(own):
        return Path(chosen)
    return Path(os.environ.get(xdg) or _home() / default) / "hopsdrill"


def cache_dir() -> Path:
    """Things that can be built again: binaries, images, build caches."""
    return _base("HOPSDRILL_CACHE", "XDG_CACHE_HOME", ".cache")


def state_dir() -> Path:
    """Things that describe what is running: lab state, kubeconfigs, sockets."""
    return _base("HOPSDRILL_STATE", "XDG_STATE_HOME", ".local/state")


def config_dir() -> Path:
    """Things that belong to a person: keys, and whom they trust."""
    return _base("HOPSDRILL_CONFIG", "XDG_CONFIG_HOME", ".config")


def data_dir(name: str) -> Path:
    """Find ``charts``, ``images``, ``toolchain``, ``features``, ``drills`` or ``profiles``.

    In a checkout they stand at its top; a wheel carries them under ``hopsdrill/_data``.

    Raises:
        InternalError: the installation lacks them.
    """
    for root in (PACKAGE / "_data", PACKAGE.parents[1]):
        if (root / name).is_dir():
            return root / name
    msg = f"This installation of hopsdrill lacks its {name!r} folder (looked beside {PACKAGE})."
    raise InternalError(msg, hint="install hopsdrill again")
