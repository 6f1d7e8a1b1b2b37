"""The body of a request, by Content-Length or in chunks."""

from collections.abc import Mapping
from typing import BinaryIO

from standin.hopsfs.errors import InvalidError


LONGEST_LINE = 1000
DRAINED = 1 << 20  # bytes of an unwanted body that are read, so that the connection can be used again


class Body:
    """Gives the bytes of one request's body, no more and no fewer."""

    def __init__(self, stream: BinaryIO, headers: Mapping[str, str]) -> None:
        self._stream = stream
        self._chunked = "chunked" in headers.get("Transfer-Encoding", "").lower()
        self._left = 0 if self._chunked else _length(headers.get("Content-Length"))
        self._more = self._chunked
        self.given = self._chunked or self._left > 0

    def read(self, size: int) -> bytes:
        """That many bytes, fewer only at the end of the body.

        Raises:
            InvalidError: the client went away before the end.
        """
        found = bytearray()
        while len(found) < size:
            if not self._left and not self._next_chunk():
                break
            data = self._stream.read(min(size - len(found), self._left))
            if not data:
                message = f"the body ended {self._left} bytes early; nothing was written"
                raise InvalidError(message)
            found += data
            self._left -= len(data)
            if self._chunked and not self._left:
                self._line()  # the end of the chunk
        return bytes(found)

    def drain(self) -> bool:
        """Read what nobody wanted; false when it is too much for that."""
        self.read(DRAINED)
        return not self._left and not self._more

    def _next_chunk(self) -> bool:
        if not self._more:
            return False
        line = self._line().partition(b";")[0].strip()
        try:
            self._left = int(line, 16)
        except ValueError as error:
            message = f"the chunked body has {line[:40]!r} where the size of a chunk should be"
            raise InvalidError(message) from error
        if not self._left:
            self._more = False
            while self._line().strip():
                pass  # trailers
        return self._left > 0

    def _line(self) -> bytes:
        return self._stream.readline(LONGEST_LINE)


def _length(text: str | None) -> int:
    try:
        found = int(text or 0)
    except ValueError:
        found = -1
    if found < 0:
        message = f"Content-Length {text!r} is no number of bytes"
        raise InvalidError(message)
    return found
