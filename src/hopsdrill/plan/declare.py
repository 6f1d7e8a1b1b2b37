"""The decorator by which a step function declares what it does and what it proves."""

from collections.abc import Callable, Sequence
from typing import ParamSpec, TypeVar

from hopsdrill.model.declaration import Declaration, PlannedOperation


P = ParamSpec("P")
R = TypeVar("R")
ATTRIBUTE = "__hopsdrill_declaration__"


def declares(
    *,
    operations: Sequence[PlannedOperation] = (),
    actions: Sequence[str] = (),
    proofs: Sequence[str] = (),
    objectives: Sequence[str] = (),
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Attach a declaration to a step function; stands below ``@given``, ``@when`` or ``@then``."""
    declaration = Declaration(
        operations=tuple(operations), actions=tuple(actions), proofs=tuple(proofs), objectives=tuple(objectives)
    )

    def mark(function: Callable[P, R]) -> Callable[P, R]:
        setattr(function, ATTRIBUTE, declaration)
        return function

    return mark


def declaration_of(function: object) -> Declaration:
    """What a step function declared; an empty declaration when it declared nothing."""
    found = getattr(function, ATTRIBUTE, None)
    return found if isinstance(found, Declaration) else Declaration()
