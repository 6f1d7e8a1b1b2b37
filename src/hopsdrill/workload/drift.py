"""A change to every store that can be made whatever the stores hold, so that any restore has something to undo."""

import secrets

from hopsdrill.clients import database, file_system, registry, search_engine
from hopsdrill.site import Site
from hopsdrill.workload import changes, documents, environments, files, objects, people
from hopsdrill.workload.dataset import FeatureGroup


TEXT = "drifted"


def drift(site: Site, groups: list[FeatureGroup]) -> dict[str, str]:
    """Change every store that the platform has; gives what was done, by store."""
    made = {"rondb": _rows(site, groups), "kubernetes": _objects(site)}
    ways = {"hopsfs": _files, "opensearch": _documents, "registry": _environments}
    return made | {store: way(site) for store, way in ways.items() if store in site.profile.stores}


def _rows(site: Site, groups: list[FeatureGroup]) -> str:
    with database(site) as sql:
        counts = [sql.execute(f"UPDATE {each.quoted} SET amount = amount + 1") for each in groups]  # noqa: S608 - names are quoted
        gone = sql.execute(f"DELETE FROM {groups[-1].quoted} WHERE MOD(id, %s) = 5", [changes.SHARE])  # noqa: S608
        people.create(sql, people.LATER, [])
    return f"{sum(counts)} rows changed, {gone} deleted, user {people.LATER} made"


def _objects(site: Site) -> str:
    project = objects.PROJECTS[0]
    site.kube.patch("v1/Secret", objects.KEYS, project, {"data": {"token": objects.value()}})
    site.kube.patch("v1/Secret", objects.PLATFORM_SECRET, site.namespace, {"data": {"password": objects.value()}})
    return f"Secrets {project}/{objects.KEYS} and {site.namespace}/{objects.PLATFORM_SECRET} changed"


def _files(site: Site) -> str:
    gone = files.path_of(1)
    with file_system(site) as found:
        found.write(files.path_of(0), f"{TEXT} {secrets.token_hex(4)}".encode())
        if found.exists(gone):
            found.remove(gone)
    return f"{files.path_of(0)} replaced, {gone} deleted"


def _documents(site: Site) -> str:
    with search_engine(site) as found:
        there = documents.FEATURES in found.indices()  # a restore that was given up has left none of its indices
        if there:
            found.put(documents.FEATURES, "1", {"description": TEXT})
        found.put(TEXT, "1", {"name": TEXT})
    return f"{f'document {documents.FEATURES}/1 changed, ' if there else ''}index {TEXT} made"


def _environments(site: Site) -> str:
    repository = environments.REPOSITORIES[0]
    with registry(site) as found:
        environments.push(found, repository, environments.TAG, [f"{TEXT}=={secrets.randbelow(1000)}"])
    return f"image {repository}:{environments.TAG} replaced"
