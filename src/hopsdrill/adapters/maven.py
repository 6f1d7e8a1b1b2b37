"""Maven's own client, for files named by their exact coordinates: nothing they depend on, no versions to choose."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.sax.saxutils import escape

from hopsdrill.core.errors import InternalError
from hopsdrill.core.process import run, which


# `copy` fetches the named files alone; `copy-dependencies` would read every parent's pom as well
GOAL = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy"
# one short run: compiling it well, or collecting its garbage in parallel, costs more than it gains
JAVA = {"MAVEN_OPTS": "-XX:+UseSerialGC -XX:TieredStopAtLevel=1"}


@dataclass(frozen=True)
class Coordinate:
    """One file of a Maven repository."""

    group: str
    artifact: str
    version: str
    packaging: str = "jar"

    @property
    def file_name(self) -> str:
        """``<artifact>-<version>.<packaging>``."""
        return f"{self.artifact}-{self.version}.{self.packaging}"


def coordinate(text: str) -> Coordinate:
    """Read ``group:artifact:version`` or ``group:artifact:version:packaging``.

    Raises:
        InternalError: it is neither.
    """
    parts = text.split(":")
    if len(parts) not in {3, 4} or not all(parts):
        msg = (
            f"{text!r} is not a Maven coordinate; expected group:artifact:version or group:artifact:version:packaging."
        )
        raise InternalError(msg)
    return Coordinate(*parts)


def fetch(wanted: Iterable[Coordinate], folder: Path, repository: Path) -> None:
    """Put files into a folder, in one run of ``mvn``; where it gets them from is the machine's own configuration.

    Args:
        wanted: what to fetch.
        folder: gets the files under their ``file_name``.
        repository: where mvn keeps what it fetched, its own plugin included.

    Raises:
        OperationError: mvn refuses; its last words name the coordinate.
        PreconditionError: mvn is not installed.
    """
    with TemporaryDirectory() as made:
        pom = Path(made) / "pom.xml"
        pom.write_text(_pom(wanted, folder))
        options = ["-q", "-B", "-Dstyle.color=never", f"-Dmaven.repo.local={repository}"]
        run([which("mvn"), *options, "-f", pom, GOAL], timeout=900, env=JAVA)


def _pom(wanted: Iterable[Coordinate], folder: Path) -> str:
    items = "\n".join(
        f"<artifactItem><groupId>{escape(each.group)}</groupId><artifactId>{escape(each.artifact)}</artifactId>"
        f"<version>{escape(each.version)}</version><type>{escape(each.packaging)}</type></artifactItem>"
        for each in wanted
    )
    settings = f"<outputDirectory>{escape(str(folder))}</outputDirectory><artifactItems>\n{items}\n</artifactItems>"
    _, plugin, version, _ = GOAL.split(":")
    return (
        '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>'
        "<groupId>hopsdrill</groupId><artifactId>lab</artifactId><version>1</version><packaging>pom</packaging>"
        f"<build><plugins><plugin><artifactId>{plugin}</artifactId><version>{version}</version>"
        f"<configuration>{settings}</configuration></plugin></plugins></build></project>\n"
    )
