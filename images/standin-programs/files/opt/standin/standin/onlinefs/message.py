"""What a message says: a row to write or to remove.

Key: JSON of the primary key, ``{"id": 1}``. Value: JSON ``{"database", "table", "row": {column: value}, "op"}`` with ``op``
``upsert`` or ``delete``. A value is a JSON scalar; ``{"base64": "..."}`` is bytes; any other list or object is kept as JSON text.
"""

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Any


OPERATIONS = ("upsert", "delete")
SHOWN = 120  # characters of a foreign text that go into a reason

Value = str | int | float | bool | bytes | None


class RefusedMessageError(Exception):
    """A message that can never be written; its text is the reason."""


@dataclass(frozen=True)
class Change:
    """One row to write (``upsert``) or to remove (``delete``)."""

    database: str
    table: str
    op: str
    row: dict[str, Value]


def parse(key: bytes | None, value: bytes | None) -> Change:
    """Read one message; columns of its key belong to the row.

    Raises:
        RefusedMessageError: it is not of the form above.
    """
    said = _object("value", value)
    missing = [each for each in ("database", "table", "row") if each not in said]
    if missing:
        message = f"the value lacks {', '.join(missing)}"
        raise RefusedMessageError(message)
    database, table, op = said["database"], said["table"], said.get("op", "upsert")
    if not (isinstance(database, str) and database and isinstance(table, str) and table):
        message = "database and table have to be texts"
        raise RefusedMessageError(message)
    if op not in OPERATIONS:
        message = f"op is {str(op)[:SHOWN]!r}, not one of {', '.join(OPERATIONS)}"
        raise RefusedMessageError(message)
    row, own = said["row"], _object("key", key) if key else {}
    if not isinstance(row, dict) or any(row.get(column, found) != found for column, found in own.items()):
        message = "row is no object, or says another primary key than the message's key"
        raise RefusedMessageError(message)
    return Change(database, table, op, {column: plain(found) for column, found in {**own, **row}.items()})


def plain(value: Any) -> Value:
    """A value as the database is given it.

    Raises:
        RefusedMessageError: it says it is base64 and is not.
    """
    if isinstance(value, dict) and list(value) == ["base64"]:
        try:
            return base64.b64decode(value["base64"], validate=True)
        except (binascii.Error, TypeError, ValueError) as error:
            message = f"not base64: {error}"
            raise RefusedMessageError(message) from error
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else value


def _object(what: str, text: bytes | None) -> dict[str, Any]:
    try:
        found = json.loads(text or b"", parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        message = f"the {what} is not JSON: {error}"
        raise RefusedMessageError(message) from error
    if not isinstance(found, dict):
        message = f"the {what} is a JSON {type(found).__name__}, not an object"
        raise RefusedMessageError(message)
    return found


def _no_constant(word: str) -> None:
    message = f"{word} is no number of JSON"
    raise ValueError(message)
