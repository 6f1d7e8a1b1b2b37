"""The packaged mapping of controls: which evidence of a drill speaks to which duty of which standard."""

from functools import cache
from pathlib import Path
from typing import get_args

from pydantic import BaseModel, ValidationError

from hopsdrill.core.errors import InternalError
from hopsdrill.model.control import Controls
from hopsdrill.plan.strict_yaml import parse
from hopsdrill.report.fields import Fields
from hopsdrill.report.gap import Gap


PACKAGED = Path(__file__).with_name("controls.yaml")


@cache
def load(path: Path = PACKAGED) -> Controls:
    """The mapping of controls.

    Raises:
        InternalError: the file is damaged, or names what there is not; says where.
    """
    document = parse(path)
    try:
        found = Controls.model_validate(document.value)
    except ValidationError as error:
        wrong = [
            f"{document.at(each['loc'])}: {'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors()
        ]
        raise _damaged(path, [*document.problems, *wrong]) from error
    unknown = [
        f"{document.at(('needs', name, 'fields'))}: the need {name!r} names {field!r}, which is no field of a report"
        for name, need in found.needs.items()
        for field in need.fields
        if not _is_field(field)
    ]
    if document.problems or unknown:
        raise _damaged(path, [*document.problems, *unknown])
    return found


def _damaged(path: Path, wrong: list[str]) -> InternalError:
    return InternalError(f"{path} is no mapping of controls: {'; '.join(wrong)}.", hint="install hopsdrill again")


def _is_field(dotted: str) -> bool:
    model: type[BaseModel] | None = Fields
    for name in dotted.split("."):
        if model is None or name not in model.model_fields:
            return False
        annotation = model.model_fields[name].annotation
        inner = [each for each in (annotation, *get_args(annotation)) if isinstance(each, type)]
        model = next((each for each in inner if issubclass(each, BaseModel) and each is not Gap), None)
    return True
