"""The published page of a platform profile's fields: ``python -m hopsdrill.plan.doc > docs/reference/profile.md``."""

import inspect
import re
import sys
from collections.abc import Iterator
from typing import get_args

from pydantic.fields import FieldInfo

from hopsdrill.model.base import Model
from hopsdrill.model.profile import Profile


HEAD = """\
# A platform profile's fields

Generated from the code (`python -m hopsdrill.plan.doc`); a test fails when this page is out of date.

A profile holds every name of a platform that a drill has to know. `profiles/hopsworks-standin.yaml` and `profiles/hopsworks.yaml` are two;
[how to write your own](../how-to/use-your-own-release.md). An unknown key is refused. A field with a default may be left out. `hopsdrill schema profile` prints the JSON schema.
"""
ENTRY = re.compile(r"^ {4}(?P<name>\w+): (?P<text>.*(?:\n {6,}.*)*)", re.MULTILINE)


def page() -> str:
    """The whole page, as Markdown."""
    return "\n".join([HEAD, *(line for title, model in sections(Profile) for line in _section(title, model))])


def sections(model: type[Model], title: str = "") -> Iterator[tuple[str, type[Model]]]:
    """A model and all that stand in it, each with its dotted place."""
    yield title, model
    for name, field in model.model_fields.items():
        inner = _model(field)
        if inner is not None:
            yield from sections(inner, f"{title}.{name}" if title else name)


def meanings(model: type[Model]) -> dict[str, str]:
    """What the ``Attributes`` of a model's docstring, and of those it is made of, say about its fields."""
    found: dict[str, str] = {}
    for each in reversed([each for each in model.__mro__ if issubclass(each, Model)]):
        text = inspect.cleandoc(each.__doc__ or "").partition("Attributes:\n")[2]
        found |= {entry["name"]: " ".join(entry["text"].split()) for entry in ENTRY.finditer(text)}
    return found


def _section(title: str, model: type[Model]) -> Iterator[str]:
    yield f"## {f'`{title}`' if title else 'The profile'}\n"
    yield f"{inspect.cleandoc(model.__doc__ or '').splitlines()[0]}\n"
    yield "| field | default | |\n|---|---|---|"
    told = meanings(model)
    for name, field in model.model_fields.items():
        yield f"| `{name}` | {_default(field)} | {_cell(told[name])} |"
    yield ""


def _model(field: FieldInfo) -> type[Model] | None:
    candidates = [field.annotation, *get_args(field.annotation)]
    return next((each for each in candidates if inspect.isclass(each) and issubclass(each, Model)), None)


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    default = field.get_default(call_default_factory=True)
    return "none" if default in (None, "", [], {}) else f"`{default}`"


def _cell(text: str) -> str:
    return text.replace("``", "`").replace("|", "\\|")


if __name__ == "__main__":
    sys.stdout.write(page())
