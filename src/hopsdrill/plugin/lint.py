"""What is refused before anything runs, each with its feature file and line."""

import inspect
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from hopsdrill.core.paths import data_dir
from hopsdrill.model.declaration import Declaration
from hopsdrill.plan.declare import declaration_of
from hopsdrill.plan.statements import statements
from hopsdrill.plugin.compat import RawScenario, RawStep


OTHER_TAGS = {"destructive", "negative"}  # it destroys; it shows the wrong input or the broken state of its statements
MOST_STEPS = 10


@dataclass(frozen=True)
class BoundStep:
    """A Gherkin step with what its function declared."""

    keyword: str
    text: str
    line: int
    declaration: Declaration
    code: str


@dataclass(frozen=True)
class BoundScenario:
    """A scenario whose every step has exactly one definition.

    Attributes:
        name: ``<feature>::<scenario>``, with ``[example]`` for a row of an outline whose name does not tell its rows apart.
    """

    name: str
    feature: str
    tags: tuple[str, ...]
    steps: tuple[BoundStep, ...]

    @property
    def proofs(self) -> list[str]:
        """All proofs its steps declare, in order."""
        return [proof for step in self.steps for proof in step.declaration.proofs]

    @property
    def objectives(self) -> list[str]:
        """All objectives its steps measure, in order."""
        return [objective for step in self.steps for objective in step.declaration.objectives]

    @property
    def actions(self) -> list[str]:
        """All actions its steps declare, in order."""
        return [action for step in self.steps for action in step.declaration.actions]

    @property
    def destructive(self) -> set[str]:
        """Names of the operations that may destroy data."""
        return {op.name for step in self.steps for op in step.declaration.operations if op.destructive}


def relative(feature: Path) -> str:
    """A feature file's name without this machine's folders."""
    root = data_dir("features").resolve()
    return str(feature.relative_to(root)) if feature.is_relative_to(root) else feature.name


def bind(raw: RawScenario) -> BoundScenario:
    """Give a scenario its name and its steps' declarations."""
    feature = relative(raw.feature)
    unnamed = raw.example and raw.template == raw.name
    name = f"{feature}::{raw.name}" + (f"[{raw.example}]" if unnamed else "")
    return BoundScenario(name, feature, raw.tags, tuple(_bind(step) for step in raw.steps))


def _bind(step: RawStep) -> BoundStep:
    function = step.functions[0] if step.functions else None
    code = ""
    if function is not None:
        plain = inspect.unwrap(function)
        code = f"{Path(inspect.getsourcefile(plain) or '').name}:{plain.__code__.co_firstlineno}"
    return BoundStep(step.keyword, step.text, step.line, declaration_of(function), code)


def problems(raw: RawScenario) -> list[str]:
    """Everything wrong with one scenario; empty when it may run."""
    found = [
        f"{raw.feature}:{raw.line}: unknown tag @{tag} (known: @destructive, @negative, and the statements of docs/traceability.md)"
        for tag in raw.tags
        if tag not in OTHER_TAGS and tag not in statements()
    ]
    found += [text for step in raw.steps for text in _step_problems(raw.feature, step)]
    if "destructive" not in raw.tags and (harm := sorted(bind(raw).destructive)):
        found.append(f"{raw.feature}:{raw.line}: tag it @destructive, for it will {', '.join(harm)}")
    if len(raw.steps) > MOST_STEPS:
        found.append(
            f"{raw.feature}:{raw.line}: {len(raw.steps)} steps; split it, {MOST_STEPS} are enough for one behaviour"
        )
    if not any(step.keyword.strip().lower() == "then" for step in raw.steps):
        found.append(f"{raw.feature}:{raw.line}: no Then: the scenario proves nothing")
    elif not bind(raw).proofs:
        found.append(
            f"{raw.feature}:{raw.line}: no step declares a proof (@declares(proofs=...)): the scenario proves nothing"
        )
    return found


def _step_problems(feature: Path, step: RawStep) -> Iterable[str]:
    where = f"{feature}:{step.line}: {step.keyword} {step.text}"
    if not step.functions:
        yield f"{where}: no step definition matches"
    if len(step.functions) > 1:
        names = ", ".join(f"{inspect.unwrap(f).__module__}.{inspect.unwrap(f).__name__}" for f in step.functions)
        yield f"{where}: {len(step.functions)} step definitions match: {names}"
    for function in step.functions:
        if inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function):
            yield f"{where}: its definition is async; it would never be awaited, and pass"
