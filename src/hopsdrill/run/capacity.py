"""Space and versions as the cluster and the store say them, as gates before harm."""

from collections.abc import Sequence
from functools import partial

from hopsdrill.adapters import bucket_admin, kube_stats
from hopsdrill.core.errors import OperationError
from hopsdrill.recovery.version import running
from hopsdrill.run.feasible import answer
from hopsdrill.safety.capacity import Room, Timed, space_for, versions_agree
from hopsdrill.safety.interlocks import Gate
from hopsdrill.site import Site


def gates(site: Site, known: Sequence[Timed]) -> dict[str, Gate]:
    """Every judgement as a gate, so that it is in the journal with its arithmetic; what cannot be read is not known."""
    need = known[0].size if known else None
    return {
        "space-suffices": lambda: answer(space_for(need, [_store(site), *_nodes(site)])),
        "running-release-has-the-profile-s-version": partial(_release, site),
    }


def _store(site: Site) -> Room:
    place = f"object store {site.store.ref.endpoint}"
    try:
        return Room(place, bucket_admin.free(site.store.ref))
    except OperationError as error:
        return Room(place, None, error.message)


def _nodes(site: Site) -> list[Room]:
    """Every node's file system and every volume of the platform's that is mounted."""
    try:
        found = kube_stats.free(site.kube)
    except OperationError as error:
        return [Room("nodes and volumes", None, error.message)]
    own = f"{site.namespace}/"
    volumes = {name: free for each in found for name, free in each.volumes.items() if name.startswith(own)}
    rooms = [Room(f"volume {name}", free) for name, free in sorted(volumes.items())]
    nodes = [Room(f"node {each.node}", each.available) for each in found]
    return [*nodes, *(rooms or [Room(f"volumes of {site.namespace}", None, "none is mounted yet")])]


def _release(site: Site) -> tuple[bool | None, str]:
    """A release that is there is of the profile's version: its backup could not be restored by any other."""
    version = running(site)
    if not version:
        return True, f"no release {site.release.name} runs; the profile's {site.profile.version} will be installed"
    return answer([versions_agree(site.profile.version, {f"the release {site.release.name} that runs is": version})])
