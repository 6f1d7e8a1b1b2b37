"""Two pytest sessions in this process: one that only collects, one that conducts."""

import contextlib
import io
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType

import pytest

from hopsdrill.core.paths import PACKAGE
from hopsdrill.model import events as ev
from hopsdrill.model.plan import Plan
from hopsdrill.plan.loader import binding_of, features_of
from hopsdrill.plan.shard import Shard
from hopsdrill.plugin import compat
from hopsdrill.plugin.collect import Collector
from hopsdrill.plugin.conduct import Conductor
from hopsdrill.run.session import Drill


SETTINGS = """[pytest]
xfail_strict = true
filterwarnings =
    error
    ignore::DeprecationWarning:testcontainers.*
    ignore::DeprecationWarning:kubernetes.*
    ignore::ResourceWarning
"""
CALLERS = ("PYTEST_ADDOPTS", "PYTEST_PLUGINS")
LIBRARIES = ("hopsdrill_fixtures", "hopsdrill_steps")


def _providing(drill: Drill) -> ModuleType:
    """A plugin with one fixture: the drill that fixtures and steps are part of."""

    @pytest.fixture(scope="session", name="drill")
    def given() -> Drill:
        """The run's plan, names, places and recorder."""
        return drill

    plugin = ModuleType("hopsdrill_drill")
    plugin.drill = given  # type: ignore[attr-defined] # a module made here has no declared names
    return plugin


def collect(plan: Plan, path: Path) -> Collector:
    """Bind every scenario of a plan without running any; what is wrong stands in the collector's ``problems``."""
    collector = Collector(features_of(plan, path))
    said = _pytest(binding_of(plan, path), ["--collect-only"], [collector])
    if not collector.problems and not collector.scenarios:
        collector.problems.append(f"pytest collected nothing: {said.strip()[-1500:]}")
    return collector


def conduct(drill: Drill, path: Path, share: Shard | None = None) -> None:
    """Run a plan's scenarios, or a share of them; how they went stands in the journal.

    A KeyboardInterrupt ends them after their teardown, and is not raised again: the caller knows its signals.
    """
    collector = Collector(features_of(drill.plan, path), share.features if share else None)
    if share:
        drill.recorder.write(ev.Noted(topic="exclusion", text=f"this run is {share}"))
    plugins = [collector, Conductor(collector, drill.recorder), _providing(drill)]
    said = _pytest(binding_of(drill.plan, path), [], plugins)
    drill.recorder.keep("pytest-output.txt", placed(said))


def placed(said: str) -> str:
    """What pytest printed, its paths counted from where hopsdrill lies: a report need not tell how somebody's machine is laid out."""
    for folder in (sys.prefix, PACKAGE.parents[1]):
        said = said.replace(f"{folder}{os.sep}", "")
    return said


def _pytest(binding: Path, options: Sequence[str], plugins: Sequence[object]) -> str:
    """Run pytest with nothing of the caller's settings or plugins; gives what it printed."""
    screen = io.StringIO()
    with tempfile.TemporaryDirectory(prefix="hopsdrill-pytest-") as folder:
        settings = Path(folder) / "pytest.ini"
        settings.write_text(SETTINGS)
        words = [str(binding), "-c", str(settings), "--rootdir", str(binding.parent), "--import-mode=importlib"]
        words += ["--confcutdir", str(binding.parent)]
        words += [
            "--disable-plugin-autoload",
            "-p",
            "pytest_bdd.plugin",
            "-p",
            "no:cacheprovider",
            "--tb=short",
            "--no-header",
        ]
        words += ["--basetemp", str(Path(folder) / "tmp"), "--capture=no"]
        words += [word for library in LIBRARIES for word in ("-p", library)]
        with contextlib.redirect_stdout(screen), contextlib.redirect_stderr(screen), _unasked():
            pytest.main([*words, *options], plugins=list(plugins))
        _forget(binding.parent)
        compat.forget_features()
    return screen.getvalue()


@contextlib.contextmanager
def _unasked() -> Iterator[None]:
    """Keep what the caller's environment would add to a pytest run away from this one."""
    kept = {name: os.environ.pop(name) for name in CALLERS if name in os.environ}
    try:
        yield
    finally:
        os.environ.update(kept)


def _forget(folder: Path) -> None:
    """Forget modules imported from a binding's folder: pytest would take one for another of the same name elsewhere."""
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if file and Path(file).parent == folder:
            del sys.modules[name]
