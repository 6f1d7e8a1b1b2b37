"""A field nobody could fill is printed as a gap with its reason, never left out."""

from collections.abc import Iterator
from typing import TypeVar

from pydantic import BaseModel

from hopsdrill.model.base import Model


T = TypeVar("T")


class Gap(Model):
    """What is missing, and why."""

    gap: str


Text = str | Gap


def or_gap(value: T | None, why: str) -> T | Gap:
    """The value, or a gap with its reason when there is none (None, or an empty text or list)."""
    return Gap(gap=why) if value is None or value in ("", [], ()) else value


def known(value: list[T] | Gap) -> list[T]:
    """What a list holds; nothing where it is a gap."""
    return [] if isinstance(value, Gap) else value


def gaps(value: object, path: str = "") -> Iterator[tuple[str, str]]:
    """Every gap inside a model, as (path, reason), in order."""
    if isinstance(value, Gap):
        yield path, value.gap
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from gaps(getattr(value, name), f"{path}.{name}" if path else name)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from gaps(item, path)
