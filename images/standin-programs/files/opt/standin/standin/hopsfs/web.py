"""HTTP: requests in, responses out, refusals as RemoteExceptions."""

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import BoundedSemaphore
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from standin.hopsfs import paths
from standin.hopsfs.body import Body
from standin.hopsfs.errors import NotFoundError, RemoteError, UnavailableError
from standin.hopsfs.operations import PREFIX, Operations, Request, Response
from standin.hopsfs.report import Reports
from standin.say import say


LONGEST_LINE = 65536
IDLE = 60  # seconds a connection may say nothing
AT_ONCE = 6  # requests worked on at a time; each may hold some blocks in memory
BUSY = 30.0  # seconds a request waits for its turn
JSON = "application/json"
OCTETS = "application/octet-stream"
ALIVE, REPORT = "/hopsfs/alive", "/hopsfs/report"


class Server(ThreadingHTTPServer):
    """Serves until it is told to stop."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int, operations: Operations, reports: Reports) -> None:
        self.operations, self.reports = operations, reports
        self.turns = BoundedSemaphore(AT_ONCE)
        super().__init__(("", port), Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no error."""
        if not isinstance(sys.exception(), ConnectionError | TimeoutError):
            super().handle_error(request, client_address)

    def let_end(self, seconds: float) -> None:
        """Give requests under way time to end; those that do not are cut off, as by a crash."""
        end = time.monotonic() + seconds
        left = AT_ONCE - sum(self.turns.acquire(timeout=max(0.0, end - time.monotonic())) for _ in range(AT_ONCE))
        if left:
            say(f"{left} requests cut off after {seconds:.0f} s")

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for one's turn, and keep it.

        Raises:
            UnavailableError: it did not come.
        """
        if not self.turns.acquire(timeout=BUSY):
            message = f"{AT_ONCE} requests have been under way for {BUSY:.0f} s; try again"
            raise UnavailableError(message)
        try:
            yield
        finally:
            self.turns.release()


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    server_version = "hopsfs-standin"
    timeout = IDLE
    disable_nagle_algorithm = True
    wbufsize = 64 * 1024
    server: Server

    def handle_one_request(self) -> None:
        """Read one request and answer it; whatever its method is, the operations say what there is."""
        self.raw_requestline = self.rfile.readline(LONGEST_LINE + 1)
        if len(self.raw_requestline) > LONGEST_LINE or not self.raw_requestline:
            self.close_connection = True
        elif self.parse_request():
            self._serve()
            self.wfile.flush()

    def log_message(self, *words: Any) -> None:
        """Requests are not logged one by one."""

    def _serve(self) -> None:
        if self.path in {ALIVE, REPORT}:
            self._send(Response(json={"alive": True} if self.path == ALIVE else self.server.reports.last))
            return
        try:
            with self.server.turn():
                self._respond()
        except UnavailableError as error:
            self.close_connection = True
            self._refuse(error)

    def _respond(self) -> None:
        body: Body | None = None
        try:
            body = Body(self.rfile, self.headers)
            response = self._answer(body)
        except RemoteError as error:
            self.close_connection = body is None or not self._drained(body)
            self._refuse(error)
            return
        self.close_connection |= not self._drained(body)
        self._send(response)

    def _refuse(self, error: RemoteError) -> None:
        if isinstance(error, UnavailableError):
            say(f"{self.command} {self.path.partition('?')[0]}: {error}")
        self._send(Response(error.status, json=error.body()))

    def _drained(self, body: Body) -> bool:
        try:
            return body.drain()
        except RemoteError:
            return False

    def _answer(self, body: Body) -> Response:
        url = urlsplit(self.path)
        if url.path != PREFIX and not url.path.startswith(f"{PREFIX}/"):
            message = f"{url.path} is not below {PREFIX}"
            raise NotFoundError(message)
        parameters = {key.lower(): value for key, value in parse_qsl(url.query, keep_blank_values=True)}
        base = f"http://{self.headers.get('Host') or 'localhost'}"
        names = paths.names(paths.decoded(url.path.removeprefix(PREFIX)) or "/")
        return self.server.operations.run(self.command, Request(names, parameters, body, base))

    def _send(self, response: Response) -> None:
        text = json.dumps(response.json).encode() if response.json is not None else b""
        self.send_response(response.status)
        self.send_header("Content-Type", JSON if response.json is not None else OCTETS)
        self.send_header("Content-Length", str(response.length if response.content else len(text)))
        if response.location:
            self.send_header("Location", response.location)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(text)
        if response.content:
            self._send_content(response)

    def _send_content(self, response: Response) -> None:
        """The status is sent: what goes wrong now can only be shown by an early end of the connection."""
        try:
            for data in response.content or ():
                self.wfile.write(data)
        except RemoteError as error:
            say(f"{self.command} {self.path.partition('?')[0]} broken off: {error}")
            self.close_connection = True
