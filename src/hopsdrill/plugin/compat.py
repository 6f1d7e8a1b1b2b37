"""The only module that touches names private to pytest-bdd and pytest; tested against the versions we allow."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pytest_bdd.exceptions import FeatureError, GherkinParseError
from pytest_bdd.feature import features, get_feature
from pytest_bdd.scenario import find_fixturedefs_for_step, scenario_wrapper_template_registry
from pytest_bdd.steps import step_function_context_registry

from hopsdrill.core.errors import PlanError


@dataclass(frozen=True)
class RawStep:
    """A step of a rendered scenario, and every distinct definition that matches it.

    Attributes:
        functions: the step functions; of definitions with the same text only the nearest, which is the one that runs.
    """

    keyword: str
    text: str
    line: int
    functions: tuple[Callable[..., Any], ...]


@dataclass(frozen=True)
class RawScenario:
    """A collected scenario; ``template`` is its name as the feature file has it, before an example's values are put in."""

    feature: Path
    template: str
    name: str
    line: int
    example: str
    tags: tuple[str, ...]
    steps: tuple[RawStep, ...]


def scenario_of(item: pytest.Item) -> RawScenario | None:
    """What a test item runs; None when it is no scenario."""
    function = getattr(item, "function", None)
    template = scenario_wrapper_template_registry.get(function) if function is not None else None
    if template is None:
        return None
    callspec = getattr(item, "callspec", None)
    example = callspec.params.get("_pytest_bdd_example", {}) if callspec is not None else {}
    scenario = template.render(example)
    return RawScenario(
        feature=Path(template.feature.filename).resolve(),
        template=template.name,
        name=scenario.name,
        line=template.line_number,
        example=callspec.id if callspec is not None else "",
        tags=_tags(template),
        steps=tuple(_step(step, item) for step in scenario.steps),
    )


def _step(step: Any, item: pytest.Item) -> RawStep:
    manager = item.session._fixturemanager  # noqa: SLF001 - there is no public way to ask what is registered
    nearest: dict[str, Any] = {}
    for definition in find_fixturedefs_for_step(step, manager, item):
        nearest[definition.argname] = definition  # same text, same name: pytest lists the nearest last
    functions = tuple(step_function_context_registry[found.func].step_func for found in nearest.values())
    return RawStep(step.keyword, step.name, step.line_number, functions)


def scenario_names(feature: Path) -> list[tuple[str, int]]:
    """Names and lines of all scenarios a feature file holds."""
    found = get_feature(str(feature.parent), feature.name)
    return [(name, scenario.line_number) for name, scenario in found.scenarios.items()]


def scenario_tags(feature: Path) -> list[tuple[str, int, tuple[str, ...]]]:
    """Name, line and all tags of every scenario a feature file holds: its own, its rule's, its feature's.

    Raises:
        PlanError: the file is no Gherkin.
    """
    try:
        found = get_feature(str(feature.parent), feature.name)
    except (FeatureError, GherkinParseError) as error:
        msg = f"{feature}: {error}"
        raise PlanError(msg, hint="hopsdrill lint says more") from error
    return [(name, each.line_number, _tags(each)) for name, each in found.scenarios.items()]


def _tags(template: Any) -> tuple[str, ...]:
    rule = set() if template.rule is None else template.rule.tags
    return tuple(sorted(template.tags | template.feature.tags | rule))


def forget_features() -> None:
    """Have feature files read again: pytest-bdd keeps what it parsed for the life of the process."""
    features.clear()
