"""What boto3 raises about a bucket, as our errors."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from hopsdrill.core.errors import ConnectionLost, OperationError


T = TypeVar("T")


def or_none(ask: Callable[[], T], *codes: str) -> T | None:
    """What a store answers; None where it says, by one of these error codes, that there is no such thing."""
    try:
        return ask()
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") in codes:
            return None
        raise


@contextmanager
def translated(what: str, bucket: str, endpoint: str) -> Iterator[None]:
    """Have a client's exceptions raised as ours.

    Args:
        what: what was tried, ending in a preposition: ``list 'a/' in``.
        bucket: its name.
        endpoint: where it was looked for.

    Raises:
        OperationError: the store refused.
        ConnectionLost: it did not answer.
    """
    try:
        yield
    except ClientError as error:
        told = error.response.get("Error", {})
        msg = f"Tried to {what} bucket {bucket} at {endpoint}; the store said {told.get('Code')}: {told.get('Message')}"
        raise OperationError(msg) from error
    except (BotoCoreError, OSError) as error:
        msg = f"Tried to {what} bucket {bucket} at {endpoint}; it did not answer: {error}"
        raise ConnectionLost(msg, hint="is it up, and the address right? in the lab: hopsdrill lab status") from error
