"""WebHDFS, by the public client HdfsCLI (fsspec's cannot append: it loses the address of the second step)."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import requests
from hdfs import InsecureClient
from hdfs.util import HdfsError

from hopsdrill.adapters.http_date import http_date
from hopsdrill.core.errors import ConnectionLost, OperationError


TIMEOUT = (5, 60)  # seconds to connect and to read


@dataclass(frozen=True)
class FileStatus:
    """One entry of the file system; ``kind`` is ``file`` or ``directory``; ``modified`` is in milliseconds since the epoch."""

    path: str
    kind: str
    size: int
    owner: str
    permission: str
    group: str = ""
    modified: int = 0


class Files:
    """One file system, as one user.

    Args:
        host: of the name node.
        port: plain HTTP.
        user: sent as ``user.name``.
    """

    def __init__(self, host: str, port: int, user: str) -> None:
        self._where = f"{host}:{port}"
        self._session = session = requests.Session()
        session.mount("http://", requests.adapters.HTTPAdapter(pool_maxsize=16))
        self._fs = InsecureClient(f"http://{host}:{port}", user=user, timeout=TIMEOUT, session=session)

    def walk(self, path: str) -> Iterator[FileStatus]:
        """Everything below a path, in order."""
        with self._translated(f"list {path}"):
            for name, each in sorted(self._fs.list(path, status=True)):
                status = FileStatus(
                    f"{path.rstrip('/')}/{name}",
                    each["type"].lower(),
                    each["length"],
                    each["owner"],
                    each["permission"],
                    each["group"],
                    each["modificationTime"],
                )
                yield status
                if status.kind == "directory":
                    yield from self.walk(status.path)

    def exists(self, path: str) -> bool:
        """Tell whether a path is there."""
        with self._translated(f"look at {path}"):
            return self._fs.status(path, strict=False) is not None

    def read(self, path: str) -> bytes:
        """A whole file."""
        with self._translated(f"read {path}"), self._fs.read(path) as reader:
            return bytes(reader.read())

    def checksum(self, path: str) -> str:
        """A file's checksum as the file system keeps it beside the blocks: algorithm and value."""
        with self._translated(f"read the checksum of {path}"):
            found = self._fs.checksum(path)
        return f"{found['algorithm']} {found['bytes']}"

    def write(self, path: str, data: bytes) -> None:
        """Make or replace a file; returns when the file system has acknowledged it."""
        with self._translated(f"write {path}"):
            self._fs.write(path, data=data, overwrite=True)

    def append(self, path: str, data: bytes) -> None:
        """Write at the end of a file."""
        with self._translated(f"append to {path}"):
            self._fs.write(path, data=data, append=True)

    def make_folder(self, path: str) -> None:
        """Make a folder and those above it."""
        with self._translated(f"make {path}"):
            self._fs.makedirs(path)

    def give(self, path: str, owner: str) -> None:
        """Make somebody a path's owner."""
        with self._translated(f"give {path} to {owner}"):
            self._fs.set_owner(path, owner=owner)

    def move(self, old: str, new: str) -> None:
        """Give a path another name."""
        with self._translated(f"rename {old} to {new}"):
            self._fs.rename(old, new)

    def remove(self, path: str) -> None:
        """Remove a path with everything below it."""
        with self._translated(f"delete {path}"):
            if not self._fs.delete(path, recursive=True):
                msg = "there was nothing to delete"
                raise ValueError(msg)

    def clock(self) -> datetime:
        """The name node's time, cut to whole seconds: what it stamps its answers with."""
        with self._translated("read the clock"):
            return http_date(
                self._session.get(f"http://{self._where}/webhdfs/v1/?op=GETFILESTATUS", timeout=TIMEOUT).headers
            )

    @contextmanager
    def _translated(self, what: str) -> Iterator[None]:
        try:
            yield
        except (requests.ConnectionError, requests.Timeout) as error:
            msg = f"hopsfs: tried to {what} at {self._where}; the connection was lost: {error}"
            raise ConnectionLost(msg, hint="is the name node running?") from error
        except (HdfsError, OSError, ValueError, requests.RequestException) as error:
            msg = f"hopsfs: tried to {what} at {self._where}; it said: {error}"
            hint = "is the name node running, and does it reach its database and bucket?"
            raise OperationError(msg, hint=hint) from error
