"""The one way to write a file that others read: whole or not at all, and never with a secret in it."""

import os
from pathlib import Path

from hopsdrill.core.errors import JournalError, SecretFoundError
from hopsdrill.core.redact import REDACTOR


def put(path: Path, content: str | bytes) -> None:
    """Write a text, as UTF-8, or bytes; a reader sees the old file or the new one.

    Raises:
        JournalError: the disk refuses.
        SecretFoundError: it would hold a known secret; nothing was written.
    """
    if REDACTOR.found_in(content if isinstance(content, str) else content.decode(errors="replace")):
        msg = f"A secret was found in what {path} was to hold; it was not written."
        raise SecretFoundError(msg, hint="report this: whoever made that text did not redact it")
    draft = path.with_name(f".{path.name}.draft")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.write_bytes(content.encode() if isinstance(content, str) else content)
        os.replace(draft, path)  # noqa: PTH105 - atomicity is the point, and it has this name
    except OSError as error:
        msg = f"Tried to write {path}; the system said: {error.strerror}."
        raise JournalError(msg, hint="free space, then `hopsdrill report build`") from error
