"""The packaged statements."""

from functools import cache

from pydantic import ValidationError

from hopsdrill.core.errors import InternalError
from hopsdrill.core.paths import data_dir
from hopsdrill.model.statement import Statement, Statements
from hopsdrill.plan.strict_yaml import parse


@cache
def statements() -> dict[str, Statement]:
    """All statements by ID, in order.

    Raises:
        InternalError: the installation's list is damaged.
    """
    document = parse(data_dir("features") / "statements.yaml")
    try:
        if document.problems:
            raise ValueError(document.problems[0])  # noqa: TRY301 - one way out for both
        found = Statements.model_validate(document.value)
    except (ValueError, ValidationError) as error:
        msg = f"{document.path} is no list of statements: {error}"
        raise InternalError(msg, hint="install hopsdrill again") from error
    return {each.id: each for each in found.statements}
