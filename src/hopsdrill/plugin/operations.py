"""Every operation a plan's scenarios will perform, in order, with its target by name."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pydantic import BaseModel

from hopsdrill.model.profile import Profile
from hopsdrill.plugin.lint import BoundScenario, BoundStep


@dataclass(frozen=True)
class Operation:
    """One operation of one step."""

    scenario: str
    step: str
    name: str
    target: str
    destructive: bool


def names_of(profile: BaseModel, prefix: str = "") -> dict[str, str]:
    """A profile's names as one level: ``namespace``, ``rondb_service``, ``kubernetes_main_schedule`` ..."""
    found: dict[str, str] = {}
    for name in type(profile).model_fields:
        value = getattr(profile, name)
        if isinstance(value, BaseModel):
            found |= names_of(value, f"{prefix}{name}_")
        elif isinstance(value, str | int):
            found[f"{prefix}{name}"] = str(value)
    return found


def operations(scenarios: Iterable[BoundScenario], profile: Profile) -> Iterator[Operation]:
    """What the steps declared, with the profile's names put in."""
    names = names_of(profile)
    for scenario in scenarios:
        for step in scenario.steps:
            yield from _of_step(scenario.name, step, names)


def _of_step(scenario: str, step: BoundStep, names: dict[str, str]) -> Iterator[Operation]:
    for each in step.declaration.operations:
        text = f"{step.keyword} {step.text}"
        yield Operation(scenario, text, each.name.format(**names), each.target.format(**names), each.destructive)
