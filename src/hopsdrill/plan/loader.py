"""Loading plans and profiles: strict, every problem at once, each with its place and what to write instead."""

import difflib
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from hopsdrill.core.cron import fault
from hopsdrill.core.errors import PlanError
from hopsdrill.core.paths import data_dir
from hopsdrill.model.plan import GivenPoint, Plan
from hopsdrill.model.profile import Profile
from hopsdrill.plan.strict_yaml import Document, Route, parse


M = TypeVar("M", bound=BaseModel)


def load_plan(path: Path) -> Plan:
    """Load a drill plan.

    Raises:
        PlanError: lists every problem with file, line and column.
    """
    plan = load_as(path, Plan)
    target = plan.target
    if (target.lab_cluster is None) == (target.kubeconfig is None or target.context is None):
        msg = f"{path}: the target is neither a lab cluster nor a kubeconfig with a context, or both."
        raise PlanError(
            msg, hint="write `target: {lab_cluster: drill}`, or `target: {kubeconfig: FILE, context: NAME}`"
        )
    if wrong := fault(plan.schedule):
        msg = f"{path}: {wrong}."
        raise PlanError(msg, hint='write five fields, such as "0 2 * * 0", or a nickname such as "@weekly"')
    binding_of(plan, path)
    features_of(plan, path)
    return plan if plan.recovery_point is None else _with_files(plan, plan.recovery_point, path)


def _with_files(plan: Plan, point: GivenPoint, path: Path) -> Plan:
    """The plan, its recovery point's files by their whole paths."""
    given = {"seal": point.seal, "key": point.key}
    files = {name: (path.parent / file).resolve() for name, file in given.items() if file is not None}
    missing = [f"recovery_point.{name}: {file}" for name, file in files.items() if not file.is_file()]
    if missing:
        msg = f"{path}: there is no such file: {'; '.join(missing)}."
        raise PlanError(
            msg, hint="hopsdrill backups seal ID --out FILE writes a seal; leave `seal` out if there is none"
        )
    return plan.model_copy(update={"recovery_point": point.model_copy(update=files)})


def load_profile(plan: Plan, path: Path) -> Profile:
    """Load the profile a plan names: a packaged one by its name, or a file relative to the plan.

    Raises:
        PlanError: it is not there, or has problems.
    """
    for candidate in (data_dir("profiles") / f"{plan.profile}.yaml", path.parent / plan.profile):
        if candidate.is_file():
            return load_as(candidate, Profile)
    known = ", ".join(sorted(item.stem for item in data_dir("profiles").glob("*.yaml")))
    msg = f"{path}: there is no profile {plan.profile!r}."
    raise PlanError(msg, hint=f"packaged profiles: {known}; or a path relative to the plan")


def binding_of(plan: Plan, path: Path) -> Path:
    """The pytest module that binds a plan's features.

    Raises:
        PlanError: it is not there.
    """
    found = (path.parent / plan.binding).resolve()
    if not found.is_file():
        msg = f"{path}: the binding {plan.binding!r} does not exist ({found})."
        raise PlanError(msg, hint="a few lines with pytest_bdd.scenarios(), see docs/how-to/write-a-drill.md")
    return found


def features_of(plan: Plan, path: Path) -> list[Path]:
    """The feature files of a plan.

    Raises:
        PlanError: names those that are not there.
    """
    found = [_feature(name, path) for name in plan.features]
    missing = [name for name, file in zip(plan.features, found, strict=True) if file is None]
    if missing:
        msg = f"{path}: no such feature: {', '.join(missing)} (looked beside the plan and in {data_dir('features')})."
        raise PlanError(msg, hint="name it relative to either folder")
    return [file for file in found if file is not None]


def _feature(name: str, path: Path) -> Path | None:
    candidates = [(path.parent / name).resolve(), data_dir("features") / name]
    return next((file for file in candidates if file.is_file()), None)


def load_as(path: Path, model: type[M]) -> M:
    """Load a YAML file as a model, strictly.

    Raises:
        PlanError: lists every problem with file, line and column.
    """
    document = parse(path)
    problems = list(document.problems)
    try:
        made = model.model_validate(document.value if document.value is not None else {})
    except ValidationError as error:
        problems += [_problem(document, detail, model) for detail in error.errors()]
        made = None
    if problems or made is None:
        msg = f"{path} cannot be used as a {model.__name__.lower()}:\n" + "\n".join(f"  {text}" for text in problems)
        raise PlanError(msg, hint=f"`hopsdrill schema {model.__name__.lower()}` prints every key and its type")
    return made


def _problem(document: Document, detail: ErrorDetails, model: type[BaseModel]) -> str:
    route: Route = detail["loc"]
    where, name, value = document.at(route), ".".join(str(part) for part in route), detail["input"]
    match detail["type"]:
        case "extra_forbidden":
            return f"{where}: unknown key {name!r}{_similar(str(route[-1]), _keys(model, route[:-1]))}"
        case "missing":
            return f"{where}: {name!r} is missing"
        case "string_type" if isinstance(value, int | float):
            return f'{where}: {name} must be a text, but unquoted {value} is a number; write "{value}"'
        case _:
            return f"{where}: {name}: {detail['msg']} (seen: {str(value)[:80]!r})"


def _similar(word: str, known: list[str]) -> str:
    close = difflib.get_close_matches(word, known, n=1)
    return f"; did you mean {close[0]!r}?" if close else f"; known here: {', '.join(sorted(known))}"


def _keys(model: type[BaseModel], route: Route) -> list[str]:
    here: Any = model
    for part in route:
        field = next((item for name, item in here.model_fields.items() if part in {name, item.alias}), None)
        kinds = [field.annotation, *getattr(field.annotation, "__args__", ())] if field else []
        here = next((kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel)), None)
        if here is None:
            return []
    return [item.alias or name for name, item in here.model_fields.items()]


def load_named_profile(name: str) -> Profile:
    """Load a packaged profile.

    Raises:
        PlanError: it is not there, or has problems.
    """
    return load_as(data_dir("profiles") / f"{name}.yaml", Profile)


def load_given_profile(given: str) -> Profile:
    """Load a profile named on the command line: a packaged one by its name, or a file.

    Raises:
        PlanError: it is not there, or has problems.
    """
    packaged = data_dir("profiles")
    path = next((each for each in (packaged / f"{given}.yaml", Path(given)) if each.is_file()), None)
    if path is None:
        known = ", ".join(sorted(item.stem for item in packaged.glob("*.yaml")))
        msg = f"There is no profile {given}."
        raise PlanError(msg, hint=f"packaged profiles: {known}; or a path")
    return load_as(path, Profile)


def find_plan(given: Path) -> Path:
    """A plan by its path, or a packaged one by its name or file name.

    Raises:
        PlanError: neither is there.
    """
    packaged = data_dir("drills")
    candidates = [given, packaged / given.name, packaged / f"{given.name}.yaml"]
    found = next((path for path in candidates if path.is_file()), None)
    if found is None:
        known = ", ".join(sorted(path.stem for path in packaged.glob("*.yaml")))
        msg = f"There is no plan {given}."
        raise PlanError(msg, hint=f"packaged plans: {known}; or a path")
    return found
