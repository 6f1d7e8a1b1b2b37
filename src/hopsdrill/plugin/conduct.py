"""Running collected scenarios, each step an entry in the journal."""

import sys
from typing import Any

import pytest

from hopsdrill.core.errors import DrillError, InterlockError
from hopsdrill.journal import Recorder
from hopsdrill.model import events as ev
from hopsdrill.plugin.collect import Collector


SHOWN = 4000  # characters of an error kept in an entry


class Conductor:
    """A pytest plugin that journals scenarios and steps.

    Args:
        collector: knows the scenarios; registered beside this plugin.
        recorder: where events go.
    """

    def __init__(self, collector: Collector, recorder: Recorder) -> None:
        self.collector, self.recorder = collector, recorder
        self._index = -1
        self._open = False
        self._failures = self._failures_before = 0
        recorder.guard = self._only_declared

    def _only_declared(self, operation: str) -> None:
        scenario = self.collector.scenarios.get(self.recorder.scenario)
        if scenario is None or operation not in scenario.destructive:
            msg = f"The destructive operation {operation!r} was not declared by any step of {self.recorder.scenario!r}; it was not done."
            raise InterlockError(
                msg, hint="declare it with @declares(operations=[...]) so that `hopsdrill plan` shows it"
            )

    @pytest.hookimpl(trylast=True)
    def pytest_collection_finish(self) -> None:
        """Refuse to start on any problem; else write down what each scenario must prove."""
        if self.collector.problems or not self.collector.scenarios:
            raise pytest.UsageError("refused before anything ran")  # noqa: EM101, TRY003 - never shown; the caller has the list
        for scenario in self.collector.scenarios.values():
            steps = [f"{step.keyword} {step.text}" for step in scenario.steps]
            self.recorder.write(
                ev.ScenarioPlanned(
                    scenario=scenario.name,
                    feature=scenario.feature,
                    tags=list(scenario.tags),
                    steps=steps,
                    proofs=scenario.proofs,
                    actions=scenario.actions,
                    objectives=scenario.objectives,
                )
            )

    @pytest.hookimpl
    def pytest_bdd_before_scenario(self, request: pytest.FixtureRequest) -> None:
        """A scenario begins."""
        self.recorder.scenario, self._index, self._open = self.collector.name_of(request.node), -1, False
        self._failures_before = self.recorder.failures
        self.recorder.write(ev.ScenarioStarted(scenario=self.recorder.scenario))

    @pytest.hookimpl
    def pytest_bdd_before_step(self, step: Any) -> None:
        """A step begins."""
        self._index, self._open, self._failures = self._index + 1, True, self.recorder.failures
        self.recorder.write(
            ev.StepStarted(
                scenario=self.recorder.scenario,
                index=self._index,
                keyword=step.keyword.strip(),
                text=step.name,
                line=step.line_number,
            )
        )

    @pytest.hookimpl
    def pytest_bdd_after_step(self) -> None:
        """A step ran to its end; it passed unless a proof failed in it. Later steps run on: every proof is wanted."""
        failed = self.recorder.failures - self._failures
        self._close(ev.Status.FAILED, f"{failed} failed proofs") if failed else self._close(ev.Status.PASSED)

    @pytest.hookimpl
    def pytest_bdd_step_error(self, exception: BaseException) -> None:
        """A step failed."""
        self._close(ev.Status.FAILED, explain(exception))

    @pytest.hookimpl
    def pytest_bdd_after_scenario(self) -> None:
        """Close a step that ended by neither way: skipped, or interrupted."""
        error = sys.exc_info()[1]
        if self._open:
            skipped = isinstance(error, pytest.skip.Exception)
            self._close(
                ev.Status.SKIPPED if skipped else ev.Status.UNKNOWN, explain(error) if error else "not finished"
            )

    def _close(self, status: ev.Status, error: str = "") -> None:
        self._open = False
        self.recorder.write(
            ev.StepFinished(scenario=self.recorder.scenario, index=self._index, status=status, error=error[:SHOWN])
        )

    @pytest.hookimpl
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """A scenario ended; a teardown that failed is remarked, and shows in the ledger."""
        if report.when == "call":
            status = {"passed": ev.Status.PASSED, "skipped": ev.Status.SKIPPED}.get(report.outcome, ev.Status.FAILED)
            if self.recorder.failures > self._failures_before:
                status = ev.Status.FAILED
            self.recorder.write(ev.ScenarioFinished(scenario=self.recorder.scenario, status=status))
        elif not report.passed:
            text = f"{report.when} of {report.nodeid}: {report.longreprtext[-SHOWN:]}"
            self.recorder.write(ev.Noted(topic="diagnosis", text=text))
        if report.when == "teardown":
            self.recorder.scenario = ""


def explain(error: BaseException) -> str:
    """An error as a report shows it: our own by its message, any other with its kind."""
    return str(error) if isinstance(error, DrillError) else f"{type(error).__name__}: {error}"
