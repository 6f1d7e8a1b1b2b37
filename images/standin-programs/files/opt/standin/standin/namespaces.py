"""The hourly filter: which namespaces the users' Schedule backs up.

It writes ``spec.template.includedNamespaces`` and nothing else, so that Helm, which patches only what differs between two of
its own manifests and never renders that field, and this program do not undo each other's work.
"""

import json
from typing import Any

from standin import kube
from standin.say import StandinError, env, say


SCHEDULE = "schedules.velero.io"


def projects(namespaces: list[dict[str, Any]], excluded: list[str]) -> list[str]:
    """Names of the projects' namespaces that are not on their way out."""
    names = [each["metadata"]["name"] for each in namespaces if not each["metadata"].get("deletionTimestamp")]
    return sorted(set(names) - set(excluded))


def wanted(found: list[str]) -> list[str] | None:
    """What the Schedule is to include.

    None takes the field away: to Velero an empty list is *all* namespaces, the excluded ones aside, and without a project the
    Schedule is to keep just that form, as the chart renders it.
    """
    return found or None


def rewrite() -> None:
    """Bring the users' Schedule up to date; a project made after this run is in no backup before the next.

    Raises:
        StandinError: the Schedule is not there.
    """
    name, within = env("USERS_SCHEDULE"), env("VELERO_NAMESPACE")
    schedule = kube.get(SCHEDULE, name, within=within)
    if schedule is None:
        message = f"there is no Schedule {name} in namespace {within}; the chart makes it where hopsworks.velero.backup is enabled"
        raise StandinError(message)
    namespaces = kube.items("namespaces", f"--selector={env('PROJECT_SELECTOR')}")
    template = schedule["spec"]["template"]
    target = wanted(
        projects(namespaces, [*env("EXCLUDED_NAMESPACES").split(","), *template.get("excludedNamespaces", [])])
    )
    shown = ", ".join(target) if target else "every namespace that is not excluded (there is no project)"
    if template.get("includedNamespaces") == target:
        say(f"Schedule {name} already includes {shown}")
        return
    patch = json.dumps({"spec": {"template": {"includedNamespaces": target}}})
    kube.kubectl("patch", SCHEDULE, name, "--type=merge", "--patch", patch, within=within)
    say(f"Schedule {name} now includes {shown}")
