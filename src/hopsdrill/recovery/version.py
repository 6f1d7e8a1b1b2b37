"""The platform version that made a backup, and the refusal of a restore by any other, whatever the release itself would do.

Two say it, and must not contradict one another: the platform, by an object that lies in its own backup (the profile's
``version_in``), and hopsdrill, which annotates the Velero Backups that it takes. When neither does, the version is unknown.
"""

import json
import tarfile
from dataclasses import dataclass
from typing import Any

from hopsdrill.core.errors import PreconditionError
from hopsdrill.core.velero_archive import members
from hopsdrill.site import Site


ANNOTATION = "hopsdrill.io/platform-version"  # on a Velero Backup, in the cluster and in the bucket


@dataclass(frozen=True)
class Versions:
    """Which versions meet in a restore.

    Attributes:
        made: what is said of the version that made the backup, by who says it; empty when nobody does.
        asked: of the chart that is to be installed or upgraded to.
        running: of the release that is restored over; empty where there is none.
    """

    made: dict[str, str]
    asked: str
    running: str = ""

    @property
    def unknown(self) -> bool:
        """Nobody says which version made the backup."""
        return not self.made

    @property
    def fault(self) -> str:
        """Why a restore is to be refused; empty when everything known agrees."""
        said = "; ".join(f"{version} as {source} says" for source, version in self.made.items())
        if self.unknown:
            return "nothing says which version of the platform made the backup"
        if len(set(self.made.values())) > 1:
            return f"it is contradictory which version of the platform made the backup: {said}"
        others = {
            f"the chart to be installed is {self.asked}": self.asked,
            f"the release that runs is {self.running}": self.running,
        }
        made = next(iter(self.made.values()))
        wrong = [text for text, version in others.items() if version and version != made]
        return f"the backup was made by version {said}, but {' and '.join(wrong)}" if wrong else ""


def running(site: Site) -> str:
    """Version of the chart that runs; empty when there is no release."""
    return site.helm.installed_version(site.release.name, namespace=site.namespace)


def made_by(site: Site, main: dict[str, Any]) -> dict[str, str]:
    """Who says which version made a backup.

    Args:
        site: where the archive lies.
        main: the Velero Backup of the platform's own objects.
    """
    told = {
        "an object in the backup": _by_platform(site, main["metadata"]["name"]),
        "hopsdrill's annotation": str((main["metadata"].get("annotations") or {}).get(ANNOTATION, "")),
    }
    return {source: version for source, version in told.items() if version}


def _by_platform(site: Site, backup: str) -> str:
    """What the platform's own object in the archive says; empty when there is none, or it cannot be read."""
    names = site.profile.kubernetes
    data = site.store.get(f"{names.bucket_prefix}/backups/{backup}/{backup}.tar.gz") if names.version_in else None
    if names.version_in is None or data is None:
        return ""
    try:
        found = [json.loads(text) for text in members(data)]
    except (OSError, EOFError, tarfile.TarError, ValueError):
        return ""  # a damaged archive says nothing, and the restore is refused
    wanted = (names.version_in.kind, site.namespace, names.version_in.name)
    own = [
        each
        for each in found
        if (each.get("kind"), *(each["metadata"].get(k) for k in ("namespace", "name"))) == wanted
    ]
    return str((own[0].get("data") or {}).get(names.version_in.key, "")) if own else ""


def versions(site: Site, main: dict[str, Any], *, in_place: bool) -> Versions:
    """What is known of the versions that would meet."""
    return Versions(made_by(site, main), site.helm.chart_version(site.release), running(site) if in_place else "")


def require_version(site: Site, main: dict[str, Any], *, in_place: bool) -> Versions:
    """See that a restore is done by the version that made the backup, before anything is asked of the platform.

    Raises:
        PreconditionError: another version, or nobody says which and the plan does not accept that; nothing was touched.
    """
    name = main["metadata"]["name"]
    with site.recorder.operation("compare the versions", f"Backup {name}", target=site.namespace) as done:
        found = versions(site, main, in_place=in_place)
        done.text = found.fault or f"all are {found.asked}"
    if found.fault and not (found.unknown and site.accepts_unknown_version):
        hint = "nothing was touched; restore with the version that made the backup"
        if found.unknown:
            hint = "nothing was touched; find out, and give the plan `accept_unknown_version: <how it is known>`"
        msg = f"Refused to restore from {name}: {found.fault}."
        raise PreconditionError(msg, hint=hint)
    return found
