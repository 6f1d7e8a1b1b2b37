"""Helm's command line: explicit cluster, values by file, output as JSON."""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hopsdrill.core.errors import InterlockError, OperationError
from hopsdrill.core.paths import data_dir
from hopsdrill.core.process import Completed, failure_text, run


GRACE = 60.0  # seconds beyond helm's own timeout before the process is killed
INSTALL = 300.0  # seconds; nothing is waited for, but a chart's pre-install hooks may take theirs
READ = 30.0  # seconds a reading command may take
PACKAGE = 60.0  # seconds; nothing is fetched
VERSION = re.compile(r"^version: ['\"]?([^\s'\"]+)", re.MULTILINE)  # of Chart.yaml


@dataclass(frozen=True)
class Release:
    """What is installed where: ``chart`` is a folder or ``repository/name``."""

    name: str
    chart: str
    version: str
    namespace: str

    @property
    def shown(self) -> str:
        """The chart as a report names it: a packaged one by its place in the package, which is the same on every machine."""
        packaged = data_dir("charts")
        inside = Path(self.chart).is_relative_to(packaged)
        return f"charts/{Path(self.chart).relative_to(packaged)}" if inside else self.chart


def _refuse() -> None:
    msg = "Refused to change a release: nothing vouches for this cluster."
    raise InterlockError(msg, hint="give Helm the guard of a cluster the lab created")


class Helm:
    """One cluster's releases.

    Args:
        binary: the program.
        kubeconfig: a file; nothing is taken from the environment.
        context: the context's name inside that file.
        guard: called before each change; raises when the cluster may not be changed.
    """

    def __init__(self, binary: Path, kubeconfig: Path, context: str, *, guard: Callable[[], None] = _refuse) -> None:
        self.binary = binary
        self._where = ["--kubeconfig", str(kubeconfig), "--kube-context", context]
        self._guard = guard

    def version(self) -> str:
        """Helm's own version, such as ``v3.19.0``."""
        return run([self.binary, "version", "--template", "{{.Version}}"], timeout=READ).stdout.strip()

    def install(
        self, release: Release, values: Path, *, labels: Sequence[str] = (), timeout: float = INSTALL
    ) -> Completed:
        """Install a release and return without waiting for its pods; ``timeout`` is in seconds, for its hooks.

        Raises:
            OperationError: helm refused or failed; its words are in the message.
        """
        self._guard()
        labelled = ["--labels", ",".join(labels)] if labels else []
        words = [*self._head("install", release, values), *labelled, "--timeout", f"{timeout:.0f}s"]
        return run(words, timeout=timeout + GRACE)

    def install_by_flags(
        self, release: Release, flags: Sequence[str], *, repository: str = "", timeout: float = INSTALL
    ) -> Completed:
        """Install a release by flags alone (``--set``, ``--wait``); the caller judges the exit code.

        ``repository`` is the URL of the repository that has the chart; ``timeout`` is in seconds and given to helm as ``--timeout``.
        """
        self._guard()
        words = ["install", release.name, release.chart, "--version", release.version, "--namespace", release.namespace]
        words += [*(["--repo", repository] if repository else []), *flags, "--timeout", f"{timeout:.0f}s"]
        return run([self.binary, *words, *self._where], timeout=timeout + GRACE, check=False)

    def upgrade(self, release: Release, values: Path, *, timeout: float, flags: Sequence[str] = ()) -> Completed:
        """Upgrade a release; the caller judges the exit code, for a refusal may be what is wanted.

        ``timeout`` is in seconds and given to helm as ``--timeout``; ``flags`` such as ``--set`` go before the file's values.
        """
        self._guard()
        words = [*self._head("upgrade", release, values), *flags, "--timeout", f"{timeout:.0f}s"]
        # hooks and the wait for the release have the timeout each
        return run(words, timeout=(2 if "--wait" in flags else 1) * timeout + GRACE, check=False)

    def computed_values(self, release: str, *, namespace: str) -> dict[str, Any]:
        """All values of a release's newest revision: what was given to it, over the chart's own."""
        words = ["get", "values", release, "--namespace", namespace, "--all", "--output", "json"]
        found: dict[str, Any] = json.loads(run([self.binary, *words, *self._where], timeout=READ).stdout)
        return found

    def _head(self, verb: str, release: Release, values: Path) -> list[str | Path]:
        words = [verb, release.name, release.chart, "--version", release.version, "--namespace", release.namespace]
        return [self.binary, *words, "--values", values, *self._where, "--output", "json"]

    def uninstall(self, release: str, *, namespace: str, timeout: float) -> bool:
        """Remove a release and wait until its objects are gone; False when it is not there."""
        self._guard()
        words = ["uninstall", release, "--namespace", namespace, "--ignore-not-found", "--wait"]
        done = run([self.binary, *words, "--timeout", f"{timeout:.0f}s", *self._where], timeout=timeout + GRACE)
        return "not found" not in done.stdout + done.stderr

    def package(self, chart: Path, version: str, folder: Path) -> Path:
        """Pack a chart under a version of its own into ``<folder>/<name>-<version>.tgz``; no cluster is asked.

        Version and appVersion are set on the chart itself; its sub-charts, and so their images, stay what they are.

        Raises:
            OperationError: helm refused (no chart, a version that is none, a sub-chart that is missing), or left no package.
        """
        words: list[str | Path] = [
            "package",
            chart,
            "--version",
            version,
            "--app-version",
            version,
            "--destination",
            folder,
        ]
        done = run([self.binary, *words], timeout=PACKAGE)
        found = sorted(folder.glob(f"*-{version}.tgz"))
        if len(found) != 1:
            msg = f"Packed {chart} as {version}; {folder} then held {len(found)} packages of that version. Helm said: {done.stdout.strip()}"
            raise OperationError(msg, hint="give each chart an empty folder")
        return found[0]

    def chart_version(self, release: Release, *, repository: str = "") -> str:
        """The version that the chart itself says: of a folder or a package, whatever version was asked for.

        ``repository`` is the URL of the repository that has the chart.

        Raises:
            OperationError: there is no such chart.
        """
        words = ["show", "chart", release.chart, "--version", release.version]
        words += ["--repo", repository] if repository else []
        told = run([self.binary, *words], timeout=PACKAGE).stdout
        found = VERSION.search(told)
        if found is None:
            msg = f"Tried to read the version of chart {release.chart}; helm showed: {told[:200]!r}"
            raise OperationError(msg)
        return found[1]

    def installed_version(self, release: str, *, namespace: str) -> str:
        """The chart's version of a release's newest revision; empty when there is no release."""
        words = ["get", "metadata", release, "--namespace", namespace, "--output", "json"]
        done = run([self.binary, *words, *self._where], timeout=READ, check=False)
        if done.returncode != 0:
            if "not found" in done.stderr:
                return ""
            raise OperationError(failure_text(done))
        return str(json.loads(done.stdout)["version"])

    def renders(self, release: Release, values: Path, *, timeout: float) -> Completed:
        """What an upgrade would render, with the cluster looked at and nothing changed; no hook is run."""
        words = [*self._head("upgrade", release, values), "--dry-run=server", "--hide-notes"]
        return run(words, timeout=timeout, check=False)

    def revision(self, release: str, *, namespace: str) -> tuple[int, str]:
        """The newest revision of a release and its status, ``(0, "absent")`` when there is none."""
        words = ["history", release, "--namespace", namespace, "--max", "1", "--output", "json"]
        done = run([self.binary, *words, *self._where], timeout=READ, check=False)
        if done.returncode != 0:
            if "not found" in done.stderr:
                return 0, "absent"
            raise OperationError(failure_text(done))
        newest: dict[str, Any] = json.loads(done.stdout)[-1]
        return int(newest["revision"]), str(newest["status"])
