"""WebHDFS' operations: what each takes from a request and gives back."""

from collections.abc import Callable, Iterator
from threading import Lock
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

from standin.hopsfs import inodes, paths, tree
from standin.hopsfs.body import Body
from standin.hopsfs.errors import InvalidError, UnsupportedError
from standin.hopsfs.files import Files
from standin.hopsfs.inodes import New


PREFIX = "/webhdfs/v1"
NOBODY = "dr.who"  # Hadoop's own name for a client that gives none
SMALLEST_BLOCK = 4096
MOST_REPLICAS = 512  # HDFS' own limit; a number kept for clients, the object store has its own ways
LONGEST_ACCOUNT = 100
LONGEST_NUMBER = 18  # digits


class Request(NamedTuple):
    """A request; parameters by their names in lower case, ``base`` is the address the client used."""

    names: paths.Names
    parameters: dict[str, str]
    body: Body
    base: str

    @property
    def user(self) -> str:
        """Who asks; nobody checks it."""
        return self.account("user.name") or NOBODY

    def account(self, name: str) -> str:
        """A parameter that names a user or a group; empty when it is not given.

        Raises:
            InvalidError: it is too long to be kept.
        """
        text = self.parameters.get(name, "")
        if len(text) > LONGEST_ACCOUNT:
            message = f'Invalid value for webhdfs parameter "{name}": longer than {LONGEST_ACCOUNT} characters'
            raise InvalidError(message)
        return text

    def flag(self, name: str) -> bool:
        """A parameter that is true or false."""
        return self.parameters.get(name, "").lower() == "true"

    def number(self, name: str, default: int | None = None) -> int | None:
        """A parameter that is a number, 0 or more.

        Raises:
            InvalidError: it is not one.
        """
        text = self.parameters.get(name, "")
        if not text:
            return default
        if not text.isascii() or not text.isdigit() or len(text) > LONGEST_NUMBER:
            message = f'Invalid value for webhdfs parameter "{name}": {text[:40]!r} is not a number from 0 to 10^18'
            raise InvalidError(message)
        return int(text)


class Response(NamedTuple):
    """An answer: JSON, or ``length`` bytes of content, or neither."""

    status: int = 200
    json: dict[str, Any] | None = None
    content: Iterator[bytes] | None = None
    length: int = 0
    location: str | None = None


class Operations:
    """Every operation by its name."""

    def __init__(self, files: Files, block_size: int) -> None:
        self._files, self._database = files, files.database
        self._block_size = block_size
        self._renames = Lock()  # two at once could each move the other's directory below itself
        self._table: dict[tuple[str, str], Callable[[Request], Response]] = {
            ("GET", "OPEN"): self._open,
            ("GET", "GETFILESTATUS"): self._get_file_status,
            ("GET", "LISTSTATUS"): self._list_status,
            ("GET", "GETCONTENTSUMMARY"): self._get_content_summary,
            ("GET", "GETFILECHECKSUM"): self._get_file_checksum,
            ("GET", "GETHOMEDIRECTORY"): self._get_home_directory,
            ("PUT", "CREATE"): self._create,
            ("PUT", "MKDIRS"): self._mkdirs,
            ("PUT", "RENAME"): self._rename,
            ("PUT", "SETPERMISSION"): self._set_permission,
            ("PUT", "SETOWNER"): self._set_owner,
            ("PUT", "SETTIMES"): self._set_times,
            ("POST", "APPEND"): self._append,
            ("DELETE", "DELETE"): self._delete,
        }

    def run(self, method: str, request: Request) -> Response:
        """Do what a request asks for.

        Raises:
            UnsupportedError: there is no such operation.
        """
        name = request.parameters.get("op", "").upper()
        operation = self._table.get((method, name))
        if operation is None:
            message = f"{method} with op={name or '(none)'} is not supported; supported: {self._known()}"
            raise UnsupportedError(message)
        return operation(request)

    def _known(self) -> str:
        return ", ".join(f"{method} {name}" for method, name in self._table)

    def _open(self, request: Request) -> Response:
        if request.flag("noredirect"):
            return Response(json={"Location": _data_address(request)})
        length, content = self._files.read(request.names, request.number("offset", 0) or 0, request.number("length"))
        return Response(content=content, length=length)

    def _get_file_status(self, request: Request) -> Response:
        return Response(json={"FileStatus": self._database.read(lambda c: tree.file_status(c, request.names))})

    def _list_status(self, request: Request) -> Response:
        found = self._database.read(lambda c: tree.list_status(c, request.names))
        return Response(json={"FileStatuses": {"FileStatus": found}})

    def _get_content_summary(self, request: Request) -> Response:
        return Response(json={"ContentSummary": self._database.read(lambda c: tree.content_summary(c, request.names))})

    def _get_file_checksum(self, request: Request) -> Response:
        return Response(json={"FileChecksum": self._files.checksum(request.names)})

    def _get_home_directory(self, request: Request) -> Response:
        return Response(json={"Path": f"/user/{request.user}"})

    def _create(self, request: Request) -> Response:
        if _wants_redirect(request):
            return _redirect(request)
        size = request.number("blocksize", self._block_size) or self._block_size
        if not SMALLEST_BLOCK <= size <= self._block_size:
            message = f"blocksize {size} is not within {SMALLEST_BLOCK} and this service's own {self._block_size}"
            raise InvalidError(message)
        replication = min(request.number("replication", 1) or 1, MOST_REPLICAS)
        new = New(request.user, _permission(request, 0o644), replication, size)
        self._files.create(request.names, request.body.read, new, overwrite=request.flag("overwrite"))
        host = request.base.partition("://")[2]
        return Response(201, location=f"webhdfs://{host}{quote(paths.path(request.names))}")

    def _append(self, request: Request) -> Response:
        if _wants_redirect(request):
            self._database.read(lambda c: inodes.require(c, request.names))
            return _redirect(request)
        self._files.append(request.names, request.body.read)
        return Response()

    def _mkdirs(self, request: Request) -> Response:
        new = New(request.user, _permission(request, 0o755))
        self._database.write(lambda c: inodes.make_directories(c, request.names, new))
        return Response(json={"boolean": True})

    def _rename(self, request: Request) -> Response:
        target = paths.names(request.parameters.get("destination", ""))
        with self._renames:
            done = self._database.write(lambda c: tree.rename(c, request.names, target))
        return Response(json={"boolean": done})

    def _delete(self, request: Request) -> Response:
        return Response(json={"boolean": self._files.delete(request.names, recursive=request.flag("recursive"))})

    def _set_permission(self, request: Request) -> Response:
        return self._change(request, {"permission": _permission(request, 0o755)})

    def _set_owner(self, request: Request) -> Response:
        given = {"user_name": request.account("owner"), "group_name": request.account("group")}
        if not any(given.values()):
            message = "Both owner and group are empty."
            raise InvalidError(message)
        return self._change(request, {column: value for column, value in given.items() if value})

    def _set_times(self, request: Request) -> Response:
        given = {"modification_time": "modificationtime", "access_time": "accesstime"}
        # -1, HDFS' way of leaving a time as it is
        wanted = {column: name for column, name in given.items() if request.parameters.get(name, "-1") != "-1"}
        return self._change(request, {column: request.number(name) for column, name in wanted.items()})

    def _change(self, request: Request, values: dict[str, Any]) -> Response:
        self._database.write(lambda c: tree.change(c, request.names, values))
        return Response()


def _permission(request: Request, default: int) -> int:
    given = request.parameters.get("permission")
    return paths.permission(given) if given else default


def _wants_redirect(request: Request) -> bool:
    """Content is taken where it comes; only a request without any is sent on first, as the protocol has it."""
    return not request.body.given and not request.flag("data")


def _data_address(request: Request) -> str:
    """The address for the second step: this same service, so that it is reached the way the first one was."""
    parameters = {key: value for key, value in request.parameters.items() if key != "noredirect"} | {"data": "true"}
    return f"{request.base}{PREFIX}{quote(paths.path(request.names))}?{urlencode(parameters)}"


def _redirect(request: Request) -> Response:
    address = _data_address(request)
    if request.flag("noredirect"):
        return Response(json={"Location": address})
    return Response(307, location=address)
