"""Collecting a plan's scenarios, and refusing what must not run."""

from pathlib import Path

import pytest

from hopsdrill.plugin import compat
from hopsdrill.plugin.lint import BoundScenario, bind, problems, relative


class Collector:
    """A pytest plugin that binds every scenario and lists every problem; runs nothing by itself.

    Args:
        features: the plan's feature files; each of their scenarios must be bound.
        only: those of them that are to be run; all unless given.
    """

    def __init__(self, features: list[Path], only: list[Path] | None = None) -> None:
        self.features = [feature.resolve() for feature in features]
        self.only = {feature.resolve() for feature in (features if only is None else only)}
        self.scenarios: dict[str, BoundScenario] = {}
        self.problems: list[str] = []
        self._names: dict[str, str] = {}

    @pytest.hookimpl(tryfirst=True)
    def pytest_bdd_apply_tag(self) -> bool:
        """Keep Gherkin tags away from pytest's markers: ``@HDR-34`` is no marker name."""
        return True  # firstresult: stops the default, which would make a marker of it

    @pytest.hookimpl
    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A binding or step library that cannot be imported is a problem, not an empty drill."""
        if report.failed:
            self.problems.append(f"{report.nodeid or 'collection'}: {report.longreprtext.strip()[-1500:]}")

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Bind all items; find skips, strays, and scenarios nobody bound."""
        bound: set[tuple[Path, str]] = set()
        items.sort(key=self._place)
        chosen: list[pytest.Item] = []
        for item in items:
            raw = compat.scenario_of(item)
            if raw is None:
                self.problems.append(f"{item.nodeid}: not a scenario; a binding holds scenarios only")
                continue
            bound.add((raw.feature, raw.template))
            self.problems += problems(raw) + self._marks(item)
            if raw.feature in self.only or raw.feature not in self.features:
                chosen.append(item)
                self._keep(item, bind(raw))
        items[:] = chosen
        self.problems += self._unbound(bound)

    def _place(self, item: pytest.Item) -> tuple[int, int]:
        """The plan's order: features as it lists them, scenarios as their file has them."""
        raw = compat.scenario_of(item)
        known = raw is not None and raw.feature in self.features
        return (self.features.index(raw.feature), raw.line) if raw is not None and known else (len(self.features), 0)

    def _keep(self, item: pytest.Item, scenario: BoundScenario) -> None:
        if scenario.name in self.scenarios:
            self.problems.append(f"{scenario.name}: bound twice; it would run twice")
        self.scenarios[scenario.name] = scenario
        self._names[item.nodeid] = scenario.name

    @staticmethod
    def _marks(item: pytest.Item) -> list[str]:
        kinds = sorted({mark.name for mark in item.iter_markers() if mark.name in {"skip", "skipif", "xfail"}})
        return [f"{item.nodeid}: marked {kind}; a drill has no scenario that may not count" for kind in kinds]

    def _unbound(self, bound: set[tuple[Path, str]]) -> list[str]:
        missing = [
            f"{feature}:{line}: scenario {name!r} is in the plan but no binding collects it"
            for feature in self.features
            for name, line in compat.scenario_names(feature)
            if (feature, name) not in bound
        ]
        strays = sorted({relative(feature) for feature, _ in bound if feature not in self.features})
        return missing + [f"{name}: bound, but not among the plan's features" for name in strays]

    def name_of(self, item: pytest.Item) -> str:
        """The scenario an item runs."""
        return self._names[item.nodeid]
