"""Paths and permissions as they come in requests."""

from urllib.parse import unquote_to_bytes

from standin.hopsfs.errors import InvalidError


LONGEST = 255  # bytes of one name, as in HDFS
MOST = 0o1777

Names = tuple[str, ...]  # components of a path; the root has none


def names(path: str) -> Names:
    """Components of an absolute path; ``//`` and a trailing ``/`` do not matter.

    Raises:
        InvalidError: it is relative, has ``.`` or ``..``, or a component is too long.
    """
    if not path.startswith("/"):
        message = f"Invalid path name {path!r}: it has to be absolute"
        raise InvalidError(message)
    found = tuple(part for part in path.split("/") if part)
    for part in found:
        if part in {".", ".."} or "\0" in part or len(part.encode()) > LONGEST:
            message = f"Invalid path name {path!r}: component {part[:80]!r}"
            raise InvalidError(message)
    return found


def decoded(text: str) -> str:
    """A percent-encoded path in UTF-8.

    Raises:
        InvalidError: it is not UTF-8.
    """
    try:
        return unquote_to_bytes(text).decode()
    except UnicodeDecodeError as error:
        message = f"Invalid path name {text!r}: {error}"
        raise InvalidError(message) from error


def path(parts: Names) -> str:
    """The path of components."""
    return "/" + "/".join(parts)


def permission(text: str) -> int:
    """A mode in octal.

    Raises:
        InvalidError: it is not one.
    """
    try:
        mode = int(text, 8)
    except ValueError:
        mode = -1
    if not 0 <= mode <= MOST:
        message = f'Invalid value for webhdfs parameter "permission": {text!r} is not an octal mode of at most 1777'
        raise InvalidError(message)
    return mode
