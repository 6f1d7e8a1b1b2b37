"""WebHDFS, by fsspec's public client."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import requests
from fsspec.implementations.webhdfs import WebHDFS

from hopsdrill.core.errors import OperationError


@dataclass(frozen=True)
class FileStatus:
    """One entry of the file system; ``kind`` is ``file`` or ``directory``."""

    path: str
    kind: str
    size: int
    owner: str
    permission: str


class Files:
    """One file system, as one user.

    Args:
        host: of the name node.
        port: plain HTTP.
        user: sent as ``user.name``.
    """

    def __init__(self, host: str, port: int, user: str) -> None:
        self._where = f"{host}:{port}"
        self._fs = WebHDFS(host, port=port, user=user, skip_instance_cache=True, use_listings_cache=False)

    def walk(self, path: str) -> Iterator[FileStatus]:
        """Everything below a path, in order."""
        with self._translated(f"list {path}"):
            for each in sorted(self._fs.ls(path, detail=True), key=lambda found: str(found["name"])):
                status = FileStatus(each["name"], each["type"], each["length"], each["owner"], each["permission"])
                yield status
                if status.kind == "directory":
                    yield from self.walk(status.path)

    def exists(self, path: str) -> bool:
        """Tell whether a path is there."""
        with self._translated(f"look at {path}"):
            return bool(self._fs.exists(path))

    def read(self, path: str) -> bytes:
        """A whole file."""
        with self._translated(f"read {path}"):
            return bytes(self._fs.cat_file(path))

    def write(self, path: str, data: bytes) -> None:
        """Make or replace a file; returns when the file system has acknowledged it."""
        with self._translated(f"write {path}"):
            self._fs.pipe_file(path, data)

    def append(self, path: str, data: bytes) -> None:
        """Write at the end of a file."""
        with self._translated(f"append to {path}"), self._fs.open(path, "ab") as file:
            file.write(data)

    def make_folder(self, path: str) -> None:
        """Make a folder and those above it."""
        with self._translated(f"make {path}"):
            self._fs.makedirs(path, exist_ok=True)

    def move(self, old: str, new: str) -> None:
        """Give a path another name."""
        with self._translated(f"rename {old} to {new}"):
            self._fs.mv(old, new)

    def remove(self, path: str) -> None:
        """Remove a path with everything below it."""
        with self._translated(f"delete {path}"):
            self._fs.rm(path, recursive=True)

    @contextmanager
    def _translated(self, what: str) -> Iterator[None]:
        try:
            yield
        except (OSError, ValueError, RuntimeError, requests.RequestException) as error:
            msg = f"hopsfs: tried to {what} at {self._where}; it said: {error}"
            raise OperationError(
                msg, hint="is the name node running, and does it reach its database and bucket?"
            ) from error
