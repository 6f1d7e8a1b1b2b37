"""A whole project with all it has, in every store, deleted as its owner would."""

from hopsdrill.adapters.sql import name
from hopsdrill.clients import database, file_system, registry, search_engine
from hopsdrill.core.wait import wait_for
from hopsdrill.site import Site
from hopsdrill.workload import dataset, documents, environments, files, objects, stream


PROJECT, REPOSITORY = objects.PROJECTS[0], environments.REPOSITORIES[0]
DATABASES = (dataset.DATABASE, stream.DATABASE)
GONE_S = 120.0


def delete(site: Site) -> str:
    """Delete the project's databases, folder, index, namespace and Python environment; tells what.

    Raises:
        DeadlineExceeded: its namespace stays.
    """
    site.kube.delete("v1/Namespace", PROJECT)
    with database(site) as sql:
        for each in DATABASES:
            sql.execute(f"DROP DATABASE {name(each)}")
    with file_system(site) as found:
        found.remove(files.ROOT)
    with search_engine(site) as search:
        search.drop(documents.EMBEDDINGS)
    environments.delete(site, REPOSITORY)
    wait_for(
        lambda: site.kube.exists("v1/Namespace", PROJECT),
        what=f"namespace {PROJECT} to be gone",
        until=lambda there: not there,
        deadline=GONE_S,
    )
    return f"databases {', '.join(DATABASES)}, folder {files.ROOT}, index {documents.EMBEDDINGS}, namespace {PROJECT}, environment {REPOSITORY}"


def left(site: Site) -> list[str]:
    """What of the project is still there."""
    with database(site) as sql:
        known = {str(each) for (each,) in sql.query("SHOW DATABASES")}
    found = [f"database {each}" for each in DATABASES if each in known]
    with file_system(site) as fs:
        found += [f"folder {files.ROOT}"] if fs.exists(files.ROOT) else []
    with search_engine(site) as search:
        found += [f"index {documents.EMBEDDINGS}"] if documents.EMBEDDINGS in search.indices() else []
    with registry(site) as images:
        found += [f"environment {REPOSITORY}"] if images.manifest(REPOSITORY, environments.TAG) is not None else []
    return [*found, *([f"namespace {PROJECT}"] if site.kube.exists("v1/Namespace", PROJECT) else [])]
