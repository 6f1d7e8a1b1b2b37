"""A platform profile: every name of a Hopsworks release a drill has to know.

Nothing in the framework, its steps or its fixtures knows a name of the platform; the profile has them all.
"""

from typing import Literal

from pydantic import Field

from hopsdrill.model.base import Model


class RondbProfile(Model):
    """How the database is reached, backed up and restored.

    Attributes:
        restore_jobs: names with ``{id}``; awaited after a restore, and the markers of a completed one.
        data_pods: pods whose volumes a restore in place must wipe; ``data_path`` is where they hold their data,
            with ``{node}`` as node ID.
        instance_query: SQL giving one value that changes when the server's data directory is made anew.
        consistency_point: which moment of a backup its data stands for.
    """

    service: str
    port: int = 3306
    credentials_secret: str
    admin_user: str
    admin_key: str
    cronjob: str
    metadata_selector: str
    bucket_prefix: str
    restore_jobs: list[str]
    data_pods: list[str]
    data_path: str
    volume_claims: list[str]
    instance_query: str
    excluded_databases: list[str]
    consistency_point: Literal["snapshot-start", "backup-end"]


class KubernetesProfile(Model):
    """How Kubernetes objects are backed up and restored."""

    velero_namespace: str = "velero"
    storage_location: str
    bucket_prefix: str
    main_schedule: str
    users_schedule: str
    include_label: str
    location_secret: str
    location_secret_key: str = "cloud"


class Profile(Model):
    """One platform release.

    Attributes:
        chart: a packaged chart's folder name, a path, or ``repository/name``.
        values: given to every install and upgrade; texts may hold ``{endpoint}``, ``{bucket}``, ``{region}``, ``{schedule}``.
    """

    name: str
    chart: str
    version: str
    release: str
    namespace: str
    values: dict[str, object] = Field(default_factory=dict)
    rondb: RondbProfile
    kubernetes: KubernetesProfile
    witness_image: str
